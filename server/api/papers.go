package api

import (
	"fmt"
	"net/url"
	"time"

	"clearday/papers"
	"clearday/search"
)

// Paper is a document under an agenda item.
type Paper struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Item     string    `json:"item"`
	Meeting  string    `json:"meeting"`
	Board    string    `json:"board"`
	Private  bool      `json:"private"`
	Version  int       `json:"version" doc:"The version to read."`
	State    string    `json:"state" enum:"checking,blocked,ready,scheduled,published,superseded,withdrawn"`
	Versions []Version `json:"versions" doc:"Newest first."`
	URL      string    `json:"url"`

	Rendition   string   `json:"rendition,omitempty" enum:"easy_read,large_print,translation,background" doc:"What it is beside another paper."`
	RenditionOf string   `json:"rendition_of,omitempty" doc:"Id of that paper."`
	Language    string   `json:"language,omitempty" doc:"Of a translation, as a tag."`
	Renditions  []Beside `json:"renditions,omitempty" doc:"The same in other formats. Given with one paper."`
	NotProvided []string `json:"not_provided,omitempty" doc:"Kinds of rendition that there are none of."`
	Background  []Beside `json:"background,omitempty" doc:"Background papers that the report relies on."`
}

// Beside is a rendition or a background paper.
type Beside struct {
	Kind     string `json:"kind"`
	Language string `json:"language,omitempty"`
	Title    string `json:"title,omitempty"`
	Paper    string `json:"paper,omitempty" doc:"Id, where it is a file of ours."`
	Size     int64  `json:"size,omitempty"`
	Pages    int    `json:"pages,omitempty"`
	URL      string `json:"url,omitempty"`
	FileURL  string `json:"file_url,omitempty"`
}

// WithBeside adds what stands beside a paper: renditions, background papers, and which kinds there are none of.
func (p Paper) WithBeside(files []papers.Paper, links []papers.PaperLink) Paper {
	have := map[papers.RenditionKind]bool{}
	add := func(k papers.RenditionKind, b Beside) {
		have[k], b.Kind = true, string(k)
		if k == papers.Background {
			p.Background = append(p.Background, b)
		} else {
			p.Renditions = append(p.Renditions, b)
		}
	}
	for _, r := range files {
		if v, ok := r.Current(); ok && v.State != papers.VersionWithdrawn {
			add(r.Rendition, Beside{Language: r.Language, Title: r.Title, Paper: r.ID, Size: v.Size, Pages: v.Pages, URL: paperURL(r.ID), FileURL: paperURL(r.ID) + "/file"})
		}
	}
	for _, l := range links {
		add(l.Kind, Beside{Language: l.Language, Title: l.Title, URL: l.URL})
	}
	for _, k := range papers.Renditions {
		if !have[k] {
			p.NotProvided = append(p.NotProvided, string(k))
		}
	}
	return p
}

// Version is one state of a paper's bytes. Of a withdrawn one only the tombstone is left.
type Version struct {
	N            int        `json:"version"`
	State        string     `json:"state" enum:"checking,blocked,ready,scheduled,published,superseded,withdrawn"`
	SHA256       string     `json:"sha256,omitempty" doc:"Of the public file; empty until it is made."`
	Original     string     `json:"original_sha256,omitempty" doc:"Of the bytes that were uploaded, which stay private."`
	Size         int64      `json:"size,omitempty" doc:"Bytes."`
	Pages        int        `json:"pages,omitempty"`
	PagesRead    int        `json:"pages_read,omitempty" doc:"Progress while it is being checked."`
	Recognised   []int      `json:"recognised_pages,omitempty" doc:"Pages that are scans, from 1: their text was recognised by a program and may have errors."`
	Reason       string     `json:"reason,omitempty" doc:"Why it was made, from the second version on."`
	FileName     string     `json:"file_name,omitempty" doc:"As uploaded; never public."`
	Findings     []Finding  `json:"findings,omitempty" doc:"Never public."`
	ScheduledAt  *time.Time `json:"scheduled_at,omitempty"`
	PublishedAt  *time.Time `json:"published_at,omitempty"`
	Act          int64      `json:"act,omitempty" doc:"Number of the act that published it."`
	WithdrawnAt  *time.Time `json:"withdrawn_at,omitempty"`
	WithdrawnBy  string     `json:"withdrawn_by,omitempty" doc:"The role, never a person."`
	WithdrawnWhy string     `json:"withdrawn_why,omitempty"`
	URL          string     `json:"url"`
	FileURL      string     `json:"file_url,omitempty"`
	HTMLURL      string     `json:"html_url,omitempty" doc:"The version as a web page with headings and tables, made from the original document, where that is offered."`
}

