package server

import (
	"path"
	"slices"
	"strings"
)

// The kinds of file that become papers, by the ending of their names, for forms, folders and refusals. What a file is in
// truth is seen when it is here. Office files are taken where they can be turned into PDFs.
var (
	pdfEndings    = []string{".pdf"}
	officeEndings = []string{".pdf", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".doc", ".xls", ".ppt", ".docm", ".xlsm", ".pptm"}
)

func (s *Server) takenKinds() []string {
	if s.Reader.Office.Converts() {
		return officeEndings
	}
	return pdfEndings
}

// takes tells whether a file of this name may become a paper.
func (s *Server) takes(name string) bool {
	return slices.Contains(s.takenKinds(), strings.ToLower(path.Ext(name)))
}

// kindWords names the kinds for people.
func (s *Server) kindWords() string {
	if s.Reader.Office.Converts() {
		return "PDF, Word, Excel, PowerPoint or OpenDocument"
	}
	return "PDF"
}

// kindsMissing says what cannot be taken here and what to do, or "".
func (s *Server) kindsMissing() string {
	if s.Reader.Office.Converts() {
		return ""
	}
	return "Office files cannot be turned into PDFs here, because LibreOffice is not installed. Save them as PDF first."
}

// accept says the kinds as the attribute of a form.
func (s *Server) accept() string { return strings.Join(s.takenKinds(), ",") }
