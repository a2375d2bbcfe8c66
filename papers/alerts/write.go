package alerts

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"slices"
	"strings"
	"text/template"
	"time"

	"clearday/papers"
)

// Record is what a Writer reads. papers.Store offers it.
type Record interface {
	Site(ctx context.Context) (papers.Site, error)
	Board(ctx context.Context, slug string) (papers.Board, error)
	Meeting(ctx context.Context, a papers.Audience, slug string) (papers.Meeting, error)
	Items(ctx context.Context, a papers.Audience, meeting string) ([]papers.Item, error)
	Find(ctx context.Context, a papers.Audience, refs []papers.VersionRef) ([]papers.Found, error)
	Acts(ctx context.Context, after int64, limit int) ([]papers.Act, error)
	Untold(ctx context.Context, l Letter, passages []string) ([]string, error)
}

// Writer writes letters from what is public at the moment of writing, whatever was queued: a paper
// that was withdrawn meanwhile is not in them.
type Writer struct {
	Record Record
	Search Searcher
	Base   string // address of the site, without a trailing slash
}

var errNothingLeft = errors.New("nothing is left to say")

//go:embed letters
var letters embed.FS

var (
	texts = template.Must(template.ParseFS(letters, "letters/*.txt"))
	htmls = htmltemplate.Must(htmltemplate.ParseFS(letters, "letters/*.html"))
)

// letter is what the templates see.
type letter struct {
	Site    string
	Heading string
	Lead    string // a sentence
	Button  string // what the link is for
	Link    string
	News    []news
	More    string // what there was no room for
	Why     string
	Stop    string // address
	Contact string
}

// news is one thing that is new.
type news struct {
	Title, Says, Link string
	Passages          []FoundPassage
}

// Write gives the letter in words. errNothingLeft when its matter is not public any more.
func (w *Writer) Write(ctx context.Context, l Letter) (Message, error) {
	site, err := w.Record.Site(ctx)
	if err != nil {
		return Message{}, err
	}
	in := letter{Site: site.Name, Contact: site.Contact}
	subject := ""
	switch l.Kind {
	case Confirm, Already:
		subject, err = w.aboutSubscription(ctx, l, &in)
	case News:
		subject, err = w.news(ctx, l, &in)
	case Outcome:
		subject, err = w.outcome(ctx, l, &in)
	case Asked:
		subject, err = w.asked(l, &in)
	case Found:
		return w.found(ctx, l, in)
	default:
		err = fmt.Errorf("a letter of kind %q", l.Kind)
	}
	if err != nil {
		return Message{}, err
	}
	m := Message{ID: l.ID, To: l.To, Subject: subject}
	if l.Kind == News {
		m.Unsubscribe = in.Stop
	}
	return m, in.into(&m)
}

func (in letter) into(m *Message) error {
	var text, html bytes.Buffer
	if err := texts.ExecuteTemplate(&text, "letter.txt", in); err != nil {
		return fmt.Errorf("writing the text of a letter: %w", err)
	}
	if err := htmls.ExecuteTemplate(&html, "letter.html", in); err != nil {
		return fmt.Errorf("writing the HTML of a letter: %w", err)
	}
	m.Text, m.HTML = text.String(), html.String()
	return nil
}

// Address is the private address of a subscription below the site's.
func (s Subscription) Address() string { return "/alerts/" + s.ID + "/" + s.Code }

func (w *Writer) aboutSubscription(ctx context.Context, l Letter, in *letter) (subject string, err error) {
	what, err := w.scope(ctx, *l.Subscription)
	if err != nil {
		return "", err
	}
	in.Link = w.Base + l.Subscription.Address()
	in.Why = "Somebody, most likely you, gave this address at " + w.Base + "."
	if l.Kind == Already {
		in.Heading, in.Button = "You get these letters already", "See or stop them"
		in.Lead = "You asked for news of " + what + ". You get them already: there is nothing to do."
		return in.Heading, nil
	}
	in.Heading, in.Button = "Do you want news of "+what+"?", "Yes, send them"
	in.Lead = "Open the link and press the button there. If you did not ask, do nothing: you hear no more, and we forget this address within seven days."
	return "Confirm: news of " + what, nil
}

// scope says what a subscription is about.
func (w *Writer) scope(ctx context.Context, s Subscription) (string, error) {
	switch s.Scope {
	case OfBoard:
		b, err := w.Record.Board(ctx, s.Subject)
		if papers.CodeOf(err) == papers.CodeNotFound {
			return "", errNothingLeft
		}
		return "the " + b.Name, err
	case OfMeeting:
		m, err := w.Record.Meeting(ctx, papers.Public, s.Subject)
		if papers.CodeOf(err) == papers.CodeNotFound {
			return "", errNothingLeft
		}
		return m.NameAndDate(), err
	case OfSearch:
		// Not its words: whoever knows an address could have us send them anything.
		return "a search of the record", nil
	}
	return "every board", nil
}