// Finding is something that reading an upload found.
type Finding struct {
	Code    string `json:"code"`
	Level   string `json:"level,omitempty" enum:"block,warn,cleaned,behind,advice"`
	Page    int    `json:"page,omitempty"`
	Boxes   []Box  `json:"boxes,omitempty" doc:"Where on the page."`
	Message string `json:"message"`
	Blocks  bool   `json:"blocks" doc:"It keeps the version from publication."`
}

// Box is a place on a page, in points from its top left corner.
type Box struct {
	XMin float64 `json:"x_min"`
	YMin float64 `json:"y_min"`
	XMax float64 `json:"x_max"`
	YMax float64 `json:"y_max"`
}

func paperURL(id string) string { return "/papers/" + url.PathEscape(id) }

// OfPaper gives a paper's shape.
func OfPaper(p papers.Paper) Paper {
	out := Paper{ID: p.ID, Title: p.Title, Item: p.Item, Meeting: p.Meeting, Board: p.Board, Private: p.Private, Versions: []Version{}, URL: paperURL(p.ID),
		Rendition: string(p.Rendition), RenditionOf: p.RenditionOf, Language: p.Language}
	if v, ok := p.Current(); ok {
		out.Version, out.State = v.N, string(v.State)
	}
	for _, v := range p.Versions {
		out.Versions = append(out.Versions, OfVersion(v))
	}
	return out
}

// OfVersion gives a version's shape.
func OfVersion(v papers.Version) Version {
	out := Version{N: v.N, State: string(v.State), Act: v.Act, PublishedAt: inZone(v.PublishedAt, time.UTC), WithdrawnAt: inZone(v.WithdrawnAt, time.UTC),
		WithdrawnBy: v.WithdrawnBy, WithdrawnWhy: v.WithdrawnWhy, URL: fmt.Sprintf("%s/v/%d", paperURL(v.Paper), v.N)}
	if v.State == papers.VersionWithdrawn {
		return out
	}
	out.SHA256, out.Original, out.Size, out.Pages, out.PagesRead, out.Reason, out.FileName = v.File, v.Original, v.Size, v.Pages, v.PagesRead, v.Reason, v.FileName
	out.ScheduledAt, out.FileURL = inZone(v.ScheduledAt, time.UTC), out.URL+"/file"
	out.Recognised = v.Scans[:min(v.ScansRead, len(v.Scans))]
	if v.HTML != "" {
		out.HTMLURL = out.URL + "/html"
	}
	out.Findings = findings(v.Findings)
	return out
}

func findings(found []papers.Finding) []Finding {
	out := make([]Finding, len(found))
	for i, f := range found {
		out[i] = Finding{Code: f.Code, Level: string(f.Level), Page: f.Page, Message: f.Message, Blocks: f.Blocks}
		for _, b := range f.Boxes {
			out[i].Boxes = append(out[i].Boxes, Box(b))
		}
	}
	return out
}

// Uploaded answers an upload: what became of it within the time that the answer waited.
type Uploaded struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Version  int       `json:"version"`
	State    string    `json:"state" enum:"checking,blocked,ready,scheduled,published,superseded,withdrawn" doc:"checking: read the paper again in a moment."`
	Pages    int       `json:"pages"`
	SHA256   string    `json:"sha256" doc:"Of the public file; empty until it is made."`
	Original string    `json:"original_sha256" doc:"Of the bytes that were uploaded, which stay private."`
	Findings []Finding `json:"findings"`
	URL      string    `json:"url"`
}

