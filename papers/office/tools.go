package office

import (
	"os/exec"
	"time"

	"clearday/papers"
)

// ToolLimits bounds what one document may cost a child process. New replaces each zero field by the default named beside it.
type ToolLimits struct {
	ConvertTimeout time.Duration // for turning a document into a PDF; 3 minutes
	PageTimeout    time.Duration // for recognising one page, on average over a run; 60 seconds
	Memory         int64         // bytes of address space of a child; 4 GiB
	Output         int64         // bytes of one file that a child may write; 256 MiB
}

// Tools runs LibreOffice and OCRmyPDF, each one at a time: others wait. Both are optional. Make it with New; it is safe for use by
// many goroutines.
type Tools struct {
	limits      ToolLimits
	soffice     string   // "" when it is not installed
	ocrmypdf    string   // "" when it is not installed
	prlimit     string   // without it, nothing of a stranger's is opened
	offline     []string // what comes before a command to run it without network; empty when the system does not let us
	converting  chan struct{}
	recognising chan struct{}
}

// New looks for the programs in PATH.
func New(l ToolLimits) *Tools {
	t := &Tools{limits: l.withDefaults(), converting: make(chan struct{}, 1), recognising: make(chan struct{}, 1)}
	if t.prlimit = find("prlimit"); t.prlimit == "" {
		return t
	}
	if t.soffice = find("soffice"); t.soffice == "" {
		t.soffice = find("libreoffice")
	}
	if find("tesseract") != "" {
		t.ocrmypdf = find("ocrmypdf")
	}
	t.offline = offline()
	return t
}

// Converts tells whether Office files can become PDFs here.
func (t *Tools) Converts() bool { return t.soffice != "" }

// Recognises tells whether the words of scanned pages can be recognised here.
func (t *Tools) Recognises() bool { return t.ocrmypdf != "" }

// ErrNoConverter is the answer to an Office file where LibreOffice is not installed.
var ErrNoConverter = &papers.Unreadable{Sentence: "Office files cannot be turned into PDFs here, because LibreOffice is not installed. Save the document as PDF and upload that, or ask the operator to install it."}

func find(program string) string {
	path, err := exec.LookPath(program)
	if err != nil {
		return ""
	}
	return path
}

// offline tries the ways to run a program without network, the one with less power first.
func offline() []string {
	unshare := find("unshare")
	if unshare == "" {
		return nil
	}
	for _, how := range [][]string{{"--user", "--map-current-user", "--net"}, {"--net"}} {
		command := append(append([]string{unshare}, how...), "--")
		if exec.Command(command[0], append(command[1:], "true")...).Run() == nil {
			return command
		}
	}
	return nil
}

func (l ToolLimits) withDefaults() ToolLimits {
	if l.ConvertTimeout <= 0 {
		l.ConvertTimeout = 3 * time.Minute
	}
	if l.PageTimeout <= 0 {
		l.PageTimeout = time.Minute
	}
	if l.Memory <= 0 {
		l.Memory = 4 << 30
	}
	if l.Output <= 0 {
		l.Output = 256 << 20
	}
	return l
}
