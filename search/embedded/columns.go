package embedded

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/blevesearch/bleve/v2/index/scorch"

	"clearday/search"
)

// The id of a document is a row of columns, joined by idSep: subject, version, kind, board,
// organisations, date, page. All but the page are the same for all pages of a subject. The page of
// which the words were recognised on a picture ends in idScan.
const (
	idSep  = "\x1f"
	idList = " " // between organisations
	idScan = "s"
	idKeys = 6 // columns before the page
)

func idOf(d search.Document) string {
	clean := strings.NewReplacer(idSep, " ")
	page := strconv.Itoa(d.Page)
	if d.Recognised {
		page += idScan
	}
	parts := []string{d.Subject, strconv.Itoa(d.Version), string(d.Kind), d.Board, strings.Join(d.Organisations, idList), d.Date, page}
	for i := range parts {
		parts[i] = clean.Replace(parts[i])
	}
	return strings.Join(parts, idSep)
}

// group is what the filters and facets know of a subject.
type group struct {
	n       int32 // its place among the groups known
	subject string
	version int
	kind    search.Kind
	board   string
	orgs    []string
	date    string
	year    int
}

// column is, by document number within a segment, the subject and the page.
type column struct {
	groups []*group
	pages  []page
}

type page struct {
	n          int32
	recognised bool
}

// columns are the columns of all segments in use. A segment never changes, so its column is read
// once; what merges have replaced is forgotten.
type columns struct {
	mu     sync.Mutex
	bySeg  map[uint64]*column
	groups map[string]*group // by the id up to the page
}

func (c *columns) reset() {
	c.bySeg, c.groups = map[uint64]*column{}, map[string]*group{}
}

// of gives the column of each segment of the snapshot, in its order, and the number of groups.
func (c *columns) of(s *scorch.IndexSnapshot) (list []*column, groups int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	segs := s.Segments()
	list = make([]*column, len(segs))
	fresh := false
	for i, seg := range segs {
		if list[i] = c.bySeg[seg.Id()]; list[i] != nil {
			continue
		}
		if list[i], err = c.read(seg); err != nil {
			return nil, 0, err
		}
		c.bySeg[seg.Id()] = list[i]
		fresh = true
	}
	if fresh && len(c.bySeg) > 2*len(segs)+8 {
		c.bySeg = make(map[uint64]*column, len(segs))
		for i, seg := range segs {
			c.bySeg[seg.Id()] = list[i]
		}
	}
	return list, len(c.groups), nil
}

func (c *columns) read(seg *scorch.SegmentSnapshot) (*column, error) {
	n := seg.FullSize()
	col := &column{groups: make([]*group, n), pages: make([]page, n)}
	for i := range col.groups {
		id, err := seg.DocID(uint64(i))
		if err != nil {
			return nil, fmt.Errorf("reading the id of a document: %w", err)
		}
		cut := strings.LastIndex(string(id), idSep)
		if cut < 0 {
			return nil, fmt.Errorf("the search index holds a strange id %q", id)
		}
		digits, recognised := strings.CutSuffix(string(id[cut+1:]), idScan)
		n, err := strconv.ParseInt(digits, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("reading the page of %q: %w", id, err)
		}
		g := c.groups[string(id[:cut])]
		if g == nil {
			if g, err = c.add(string(id[:cut])); err != nil {
				return nil, err
			}
		}
		col.groups[i], col.pages[i] = g, page{int32(n), recognised}
	}
	return col, nil
}

func (c *columns) add(key string) (*group, error) {
	p := strings.Split(key, idSep)
	if len(p) != idKeys {
		return nil, fmt.Errorf("the search index holds a strange id %q", key)
	}
	version, err := strconv.Atoi(p[1])
	if err != nil {
		return nil, fmt.Errorf("reading the version of %q: %w", key, err)
	}
	g := &group{n: int32(len(c.groups)), subject: p[0], version: version, kind: search.Kind(p[2]), board: p[3], orgs: strings.Fields(p[4]), date: p[5]}
	if len(g.date) >= 4 {
		g.year, _ = strconv.Atoi(g.date[:4]) // a date that does not begin with a year has none
	}
	c.groups[key] = g
	return g, nil
}

// each visits every live document of the snapshot.
func (c *columns) each(s *scorch.IndexSnapshot, visit func(g *group, page int, id func() (string, error)) error) error {
	cols, _, err := c.of(s)
	if err != nil {
		return err
	}
	for i, seg := range s.Segments() {
		deleted := seg.Deleted()
		for doc, g := range cols[i].groups {
			if deleted != nil && deleted.Contains(uint32(doc)) {
				continue
			}
			id := func() (string, error) {
				b, err := seg.DocID(uint64(doc))
				return string(b), err
			}
			if err := visit(g, int(cols[i].pages[doc].n), id); err != nil {
				return err
			}
		}
	}
	return nil
}
