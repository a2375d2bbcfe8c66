package search

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"clearday/papers"
)

// Reader is what entries are made of. All of it is as the public may see it.
type Reader interface {
	// Find reads the named versions; those not for the audience are missing.
	Find(ctx context.Context, a papers.Audience, refs []papers.VersionRef) ([]papers.Found, error)
	Meeting(ctx context.Context, a papers.Audience, slug string) (papers.Meeting, error)
	Items(ctx context.Context, a papers.Audience, meeting string) ([]papers.Item, error)
	Boards(ctx context.Context) ([]papers.Board, error)
	Partners(ctx context.Context) ([]papers.Partner, error)
	// Contribution is a question or statement with words that are public, else papers.ErrNotFound.
	PublicWords(ctx context.Context, number string) (Contribution, error)
	// Spoken is what was said at a public meeting, in order.
	Spoken(ctx context.Context, meeting string) ([]Spoken, error)
}

// Contribution is a question or statement as search may know it: without who asked.
type Contribution struct {
	Number     string
	Statement  bool
	Meeting    string
	Text       string
	Answer     string
	AnsweredBy string // the partner or the role that answers
}

// Spoken is a caption with the item that was being heard.
type Spoken struct {
	Seq  int64 // of the caption
	Text string
	Item string // id, or empty
	At   time.Time
}

// Entry is what the record shows the public under one subject: a paper, a question, an agenda, what
// was said.
type Entry struct {
	Subject       string
	Version       int // of a paper
	Kind          Kind
	Title         string
	Address       string
	Item          string // number of the agenda item
	Meeting       papers.Meeting
	Organisations []string
	Passages      []Passage // passage n-1 is page n; left out of a paper until its texts are read
}

// Passage is a page, or a part of what has none.
type Passage struct {
	Label      string
	Address    string // without what was searched for
	Text       string
	Recognised bool
}

// The parts of a subject.
const (
	ofPapers    = "papers/"
	ofQuestions = "questions/"
	ofMeetings  = "meetings/"
	ofAgenda    = "/agenda"
	ofCaptions  = "/captions"
)

// readEntry makes the entry of a subject that is no paper. It is papers.ErrNotFound when nothing of
// it is public.
func readEntry(ctx context.Context, r Reader, of organisations, subject string) (Entry, error) {
	if number, ok := strings.CutPrefix(subject, ofQuestions); ok {
		return readContribution(ctx, r, of, number)
	}
	rest, _ := strings.CutPrefix(subject, ofMeetings)
	if slug, ok := strings.CutSuffix(rest, ofAgenda); ok {
		return readAgenda(ctx, r, slug)
	}
	if slug, ok := strings.CutSuffix(rest, ofCaptions); ok {
		return readCaptions(ctx, r, slug)
	}
	return Entry{}, papers.ErrNotFound
}

// paperEntry makes the entry of a paper without its pages; ok is false unless it is the current
// public version.
func paperEntry(fd papers.Found, of organisations) (e Entry, ok bool) {
	if fd.Version.State != papers.VersionPublished || fd.Paper.Private {
		return Entry{}, false
	}
	return Entry{
		Subject: ofPapers + fd.Paper.ID, Version: fd.Version.N, Kind: KindOf(fd.Paper.Title), Title: fd.Paper.Title,
		Address: "/papers/" + url.PathEscape(fd.Paper.ID), Item: fd.Item.Number, Meeting: fd.Meeting,
		Organisations: of.of(fd.Meeting.Board, fd.Paper.Title, fd.Item.Lead),
	}, true
}

// pages gives the entry of a paper its pages. One without text still has its first page, so that its
// title finds it.
func (e Entry) pages(v papers.Version, texts []string) Entry {
	if len(texts) == 0 {
		texts = []string{""}
	}
	for i, text := range texts {
		p := e.page(i + 1)
		p.Text, p.Recognised = text, v.Recognised(i+1)
		e.Passages = append(e.Passages, p)
	}
	return e
}

func (e Entry) page(n int) Passage {
	return Passage{Label: "Page " + strconv.Itoa(n), Address: e.Address + "/pages/" + strconv.Itoa(n)}
}

func readContribution(ctx context.Context, r Reader, of organisations, number string) (Entry, error) {
	c, err := r.PublicWords(ctx, number)
	if err != nil {
		return Entry{}, err
	}
	m, err := r.Meeting(ctx, papers.Public, c.Meeting)
	if err != nil {
		return Entry{}, err
	}
	to := "/questions/" + url.PathEscape(c.Number)
	e := Entry{Subject: ofQuestions + c.Number, Kind: Question, Title: headline(c.Text), Address: to, Meeting: m, Organisations: of.of(m.Board, c.AnsweredBy)}
	label := "Question"
	if c.Statement {
		e.Kind, label = Statement, "Statement"
	}
	e.Passages = []Passage{{Label: label, Address: to, Text: c.Number + "\n\n" + c.Text}}
	if c.Answer != "" {
		e.Passages = append(e.Passages, Passage{Label: "Answer", Address: to + "#answer-h", Text: c.Answer})
	}
	return e, nil
}

