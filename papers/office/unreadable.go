package office

import "clearday/papers"

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
func Refused(cause error) error { return &papers.Unreadable{Sentence: sentenceRefused, Cause: cause} }