func (w *Writer) news(ctx context.Context, l Letter, in *letter) (subject string, err error) {
	m, err := w.Record.Meeting(ctx, papers.Public, l.Event.Meeting)
	if papers.CodeOf(err) == papers.CodeNotFound {
		return "", errNothingLeft
	}
	if err != nil {
		return "", err
	}
	if in.News, err = w.newsOf(ctx, m, l.Event); err != nil {
		return "", err
	}
	if len(in.News) == 0 {
		return "", errNothingLeft
	}
	what, err := w.scope(ctx, *l.Subscription)
	if err != nil {
		return "", err
	}
	in.Heading = m.NameAndDay()
	in.Link, in.Button = w.Base+"/meetings/"+m.Slug, "The meeting"
	in.Stop = w.Base + l.Subscription.Address()
	in.Why = "You get this because you asked for news of " + what
	if at := l.Subscription.ConfirmedAt; at != nil {
		in.Why += " on " + at.In(m.Location()).Format("2 January 2006")
	}
	in.Why += "."
	subject = m.NameAndDate() + ": " + in.News[0].Title
	if more := len(in.News) - 1; more > 0 {
		subject += fmt.Sprintf(" and %d more", more)
	}
	return subject, nil
}

// newsOf says what an event made known, as far as it is still public. The papers come first: they
// are what people wait for.
func (w *Writer) newsOf(ctx context.Context, m papers.Meeting, e Event) ([]news, error) {
	acts, err := w.Record.Acts(ctx, e.First-1, int(e.Last-e.First+1))
	if err != nil {
		return nil, err
	}
	var list, meeting []news
	var refs []papers.VersionRef
	var gone []papers.VersionRef
	for _, a := range acts {
		ref, _ := papers.VersionOf(a.Subject)
		switch a.Kind {
		case papers.ActPaperPublished:
			refs = append(refs, ref)
		case papers.ActPaperWithdrawn:
			gone = append(gone, ref)
		case papers.ActAgendaPublished:
			n, err := w.agenda(ctx, m)
			if err != nil {
				return nil, err
			}
			list = append(list, n)
		case papers.ActMeetingAnnounced, papers.ActMeetingChanged:
			meeting = append(meeting[:0], w.meeting(m, a.Kind))
		}
	}
	published, err := w.papers(ctx, refs, paperNews)
	if err != nil {
		return nil, err
	}
	withdrawn, err := w.papers(ctx, gone, withdrawnNews)
	if err != nil {
		return nil, err
	}
	return slices.Concat(withdrawn, published, list, meeting), nil
}

func (w *Writer) agenda(ctx context.Context, m papers.Meeting) (news, error) {
	items, err := w.Record.Items(ctx, papers.Public, m.Slug)
	if err != nil {
		return news{}, err
	}
	return news{Title: "The agenda", Says: fmt.Sprintf("It has %d items now.", len(items)), Link: w.Base + "/meetings/" + m.Slug}, nil
}

// meeting says how the meeting stands.
func (w *Writer) meeting(m papers.Meeting, kind papers.Kind) news {
	n := news{Title: "The meeting is announced", Link: w.Base + "/meetings/" + m.Slug}
	if kind == papers.ActMeetingChanged {
		n.Title = "The meeting changed"
	}
	switch m.State {
	case papers.MeetingCancelled:
		n.Title = "The meeting is cancelled"
		return n
	case papers.MeetingPostponed:
		n.Title = "The meeting is postponed"
		return n
	}
	n.Says = m.StartsAt.In(m.Location()).Format("Monday 2 January 2006, 3:04pm")
	if m.Venue != "" {
		n.Says += ", " + m.Venue
	}
	return n
}

func (w *Writer) papers(ctx context.Context, refs []papers.VersionRef, say func(papers.Found) (news, bool)) ([]news, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	found, err := w.Record.Find(ctx, papers.Public, refs)
	if err != nil {
		return nil, err
	}
	var list []news
	for _, f := range found {
		if n, ok := say(f); ok {
			n.Link = fmt.Sprintf("%s/papers/%s/v/%d", w.Base, f.Paper.ID, f.Version.N)
			list = append(list, n)
		}
	}
	return list, nil
}

