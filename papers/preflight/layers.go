package preflight

import (
	"fmt"

	"clearday/papers"
)

// layers finds layers that a reader can switch on, and redactions that were drawn and never applied.
func layers(o *objects) []papers.Finding {
	var list []papers.Finding
	properties := o.dict(o.catalog(), "/OCProperties")
	off := map[string]bool{}
	config := o.dict(properties, "/D")
	if is(config, "/BaseState", "/OFF") {
		for _, ref := range o.list(properties, "/OCGs") {
			off[name(ref)] = true
		}
		for _, ref := range o.list(config, "/ON") {
			delete(off, name(ref))
		}
	}
	for _, ref := range o.list(config, "/OFF") {
		off[name(ref)] = true
	}
	delete(off, "")
	if used := o.used(off); len(used) > 0 {
		list = append(list, papers.Finding{Code: "hidden_layer", Level: papers.LevelBlock, Blocks: true,
			Message: fmt.Sprintf("The file holds %s that anybody can switch on: %s. Remove them in the program that drew them, or flatten the file, and upload the new copy.", many(len(used), "hidden layer", "hidden layers"), short(quoted(used)))})
	}
	return append(list, o.redactions()...)
}

// used names those of the layers that something is drawn on: a layer without content hides nothing.
func (o *objects) used(off map[string]bool) []string {
	if len(off) == 0 {
		return nil
	}
	found := map[string]bool{}
	o.dicts(func(_ string, d dict) {
		if ref := name(d["/OC"]); off[ref] {
			found[ref] = true
		}
		for _, v := range o.dict(d, "/Properties") {
			if off[name(v)] {
				found[name(v)] = true
			}
		}
	})
	var names []string
	for ref := range found {
		v, _ := o.object(ref)
		layer, _ := v.(dict)
		label := o.text(layer, "/Name")
		if label == "" {
			label = "without a name"
		}
		names = append(names, label)
	}
	return names
}

// redactions finds those that mark what is to go, while it is all still there.
func (o *objects) redactions() []papers.Finding {
	var list []papers.Finding
	for n, ref := range o.pages() {
		v, _ := o.object(ref)
		page, _ := v.(dict)
		count := 0
		for _, a := range o.list(page, "/Annots") {
			if d, ok := o.follow(a).(dict); ok && is(d, "/Subtype", "/Redact") {
				count++
			}
		}
		if count > 0 {
			list = append(list, papers.Finding{Code: "redaction", Level: papers.LevelBlock, Blocks: true, Page: n + 1,
				Message: many(count, "redaction is", "redactions are") + " marked on this page and not applied: everything under it is still there. Apply the redactions, save, and upload the new copy."})
		}
	}
	return list
}

func quoted(names []string) string {
	s := ""
	for i, n := range names {
		if i > 0 {
			s += ", "
		}
		s += "“" + n + "”"
	}
	return s
}
