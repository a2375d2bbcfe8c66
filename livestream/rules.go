package livestream

import (
	"fmt"
	"strings"
	"unicode"

	"clearday/papers"
)

// MaxLong bounds the text of a contribution in characters where the board limits its words instead.
const MaxLong = 5000

// ofKind are the rules for one kind of contribution.
type ofKind struct {
	taken, inWritingOnly              bool
	words, perPerson, perOrganisation int
}

func rulesFor(k Kind, r papers.QuestionRules) ofKind {
	if k == KindStatement {
		s := r.Statements
		return ofKind{taken: s.Taken, inWritingOnly: s.InWritingOnly || r.InWritingOnly, words: s.Words, perPerson: s.PerPerson}
	}
	return ofKind{taken: true, inWritingOnly: r.InWritingOnly, words: r.Words, perPerson: r.PerPerson, perOrganisation: r.PerOrganisation}
}

// WordCount counts words as askers do (rules.md Q-6): what stands between spaces of any script and has
// a letter or a figure in it. The page counts in the same way.
func WordCount(text string) int {
	n := 0
	for _, f := range strings.Fields(text) {
		if strings.ContainsFunc(f, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
			n++
		}
	}
	return n
}

// Fits tells what of the rules the contribution does not keep to, whoever sends it. How many there may
// be is [Ask.Within]. What follows an answer keeps the rules of length only.
func (a Ask) Fits(r papers.QuestionRules, room Room) error {
	k := rulesFor(a.Kind, r)
	if err := a.fitsLength(k); err != nil {
		return err
	}
	if a.Parent != "" {
		return nil
	}
	noun := string(a.Kind)
	switch {
	case !k.taken:
		return closed("No statements are taken for this meeting. You can ask a question.")
	case k.inWritingOnly && room.Asking == AskingLive:
		return closed("A %s for this board comes in writing, before the meeting. None is taken live.", noun)
	case r.AgendaOnly && a.Item == "":
		return papers.Errorf(papers.CodeInvalid, "Choose the item of the agenda that your %s is about. The board takes no others.", noun)
	case r.NameNeeded && a.Name == "":
		return papers.Errorf(papers.CodeInvalid, "Give your name. You choose whether it is shown.")
	case r.WhoMayAsk != "" && !a.Confirmed:
		return papers.Errorf(papers.CodeInvalid, "Confirm that this is true of you: %s", sentence(r.WhoMayAsk))
	}
	return nil
}

func (a Ask) fitsLength(k ofKind) error {
	if k.words > 0 {
		if n := WordCount(a.Text); n > k.words {
			return papers.Errorf(papers.CodeTooLarge, "Your %s has %d words. Shorten it to %d.", a.Kind, n, k.words)
		}
		return nil
	}
	if n := len([]rune(a.Text)); n > MaxText {
		return papers.Errorf(papers.CodeTooLarge, "Your %s has %d characters. Shorten it to %d.", a.Kind, n, MaxText)
	}
	return nil
}

// Limited tells whether the rules limit how many of its kind this asker may send.
func (a Ask) Limited(r papers.QuestionRules) bool {
	k := rulesFor(a.Kind, r)
	return a.Parent == "" && (k.perPerson > 0 || k.perOrganisation > 0 && a.organisation() != "")
}

// Within tells whether the rules leave room for one more, given the others of the meeting. A person is
// known by the device or the e-mail address, never by where they send from: whole hospitals share an
// address. One that its asker took back does not count, nor what follows an answer.
func (a Ask) Within(r papers.QuestionRules, others []Contribution) error {
	if !a.Limited(r) {
		return nil
	}
	k := rulesFor(a.Kind, r)
	person, organisation := 0, 0
	for _, c := range others {
		if c.Kind != a.Kind || c.Parent != "" || c.State == WithdrawnByAsker {
			continue
		}
		if a.sameAsker(c) {
			person++
		}
		if o := c.organisation(); o != "" && strings.EqualFold(o, a.organisation()) {
			organisation++
		}
	}
	switch {
	case k.perPerson > 0 && person >= k.perPerson:
		return closed("The board takes %s of one person for a meeting, and it has %d of yours. Take one back on its private page to send another.", a.Kind.some(k.perPerson), person)
	case k.perOrganisation > 0 && organisation >= k.perOrganisation:
		return closed("The board takes %s of one organisation for a meeting, and it has %d of %s.", a.Kind.some(k.perOrganisation), organisation, a.organisation())
	}
	return nil
}

func (k Kind) some(n int) string {
	if n == 1 {
		return "one " + string(k)
	}
	return fmt.Sprintf("%d %ss", n, k)
}

func (a Ask) sameAsker(c Contribution) bool {
	return a.Device != "" && c.Device == a.Device || a.Email != "" && strings.EqualFold(c.Email, a.Email)
}

func (a Ask) organisation() string {
	if a.For != "" {
		return a.For
	}
	return a.Withheld.For
}

func (c Contribution) organisation() string {
	if c.For != "" {
		return c.For
	}
	return c.Withheld.For
}

// withhold takes out of what can become public who the asker is, as far as the rules or the asker say so.
// The desk still knows.
func (a *Ask) withhold(r papers.QuestionRules) {
	if r.HideName || a.NoName || a.Minor {
		a.Withheld.Name, a.Name = a.Name, ""
	}
	if r.HideArea {
		a.Withheld.Area, a.Area = a.Area, ""
	}
	if r.HideOrganisation {
		a.Withheld.For, a.For = a.For, ""
	}
}

// TakesSupport tells whether the rules let others support a question.
func TakesSupport(r papers.QuestionRules) error {
	if !r.Support {
		return closed("This board does not count support. Your own question has the same chance.")
	}
	return nil
}

func sentence(s string) string {
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}
