package server

import (
	"path"
	"slices"
	"strings"
)

// takenKinds are the kinds of file that become papers, by the ending of their names: the one list for forms,
// folders and refusals.
var takenKinds = []string{".pdf"}

// takes tells whether a file of this name may become a paper.
func (s *Server) takes(name string) bool {
	return slices.Contains(takenKinds, strings.ToLower(path.Ext(name)))
}

// kindWords names the kinds for people: "PDF".
func (s *Server) kindWords() string {
	words := make([]string, len(takenKinds))
	for i, k := range takenKinds {
		words[i] = strings.ToUpper(strings.TrimPrefix(k, "."))
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return words[0]
}

// accept says the kinds as the attribute of a form.
func (s *Server) accept() string { return strings.Join(takenKinds, ",") }
