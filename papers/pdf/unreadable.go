package pdf

import (
	"context"
	"errors"
	"fmt"

	"clearday/papers"
)

const (
	sentenceEmpty    = "This file is empty. Check the file on your computer and upload it again."
	sentenceNotPDF   = "This file is not a PDF. Save it as PDF and upload it again."
	sentencePassword = "This PDF is protected by a password. Save a copy without one and upload that."
	sentenceNoPages  = "This PDF has no pages. Open it to check, save it again and upload the new copy."
	sentenceDamaged  = "This PDF is damaged and cannot be read. Make it again from the original document and upload the new copy."
	sentenceSlow     = "This PDF takes too long to read. Save it again with smaller images, or print it to a new PDF, and upload that."
	sentenceTooBig   = "This PDF holds more than can be read safely. Save it again with smaller images, or split it, and upload that."
)

// unreadable turns the failure of a child into an Unreadable. Failures that are not the file's (the end of ctx, no child could be
// started) stay what they are.
func unreadable(doing string, err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: %w", doing, err)
	case errors.Is(err, errPassword):
		return &papers.Unreadable{Sentence: sentencePassword, Cause: fmt.Errorf("%s: %w", doing, err)}
	case errors.Is(err, errNoPages):
		return &papers.Unreadable{Sentence: sentenceNoPages, Cause: fmt.Errorf("%s: %w", doing, err)}
	case errors.Is(err, errTooSlow):
		return &papers.Unreadable{Sentence: sentenceSlow, Cause: fmt.Errorf("%s: %w", doing, err)}
	case errors.Is(err, errTooLong), errors.Is(err, errNoMemory):
		return &papers.Unreadable{Sentence: sentenceTooBig, Cause: fmt.Errorf("%s: %w", doing, err)}
	case errors.Is(err, errBadResult):
		return &papers.Unreadable{Sentence: sentenceDamaged, Cause: fmt.Errorf("%s: %w", doing, err)}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// missingPages is the error of a file that promises more pages, or others, than can be read.
func missingPages(says, firstBad int) error {
	if says == 1 {
		return &papers.Unreadable{Sentence: "The one page of this PDF cannot be read. Make it again from the original document and upload the new copy."}
	}
	return &papers.Unreadable{Sentence: fmt.Sprintf("The file says it has %s pages, but page %s cannot be read. "+
		"Make it again from the original document and upload the new copy.", thousands(says), thousands(firstBad))}

}

// thousands writes a count the way people read it: 12,345.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