// OfUpload gives the answer to an upload.
func OfUpload(p papers.Paper, v papers.Version) Uploaded {
	return Uploaded{ID: p.ID, Title: p.Title, Version: v.N, State: string(v.State), Pages: v.Pages, SHA256: v.File, Original: v.Original, Findings: findings(v.Findings), URL: paperURL(p.ID)}
}

// When asks for a publication.
type When struct {
	At   *time.Time `json:"at,omitempty" doc:"When it becomes public; now when left out. What it names is frozen from this call on."`
	Late *Late      `json:"late,omitempty" doc:"Why it comes after its last lawful moment, where it does. When left out the public reads that no reason was given."`
}

// Release asks for what was private of an item to become public, and says why it no longer is.
type Release struct {
	When
	Item   bool     `json:"item,omitempty" doc:"The item itself: its title and lead."`
	Papers []string `json:"papers,omitempty" doc:"Ids of private papers of the item. Of each the newest version becomes public; what was there before stays private."`
	Reason string   `json:"reason" doc:"Public."`
}

// WhenMeeting asks for the publication of a meeting, or of a part of what is ready.
type WhenMeeting struct {
	At     *time.Time `json:"at,omitempty" doc:"When it becomes public; now when left out. What it names is frozen from this call on."`
	Late   *Late      `json:"late,omitempty" doc:"Why it comes after its last lawful moment, where it does. When left out the public reads that no reason was given."`
	Items  []string   `json:"items,omitempty" doc:"Ids of the items that become public. With neither items nor papers: all that can be."`
	Papers []string   `json:"papers,omitempty" doc:"Ids of the papers that become public, with their items."`
}

// Wish gives what is wanted, as said at the moment.
func (w WhenMeeting) Wish(now time.Time) papers.Wish {
	wish := papers.Wish{At: w.At, Late: w.Late.late(now)}
	if len(w.Items)+len(w.Papers) > 0 {
		wish.Only = &papers.Choice{Items: w.Items, Papers: w.Papers}
	}
	return wish
}

// Wish gives what is wanted, as said at the moment.
func (w When) Wish(now time.Time) papers.Wish { return papers.Wish{At: w.At, Late: w.Late.late(now)} }

// Announcement asks to announce a meeting.
type Announcement struct {
	Late *Late `json:"late,omitempty" doc:"Why the notice comes late, where it does."`
}

// Reason gives why the announcement comes late, as said at the moment.
func (a Announcement) Reason(now time.Time) *papers.Late { return a.Late.late(now) }

// Late is why a publication comes after its last lawful moment. The minutes print it.
type Late struct {
	Kind   string     `json:"kind" enum:"urgent,shorter_notice" doc:"urgent: special circumstances, in the chair's opinion. shorter_notice: the meeting is convened at shorter notice."`
	Reason string     `json:"reason"`
	Chair  string     `json:"chair,omitempty" doc:"Name and office of who holds that it is urgent."`
	At     *time.Time `json:"at,omitempty" doc:"When the chair decided, or when the meeting was convened; now when left out."`
}

func (l *Late) late(now time.Time) *papers.Late {
	if l == nil {
		return nil
	}
	late := papers.Late{Ground: papers.Ground(l.Kind), Reason: l.Reason, Chair: l.Chair, At: now.UTC()}
	if l.At != nil {
		late.At = *l.At
	}
	return &late
}

// Publication answers what becomes public, and what is left out.
type Publication struct {
	ID         string     `json:"id"`
	Meeting    string     `json:"meeting"`
	State      string     `json:"state" enum:"scheduled,done,stopped,failed"`
	At         time.Time  `json:"at" doc:"When it became public, or will."`
	Announce   bool       `json:"announces" doc:"It makes the date and place of the meeting public."`
	Items      []string   `json:"items" doc:"Ids of the items of the agenda that become public."`
	Included   []Included `json:"included" doc:"The papers."`
	LeftOut    []LeftOut  `json:"left_out"`
	Late       *Late      `json:"late,omitempty"`
	Supplement int        `json:"supplement,omitempty" doc:"Of what came out after the agenda: which supplement it is, from 1."`
	Warning    string     `json:"warning,omitempty" doc:"It was done, and this should be looked at."`
}