// headline is the first sentence of a text, or its beginning.
func headline(text string) string {
	const most = 120
	text = strings.Join(strings.Fields(text), " ")
	if i := strings.IndexAny(text, ".?!"); i > 20 && i < most {
		return text[:i+1]
	}
	if r := []rune(text); len(r) > most {
		cut := string(r[:most])
		return cut[:max(strings.LastIndexByte(cut, ' '), most/2)] + "…"
	}
	return text
}

// readAgenda makes a passage of each item. Of a private one the record gives the safe title.
func readAgenda(ctx context.Context, r Reader, slug string) (Entry, error) {
	m, err := r.Meeting(ctx, papers.Public, slug)
	if err != nil {
		return Entry{}, err
	}
	items, err := r.Items(ctx, papers.Public, slug)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Subject: ofMeetings + slug + ofAgenda, Kind: Agenda, Title: "Agenda: " + m.NameAndDate(), Address: "/meetings/" + url.PathEscape(slug), Meeting: m}
	for _, i := range papers.Heard(items) {
		label := "Agenda"
		if i.Number != "" {
			label = "Item " + i.Number
		}
		parts := []string{strings.TrimSpace(i.Number + " " + i.Title), i.Lead, i.Recommendation, i.Exemption, i.Follows()}
		parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
		e.Passages = append(e.Passages, Passage{Label: label, Address: e.Address + "#item-" + i.ID, Text: strings.Join(parts, ".\n")})
	}
	if len(e.Passages) == 0 {
		return Entry{}, papers.ErrNotFound
	}
	return e, nil
}

// captionWords is about how many words of what was said make a passage: a minute or two.
const captionWords = 250

// readCaptions joins captions to passages, each of one item.
func readCaptions(ctx context.Context, r Reader, slug string) (Entry, error) {
	m, err := r.Meeting(ctx, papers.Public, slug)
	if err != nil {
		return Entry{}, err
	}
	said, err := r.Spoken(ctx, slug)
	if err != nil {
		return Entry{}, err
	}
	if len(said) == 0 {
		return Entry{}, papers.ErrNotFound
	}
	e := Entry{Subject: ofMeetings + slug + ofCaptions, Kind: Captions, Title: "What was said: " + m.NameAndDate(), Address: "/meetings/" + url.PathEscape(slug) + "/captions", Meeting: m}
	words, item := 0, ""
	for n, s := range said {
		if n == 0 || s.Item != item || words >= captionWords {
			to := fmt.Sprintf("%s?cursor=%d#c%d", e.Address, s.Seq-1, s.Seq) // the page of captions that begins with this one
			e.Passages = append(e.Passages, Passage{Label: s.At.In(m.Location()).Format("3:04pm"), Address: to})
			words, item = 0, s.Item
		}
		last := &e.Passages[len(e.Passages)-1]
		last.Text = strings.TrimSpace(last.Text + "\n" + s.Text)
		words += strings.Count(s.Text, " ") + 1
	}
	return e, nil
}

// Documents are what an engine is given of the entry.
func (e Entry) Documents() []Document {
	docs := make([]Document, len(e.Passages))
	for i, p := range e.Passages {
		docs[i] = Document{
			Subject: e.Subject, Version: e.Version, Page: i + 1, Kind: e.Kind, Title: e.Title, Board: e.Meeting.Board,
			Organisations: e.Organisations, Date: e.Meeting.Date(), Recognised: p.Recognised, Text: Prepare(p.Text),
		}
	}
	return docs
}

// absent tells that the record shows nothing to the public there.
func absent(err error) bool {
	return errors.Is(err, papers.ErrNotFound) || papers.CodeOf(err) == papers.CodeNotFound || papers.CodeOf(err) == papers.CodeGone
}

// organisations know the names of partners and who sits for them on the boards. The zero value knows
// none.
type organisations struct {
	partners []papers.Partner
	names    [][]string // stems of their names
	seats    map[string][]papers.Member
}

func readOrganisations(ctx context.Context, r Reader) (organisations, error) {
	o := organisations{seats: map[string][]papers.Member{}}
	var err error
	if o.partners, err = r.Partners(ctx); err != nil {
		return o, fmt.Errorf("reading the partners: %w", err)
	}
	boards, err := r.Boards(ctx)
	if err != nil {
		return o, fmt.Errorf("reading the boards: %w", err)
	}
	for _, p := range o.partners {
		o.names = append(o.names, stems(p.Name))
	}
	for _, b := range boards {
		o.seats[b.Slug] = b.Members
	}
	return o, nil
}

// of gives the partners that a document names as its own: by their name in its title or with who
// leads or answers, or by the name of a member of the board who sits for them.
func (o organisations) of(board string, named ...string) []string {
	var slugs []string
	add := func(i int) {
		if !slices.Contains(slugs, o.partners[i].Slug) {
			slugs = append(slugs, o.partners[i].Slug)
		}
	}
	for _, text := range named {
		have := stems(text)
		for i, name := range o.names {
			if holdsRun(have, name) {
				add(i)
			}
		}
		for _, m := range o.seats[board] {
			if m.Name == "" || !strings.Contains(text, m.Name) {
				continue
			}
			for i, p := range o.partners {
				if p.Name == m.Organisation {
					add(i)
				}
			}
		}
	}
	return slugs
}

func holdsRun(have, run []string) bool {
	for i := range have {
		if len(run) > 0 && runAt(have, i, run) {
			return true
		}
	}
	return false
}
