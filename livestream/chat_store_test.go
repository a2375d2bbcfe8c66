package livestream

import (
	"context"
	"slices"
	"strconv"
	"time"

	"clearday/papers"
)

// fakeChat is the chat of the record in memory.
type fakeChat struct {
	messages []*ChatMessage
	sent     map[string]*ChatMessage // by device and key
	groups   int                     // commits

	hold         chan struct{} // Say waits for it
	failSay      error         // nothing is done
	failSayAfter error         // it is done, but answered with an error
}

func (s *fakeStore) Say(_ context.Context, meeting string, batch []Say) ([]SayResult, error) {
	if s.hold != nil {
		<-s.hold
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failSay != nil {
		return nil, s.failSay
	}
	s.groups++
	if s.sent == nil {
		s.sent = map[string]*ChatMessage{}
	}
	var results []SayResult
	for _, one := range batch {
		m := s.sent[one.Device+" "+one.Key]
		if m == nil {
			m = &ChatMessage{ID: "m" + strconv.Itoa(len(s.messages)+1), Meeting: meeting, State: ChatWaiting, Name: one.Name, Text: one.Text, SentAt: time.Now().UTC(), UrgentBy: one.UrgentBy, Device: one.Device, Key: one.Key}
			s.sent[one.Device+" "+one.Key] = m
			s.messages = append(s.messages, m)
			if !one.Checked {
				s.post(m)
			}
		}
		results = append(results, SayResult{Message: *m})
	}
	return results, s.failSayAfter
}

func (s *fakeStore) post(m *ChatMessage) {
	m.State, m.Seq, m.PostedAt = ChatPosted, s.room.Seq+1, &m.SentAt
	s.event(EventChatPosted, m.Public())
}

func (s *fakeStore) Said(_ context.Context, _, device, key string) (ChatMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.sent[device+" "+key]; m != nil {
		return *m, nil
	}
	return ChatMessage{}, papers.ErrNotFound
}

func (s *fakeStore) Message(_ context.Context, id string) (ChatMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.ID == id {
			return *m, nil
		}
	}
	return ChatMessage{}, papers.ErrNotFound
}

func (s *fakeStore) DecideMessage(ctx context.Context, d MessageDecision, c papers.Change) (ChatMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.messages, func(m *ChatMessage) bool { return m.ID == d.ID })
	m := s.messages[i]
	if err := d.Check(*m, s.room); err != nil {
		return ChatMessage{}, err
	}
	s.changes = append(s.changes, c)
	*m = d.Apply(*m, time.Now().UTC())
	if m.State == ChatPosted {
		s.post(m)
		return *m, nil
	}
	for i := range s.events {
		s.events[i].TakeBackMessage(m.Public())
	}
	s.event(EventChatRemoved, m.Public())
	return *m, nil
}

func (s *fakeStore) ChatQueue(context.Context, string, int) ([]ChatMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []ChatMessage
	for _, m := range s.messages {
		if m.State == ChatWaiting {
			list = append(list, *m)
		}
	}
	return list, nil
}

func (s *fakeStore) Chat(_ context.Context, _, _ string, limit int) ([]PublicMessage, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.latest(limit), "", nil
}

func (s *fakeStore) latest(limit int) []PublicMessage {
	var list []PublicMessage
	for _, m := range slices.Backward(s.messages) {
		if m.Seq > 0 && len(list) < limit {
			list = append(list, m.Public())
		}
	}
	return list
}

func (s *fakeStore) OwnMessages(_ context.Context, _, device string) ([]ChatMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []ChatMessage
	for _, m := range s.messages {
		if m.Device == device {
			list = append(list, *m)
		}
	}
	return list, nil
}

func (s *fakeStore) DueChats(context.Context, time.Time) ([]string, error) { return nil, nil }

func (s *fakeStore) PostDue(context.Context, string) error { return nil }

func (s *fakeStore) UrgentMessages(context.Context, string) ([]ChatMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []ChatMessage
	for _, m := range s.messages {
		if m.UrgentBy != "" && m.SeenAt == nil {
			list = append(list, *m)
		}
	}
	return list, nil
}

func (s *fakeStore) SeeTo(context.Context, string, papers.Change) error { return nil }