// Included is a version that a publication holds.
type Included struct {
	Paper   string `json:"paper"`
	Version int    `json:"version"`
	Title   string `json:"title"`
	URL     string `json:"url"`
}

// LeftOut is a paper that a publication does not hold, and why.
type LeftOut struct {
	Paper  string `json:"paper"`
	Title  string `json:"title"`
	Reason string `json:"reason"`
}

// OfPublication gives a publication's shape; found are its versions.
func OfPublication(p papers.Publication, found []papers.Found) Publication {
	out := Publication{ID: p.ID, Meeting: p.Meeting, State: string(p.State), At: p.ScheduledAt.UTC(), Announce: p.Announces,
		Items: append([]string{}, p.Items...), Included: []Included{}, LeftOut: LeftOuts(p.LeftOut)}
	if p.PublishedAt != nil {
		out.At = p.PublishedAt.UTC()
	}
	if out.Supplement = p.Supplement; p.Late != nil {
		at := p.Late.At.UTC()
		out.Late = &Late{Kind: string(p.Late.Ground), Reason: p.Late.Reason, Chair: p.Late.Chair, At: &at}
	}
	for _, f := range found {
		out.Included = append(out.Included, Included{Paper: f.Paper.ID, Version: f.Version.N, Title: f.Paper.Title, URL: paperURL(f.Paper.ID)})
	}
	return out
}

// LeftOuts gives what is left out, never null.
func LeftOuts(list []papers.LeftOut) []LeftOut {
	out := make([]LeftOut, len(list))
	for i, l := range list {
		out[i] = LeftOut(l)
	}
	return out
}

// NothingToPublish is the problem of a meeting of which nothing can be published.
type NothingToPublish struct {
	Problem
	LeftOut []LeftOut `json:"left_out"`
}

// Withdrawal takes back a version, or every public version.
type Withdrawal struct {
	Reason  string `json:"reason" doc:"Public, for ever. Name no person."`
	Version int    `json:"version,omitempty" doc:"All public versions when left out."`

	TakeBack bool   `json:"take_back,omitempty" doc:"true erases the bytes too, for what must not be anywhere."`
	Title    string `json:"title,omitempty" doc:"With take_back: what the paper is called from now on."`
}

// Text is the text of a version, taken from the PDF by program.
type Text struct {
	Paper      string     `json:"paper"`
	Version    int        `json:"version"`
	Pages      int        `json:"pages" doc:"How many the paper has."`
	Page       int        `json:"page,omitempty" doc:"The page that was asked for."`
	Text       string     `json:"text,omitempty" doc:"Of that page."`
	Recognised bool       `json:"recognised,omitempty" doc:"Of that page: it is a scan, and its text was recognised by a program and may have errors."`
	Texts      []PageText `json:"texts,omitempty" doc:"Of all pages, when none was asked for."`
}

// PageText is the text of one page.
type PageText struct {
	Page       int    `json:"page"`
	Text       string `json:"text"`
	Recognised bool   `json:"recognised,omitempty" doc:"The page is a scan: its text was recognised by a program and may have errors."`
}

// OfAnswer gives the outcome of a search with no list that is null.
func OfAnswer(a search.Answer) search.Answer {
	full(&a.Hits)
	full(&a.Facets.Boards)
	full(&a.Facets.Kinds)
	full(&a.Facets.Years)
	full(&a.Facets.Organisations)
	full(&a.Coverage.Missing)
	for i := range a.Hits {
		full(&a.Hits[i].Pages)
	}
	return a
}

func full[T any](list *[]T) {
	if *list == nil {
		*list = []T{}
	}
}
