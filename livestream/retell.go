package livestream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"clearday/papers"
)

// RulesMark names the rules and limits that a page of the room was made by: one that was made by other
// ones fetches itself again.
func RulesMark(rules papers.QuestionRules, r Room) string {
	b, err := json.Marshal(struct {
		Rules        papers.QuestionRules
		Slow         int
		AskingPaused bool
		Chat         ChatSwitch
	}{rules, r.Slow, r.AskingPaused, r.Chat})
	if err != nil { // they can always be written; without a mark pages fetch themselves once more
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}

// RulesChanged tells every open page of the room that the rules or the deadline of its meeting have
// changed. The change is committed already: what is lost here, a page learns with its next hello.
func (h *Hub) RulesChanged(ctx context.Context, meeting string) error {
	h.init()
	room, err := h.Store.Retell(ctx, meeting)
	if errors.Is(err, papers.ErrNotFound) {
		return nil // nobody can have its page open
	}
	if err != nil {
		return fmt.Errorf("telling that rules have changed: %w", err)
	}
	h.announce(Wake{Meeting: meeting, Seq: room.Seq, Queue: true})
	return nil
}
