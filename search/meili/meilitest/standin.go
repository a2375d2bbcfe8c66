// Package meilitest stands in for a Meilisearch where none is given.
package meilitest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// StandIn answers over HTTP as the API reference of Meilisearch says, as far as the engine asks: indexes,
// settings, documents, tasks, keys, swaps and searches. Its filters and phrases are evaluated, its ranking
// is not Meilisearch's.
type StandIn struct {
	*httptest.Server
	t *testing.T

	mu    sync.Mutex // held while it answers; tests reach the fields by Do
	asked map[int]int

	Indexes  map[string]map[string]map[string]any // documents by id, by index
	Settings map[string]map[string]any            // by index
	Tasks    []map[string]any
	Keys     map[string]map[string]any
	Tokens   []string // that searches were made with

	Waiting   int                                           // how often a task is not done yet when it is asked for
	FailTask  func(kind string) string                      // gives the code of an error, or nothing
	Intercept func(http.ResponseWriter, *http.Request) bool // answers instead
}

// MasterKey is the key with which the stand-in is asked.
const MasterKey = "master-key-of-the-test"

// New starts one that is empty.
func New(t *testing.T) *StandIn {
	s := &StandIn{t: t, asked: map[int]int{}}
	s.Wipe()
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// Wipe makes it forget everything, as a server that lost its disk.
func (s *StandIn) Wipe() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Indexes, s.Settings, s.Keys = map[string]map[string]map[string]any{}, map[string]map[string]any{}, map[string]map[string]any{}
}

// Do runs something between two answers.
func (s *StandIn) Do(do func()) { s.mu.Lock(); defer s.mu.Unlock(); do() }

// ServeHTTP implements http.Handler.
func (s *StandIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Intercept != nil && s.Intercept(w, r) {
		return
	}
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if path[0] == "multi-search" {
		s.Tokens = append(s.Tokens, token)
		if strings.Count(token, ".") != 2 {
			AnswerError(w, 403, "invalid_api_key")
			return
		}
		s.multi(w, r)
		return
	}
	if token != MasterKey {
		AnswerError(w, 403, "invalid_api_key")
		return
	}
	switch {
	case path[0] == "keys" && r.Method == "GET":
		k, ok := s.Keys[path[1]]
		if !ok {
			AnswerError(w, 404, "api_key_not_found")
			return
		}
		Answer(w, 200, k)
	case path[0] == "keys":
		k := body(r)
		k["key"] = "derived-of-" + k["uid"].(string)
		s.Keys[k["uid"].(string)] = k
		Answer(w, 201, k)
	case path[0] == "tasks":
		s.task(w, path[1])
	case path[0] == "swap-indexes":
		var list []struct{ Indexes []string }
		_ = json.NewDecoder(r.Body).Decode(&list)
		s.enqueue(w, "indexSwap", func() string {
			a, b := list[0].Indexes[0], list[0].Indexes[1]
			s.Indexes[a], s.Indexes[b] = s.Indexes[b], s.Indexes[a]
			s.Settings[a], s.Settings[b] = s.Settings[b], s.Settings[a]
			return ""
		})
	case path[0] == "indexes" && len(path) == 1:
		uid := body(r)["uid"].(string)
		s.enqueue(w, "indexCreation", func() string {
			if s.Indexes[uid] != nil {
				return "index_already_exists"
			}
			s.Indexes[uid] = map[string]map[string]any{}
			return ""
		})
	case len(path) == 2 && r.Method == "DELETE":
		s.enqueue(w, "indexDeletion", func() string {
			if s.Indexes[path[1]] == nil {
				return "index_not_found"
			}
			delete(s.Indexes, path[1])
			return ""
		})
	case path[2] == "settings":
		b := body(r)
		s.enqueue(w, "settingsUpdate", func() string { s.Settings[path[1]] = b; return "" })
	default:
		s.documents(w, r, path)
	}
}

