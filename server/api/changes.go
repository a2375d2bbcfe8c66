package api

import "clearday/papers/compare"

// Changes is what differs between two versions of a paper, in the order of the newer one.
type Changes struct {
	Paper   string   `json:"paper"`
	From    int      `json:"from"`
	To      int      `json:"to"`
	Changes []Change `json:"changes"`
	// Pages without text cannot be compared.
	FromUnread []int `json:"from_unread"`
	ToUnread   []int `json:"to_unread"`
}

// Change is a passage that was added, removed, changed or moved, with its page in both versions.
type Change struct {
	Kind    compare.Kind `json:"kind"`
	OldPage int          `json:"old_page,omitempty"`
	OldText string       `json:"old_text,omitempty"`
	NewPage int          `json:"new_page,omitempty"`
	NewText string       `json:"new_text,omitempty"`
}

// OfChanges gives a comparison as the API says it.
func OfChanges(paper string, from, to int, r compare.Result) Changes {
	out := Changes{Paper: paper, From: from, To: to, Changes: []Change{}, FromUnread: append([]int{}, r.OldUnread...), ToUnread: append([]int{}, r.NewUnread...)}
	for _, c := range r.Changes {
		out.Changes = append(out.Changes, Change{Kind: c.Kind, OldPage: c.Old.Page, OldText: c.Old.Text, NewPage: c.New.Page, NewText: c.New.Text})
	}
	return out
}
