package preflight

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// dict is a dictionary of a PDF as qpdf's JSON gives it: names begin with a slash, as keys and as values;
// text begins with "u:", bytes with "b:"; a reference reads "4 0 R".
type dict = map[string]any

// objects are all objects of a PDF. They are decoded one at a time, because a tagged report has a
// hundred thousand of them.
type objects struct {
	raw     map[string]json.RawMessage // by reference
	maxID   int
	trailer dict
}

var errNoObjects = errors.New("the objects of the file cannot be read")

func readObjects(text []byte) (*objects, error) {
	var file struct {
		QPDF []json.RawMessage `json:"qpdf"`
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.QPDF) != 2 {
		return nil, errNoObjects
	}
	var head struct {
		Max int `json:"maxobjectid"`
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(file.QPDF[0], &head) != nil || json.Unmarshal(file.QPDF[1], &all) != nil {
		return nil, errNoObjects
	}
	o := &objects{raw: make(map[string]json.RawMessage, len(all)), maxID: head.Max}
	for name, raw := range all {
		if ref, ok := strings.CutPrefix(name, "obj:"); ok {
			o.raw[ref] = raw
		}
	}
	var trailer struct {
		Value dict `json:"value"`
	}
	if err := json.Unmarshal(all["trailer"], &trailer); err != nil || trailer.Value == nil {
		return nil, errNoObjects
	}
	o.trailer = trailer.Value
	return o, nil
}

// object decodes one object; of a stream its dictionary.
func (o *objects) object(ref string) (value any, stream bool) {
	var both struct {
		Value  any `json:"value"`
		Stream *struct {
			Dict dict `json:"dict"`
		} `json:"stream"`
	}
	if raw, ok := o.raw[ref]; !ok || json.Unmarshal(raw, &both) != nil {
		return nil, false
	}
	if both.Stream != nil {
		return both.Stream.Dict, true
	}
	return both.Value, false
}

// follow gives what a value stands for: the object when it is a reference.
func (o *objects) follow(v any) any {
	for range 8 { // a reference to a reference is odd enough
		ref, ok := v.(string)
		if !ok || !isRef(ref) {
			return v
		}
		v, _ = o.object(ref)
	}
	return nil
}

// dict follows the value of a key to a dictionary, nil when it is none.
func (o *objects) dict(d dict, key string) dict {
	found, _ := o.follow(d[key]).(dict)
	return found
}

// list follows the value of a key to an array, nil when it is none.
func (o *objects) list(d dict, key string) []any {
	found, _ := o.follow(d[key]).([]any)
	return found
}

// text gives the text under a key, "" when it is none.
func (o *objects) text(d dict, key string) string {
	s, _ := o.follow(d[key]).(string)
	s, ok := strings.CutPrefix(s, "u:")
	if !ok {
		return ""
	}
	return strings.TrimSpace(s)
}

func (o *objects) catalog() dict { return o.dict(o.trailer, "/Root") }

// each hands every object to look, in a fixed order.
func (o *objects) each(look func(ref string, v any, stream bool)) {
	for _, ref := range slices.Sorted(maps.Keys(o.raw)) {
		v, stream := o.object(ref)
		look(ref, v, stream)
	}
}

// dicts hands every dictionary to look, also those that stand inside others, with the reference of the
// object around it.
func (o *objects) dicts(look func(ref string, d dict)) {
	o.each(func(ref string, v any, _ bool) { within(v, func(d dict) { look(ref, d) }) })
}

func within(v any, look func(d dict)) {
	switch v := v.(type) {
	case dict:
		look(v)
		for _, inner := range v {
			within(inner, look)
		}
	case []any:
		for _, inner := range v {
			within(inner, look)
		}
	}
}

// pages lists the references of the pages in order, at most as many as a paper may have.
func (o *objects) pages() []string {
	var list []string
	seen := map[string]bool{}
	var walk func(ref string, depth int)
	walk = func(ref string, depth int) {
		if seen[ref] || depth > 50 || len(list) >= maxPages {
			return
		}
		seen[ref] = true
		v, _ := o.object(ref)
		d, _ := v.(dict)
		kids, ok := o.follow(d["/Kids"]).([]any)
		if !ok {
			if d != nil {
				list = append(list, ref)
			}
			return
		}
		for _, k := range kids {
			if kid, ok := k.(string); ok {
				walk(kid, depth+1)
			}
		}
	}
	if root, ok := o.catalog()["/Pages"].(string); ok {
		walk(root, 0)
	}
	return list
}

const maxPages = 2000

// isRef tells whether a string of the JSON is a reference, such as "4 0 R".
func isRef(s string) bool {
	var id, gen int
	if !strings.HasSuffix(s, " R") {
		return false
	}
	n, err := fmt.Sscanf(s, "%d %d R", &id, &gen)
	return err == nil && n == 2
}

func is(d dict, key string, values ...string) bool {
	s, _ := d[key].(string)
	return s != "" && slices.Contains(values, s)
}