func (s *StandIn) documents(w http.ResponseWriter, r *http.Request, path []string) {
	uid, what := path[1], strings.Join(path[3:], "/")
	switch {
	case r.Method == "POST" && what == "":
		var docs []map[string]any
		_ = json.NewDecoder(r.Body).Decode(&docs)
		s.enqueue(w, "documentAdditionOrUpdate", func() string {
			if s.Indexes[uid] == nil {
				s.Indexes[uid] = map[string]map[string]any{}
			}
			for _, d := range docs {
				s.Indexes[uid][d["id"].(string)] = d
			}
			return ""
		})
	case what == "fetch":
		q := body(r)
		found := s.find(uid, q["filter"].(string))
		total, from := len(found), int(number(q["offset"]))
		found = found[min(from, total):min(total, from+int(number(q["limit"])))]
		Answer(w, 200, map[string]any{"results": found, "total": total})
	case what == "delete":
		filter := body(r)["filter"].(string)
		s.enqueue(w, "documentDeletion", func() string {
			for _, d := range s.find(uid, filter) {
				delete(s.Indexes[uid], d["id"].(string))
			}
			return ""
		})
	case s.Indexes[uid] == nil:
		AnswerError(w, 404, "index_not_found")
	case s.Indexes[uid][what] == nil:
		AnswerError(w, 404, "document_not_found")
	default:
		Answer(w, 200, s.Indexes[uid][what])
	}
}

func (s *StandIn) enqueue(w http.ResponseWriter, kind string, do func() string) {
	t := map[string]any{"uid": len(s.Tasks), "type": kind, "status": "succeeded", "enqueuedAt": "2026-04-08T09:30:00Z", "error": nil}
	code := ""
	if s.FailTask != nil {
		code = s.FailTask(kind)
	}
	if code == "" {
		code = do()
	}
	if code != "" {
		t["status"], t["error"] = "failed", map[string]any{"message": "The task failed: " + code, "code": code, "type": "invalid_request", "link": ""}
	}
	s.Tasks = append(s.Tasks, t)
	Answer(w, 202, map[string]any{"taskUid": t["uid"], "status": "enqueued", "type": kind, "enqueuedAt": t["enqueuedAt"]})
}

func (s *StandIn) task(w http.ResponseWriter, id string) {
	n, _ := strconv.Atoi(id)
	s.asked[n]++
	if s.asked[n] <= s.Waiting {
		Answer(w, 200, map[string]any{"uid": n, "status": "processing", "enqueuedAt": "2026-04-08T09:30:00Z"})
		return
	}
	Answer(w, 200, s.Tasks[n])
}

