package office

// Unreadable is the error of a file that cannot be used. Sentence is for the person who uploaded it: what is wrong, then what to do,
// in plain English and without names of programs or paths. Error is for the log.
type Unreadable struct {
	Sentence string
	Cause    error // may be nil
}

// Error describes the failure for the log, with its cause.
func (u *Unreadable) Error() string {
	if u.Cause == nil {
		return "unreadable document: " + u.Sentence
	}
	return "unreadable document: " + u.Sentence + " (" + u.Cause.Error() + ")"
}

// Unwrap gives the cause.
func (u *Unreadable) Unwrap() error { return u.Cause }

const (
	sentenceEmpty    = "This file is empty. Check the file on your computer and upload it again."
	sentenceOther    = "This is not a PDF or an Office document. Save it as PDF and upload it again."
	sentencePassword = "This document is locked with a password. Save a copy without one and upload that."
	sentenceDamaged  = "This document is damaged and cannot be opened. Open it on your computer, save a new copy and upload that."
	sentenceBomb     = "This document unpacks to more than can be handled safely. Save it again with smaller pictures, or split it, and upload that."
	sentenceSlow     = "This document takes too long to turn into a PDF. Save it as PDF on your computer and upload that."
	sentenceTooBig   = "This document turns into a PDF that is too big. Save it as PDF on your computer, with smaller pictures, and upload that."
	sentenceNoPages  = "Nothing in this document would be printed, so there is no page to publish. Check it on your computer, or save it as PDF and upload that."
	sentenceRefused  = "This document cannot be turned into a PDF here. Save it as PDF on your computer and upload that."

	sentenceNotRecognised = "The words on the scanned pages could not be recognised."
)

// Refused is the error of a document whose PDF is of no use.
func Refused(cause error) error { return &Unreadable{sentenceRefused, cause} }