func paperNews(f papers.Found) (news, bool) {
	if !f.Version.Public() {
		return news{}, false
	}
	says := []string{"Item " + f.Item.Number + ": " + f.Item.Title}
	if f.Item.Number == "" {
		says[0] = f.Item.Title
	}
	pages := "1 page"
	if f.Version.Pages != 1 {
		pages = fmt.Sprintf("%d pages", f.Version.Pages)
	}
	says = append(says, "PDF, "+pages)
	if f.Version.N > 1 {
		says = append(says, fmt.Sprintf("version %d. Why: %s", f.Version.N, strings.TrimSuffix(f.Version.Reason, ".")))
	}
	return news{Title: f.Paper.Title, Says: strings.Join(says, ", ") + "."}, true
}

func withdrawnNews(f papers.Found) (news, bool) {
	if f.Version.State != papers.VersionWithdrawn {
		return news{}, false
	}
	return news{Title: "Withdrawn: " + f.Paper.Title, Says: fmt.Sprintf("Version %d. Why: %s If you kept a copy, delete it.", f.Version.N, stop(f.Version.WithdrawnWhy))}, true
}

// stop ends a sentence.
func stop(s string) string { return strings.TrimRight(s, ".") + "." }

func (w *Writer) outcome(ctx context.Context, l Letter, in *letter) (subject string, err error) {
	m, err := w.Record.Meeting(ctx, papers.Insider, l.Outcome.Meeting)
	if err != nil {
		return "", err
	}
	in.Heading = m.NameAndDate()
	in.Link, in.Button = w.Base+"/desk/meetings/"+m.Slug, "Open it at the desk"
	in.Why = "You get this because you are a secretary of this board."
	at := l.Outcome.At.In(m.Location()).Format("Monday 2 January, 3:04:05pm")
	if l.Outcome.Kind == papers.OutcomeFailed {
		in.Lead = "What was planned did not go out. " + l.Outcome.Says + " The first attempt was at " + at + "."
		return "Not published: " + in.Heading, nil
	}
	in.Lead = "What was planned is public since " + at + "."
	return "Published as planned: " + in.Heading, nil
}

// asked tells an asker where the question stands. The private address goes to nobody but the address that
// they gave for this.
func (w *Writer) asked(l Letter, in *letter) (subject string, err error) {
	a := l.Asking
	if l.To == "" || a.Subject == "" {
		return "", errNothingLeft
	}
	in.Heading, in.Lead = a.Subject, a.Says
	in.Link, in.Button = w.Base+a.Path, "Your private page"
	if a.Answer != "" {
		in.News = []news{{Title: "The answer", Says: a.Answer, Link: w.Base + "/questions/" + a.Number}}
	}
	in.Why = "You gave this address to hear of " + a.Number + ". It is used for nothing else. You can take it off on your private page."
	return a.Subject, nil
}

// Test is the letter by which an administrator checks the mail server.
func (w *Writer) Test(ctx context.Context, to string, now time.Time) (Message, error) {
	site, err := w.Record.Site(ctx)
	if err != nil {
		return Message{}, err
	}
	m := Message{ID: "test-" + papers.NewID(), To: to, Subject: "Letters from Clearday arrive"}
	in := letter{Site: site.Name, Heading: m.Subject, Lead: "This letter left at " + now.In(site.Location()).Format("3:04:05pm on 2 January 2006") + ". Letters to subscribers go the same way.",
		Link: w.Base + "/desk/site", Button: "Back to the desk", Why: "You asked for it at the desk."}
	return m, in.into(&m)
}

// Commissioned is the letter that asks an author for the paper of an item, with the private link by which
// it is sent.
func (w *Writer) Commissioned(ctx context.Context, co papers.Commission, i papers.Item, link string) (Message, error) {
	site, err := w.Record.Site(ctx)
	if err != nil {
		return Message{}, err
	}
	m, err := w.Record.Meeting(ctx, papers.Insider, i.Meeting)
	if err != nil {
		return Message{}, err
	}
	due := co.DueAt.In(m.Location()).Format("Monday 2 January 2006, 3:04pm")
	in := letter{Site: site.Name, Contact: site.Contact, Heading: "A paper is wanted from you by " + due,
		Lead: co.Author + ", you are asked for the paper of item " + i.Number + ", " + i.ForPublic().Title + ", of the meeting " + m.NameAndDate() + ".",
		Link: link, Button: "Send the paper, and see what became of it", Why: "The board secretary gave your address. Whoever has the link can send papers for this item: do not pass it on."}
	msg := Message{ID: "ask-" + papers.NewID(), To: co.Email, Subject: "A paper for " + m.NameAndDate() + ", by " + due}
	return msg, in.into(&msg)
}