func (s *StandIn) multi(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Queries []struct {
			IndexUID, Q, Filter, Distinct string
			Page, HitsPerPage             int
			Facets, Sort                  []string
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	results := []any{}
	for _, q := range in.Queries {
		found := slices.DeleteFunc(s.find(q.IndexUID, "live = true AND "+q.Filter), func(d map[string]any) bool { return !matches(fmt.Sprint(d["stemmed"]), q.Q) })
		by := func(d map[string]any) float64 { return -relevance(d, q.Q) }
		if len(q.Sort) > 0 {
			field, way, _ := strings.Cut(q.Sort[0], ":")
			by = func(d map[string]any) float64 {
				if way == "desc" {
					return -number(d[field])
				}
				return number(d[field])
			}
		}
		slices.SortStableFunc(found, func(a, b map[string]any) int { return cmp.Compare(by(a), by(b)) })
		if q.Distinct != "" {
			seen := map[any]bool{}
			found = slices.DeleteFunc(found, func(d map[string]any) bool { was := seen[d[q.Distinct]]; seen[d[q.Distinct]] = true; return was })
		}
		counts := map[string]map[string]int{}
		for _, f := range q.Facets {
			counts[f] = map[string]int{}
			for _, d := range found {
				for _, v := range values(d[f]) {
					counts[f][v]++
				}
			}
		}
		from := min((q.Page-1)*q.HitsPerPage, len(found))
		results = append(results, map[string]any{"indexUid": q.IndexUID, "hits": found[from:min(from+q.HitsPerPage, len(found))], "totalHits": len(found), "facetDistribution": counts})
	}
	Answer(w, 200, map[string]any{"results": results})
}

// find gives the documents that a filter leaves, by id.
func (s *StandIn) find(uid, filter string) []map[string]any {
	out := []map[string]any{}
	for _, d := range s.Indexes[uid] {
		p := &filterParser{rest: filter, doc: d}
		if p.or() {
			out = append(out, d)
		}
		if strings.TrimSpace(p.rest) != "" {
			s.t.Errorf("the filter %q is not understood at %q", filter, p.rest)
		}
	}
	slices.SortFunc(out, func(a, b map[string]any) int { return strings.Compare(a["id"].(string), b["id"].(string)) })
	return out
}

// filterParser evaluates a filter expression on a document.
type filterParser struct {
	rest string
	doc  map[string]any
}

func (p *filterParser) take(word string) bool {
	rest := strings.TrimLeft(p.rest, " ")
	after, ok := strings.CutPrefix(rest, word)
	if ok {
		p.rest = after
	}
	return ok
}

func (p *filterParser) or() bool {
	v := p.and()
	for p.take("OR ") {
		w := p.and()
		v = v || w
	}
	return v
}

func (p *filterParser) and() bool {
	v := p.not()
	for p.take("AND ") {
		w := p.not()
		v = v && w
	}
	return v
}

func (p *filterParser) not() bool {
	if p.take("NOT ") {
		return !p.not()
	}
	if p.take("(") {
		v := p.or()
		p.take(")")
		return v
	}
	field := p.until(" ")
	have := values(p.doc[field])
	switch {
	case p.take("= "):
		return slices.Contains(have, p.value())
	case p.take("STARTS WITH "):
		prefix := p.value()
		return slices.ContainsFunc(have, func(h string) bool { return strings.HasPrefix(h, prefix) })
	case p.take(">= "):
		return number(p.doc[field]) >= number(p.value())
	case p.take("<= "):
		return number(p.doc[field]) <= number(p.value())
	case p.take("IN ["):
		hit := false
		for !p.take("]") {
			v := p.value()
			hit = hit || slices.Contains(have, v)
			p.take(",")
		}
		return hit
	}
	return false
}

func (p *filterParser) until(end string) string {
	word, rest, _ := strings.Cut(strings.TrimLeft(p.rest, " "), end)
	p.rest = rest
	return word
}

func (p *filterParser) value() string {
	p.rest = strings.TrimLeft(p.rest, " ")
	if !strings.HasPrefix(p.rest, `"`) {
		end := strings.IndexAny(p.rest+" ", " )],")
		v := p.rest[:end]
		p.rest = p.rest[end:]
		return v
	}
	var b strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch p.rest[i] {
		case '\\':
			i++
			b.WriteByte(p.rest[i])
		case '"':
			p.rest = p.rest[i+1:]
			return b.String()
		default:
			b.WriteByte(p.rest[i])
		}
	}
	return ""
}

// matches tells whether the words, phrases and left-out phrases of q fit a text, all of them.
func matches(text, q string) bool {
	text = " " + text + " "
	for i, part := range strings.Split(q, `"`) {
		if i%2 == 0 {
			for _, w := range strings.Fields(part) {
				if w != "-" && !strings.Contains(text, " "+w+" ") {
					return false
				}
			}
			continue
		}
		before := strings.Join(strings.Split(q, `"`)[:i], `"`)
		if strings.Contains(text, " "+part+" ") == strings.HasSuffix(before, "-") {
			return false
		}
	}
	return true
}

func relevance(d map[string]any, q string) (n float64) {
	for _, w := range strings.Fields(strings.ReplaceAll(q, `"`, "")) {
		n += float64(strings.Count(" "+fmt.Sprint(d["stemmed"])+" ", " "+w+" ")) + 10*float64(strings.Count(" "+fmt.Sprint(d["heading"])+" ", " "+w+" "))
	}
	return n
}

func values(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, values(x)...)
		}
		return out
	case float64:
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}
	}
	return []string{fmt.Sprint(v)}
}

func number(v any) float64 {
	n, _ := strconv.ParseFloat(strings.Join(values(v), ""), 64)
	return n
}

func body(r *http.Request) map[string]any {
	var m map[string]any
	_ = json.NewDecoder(r.Body).Decode(&m)
	return m
}

// Answer writes an answer.
func Answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// AnswerError writes an error as Meilisearch does.
func AnswerError(w http.ResponseWriter, status int, code string) {
	Answer(w, status, map[string]any{"message": "refused: " + code, "code": code, "type": "auth", "link": "https://docs.meilisearch.com/errors"})
}
