package livestream

// Ground is one reason on which a board may refuse (rules.md 2.2). The desk and the record know the
// ground; others are told a code and a sentence that say nothing about the person who asked.
type Ground struct {
	Code   string // of the record
	Desk   string // as the desk says it
	Public string // the code that others see
	Words  string // what others and the asker read
}

// neutral is what others are told where the ground itself would be a judgement about somebody.
const neutral = "wording"

// Grounds are the grounds in the order of the form: those that lead somewhere else first.
var Grounds = []Ground{
	{"not-responsible", "This board does not decide about it", "", "It is about something this board does not decide."},
	{"not-on-agenda", "Not about an item of this agenda", "", "It is not about an item on this agenda."},
	{"individual-case", "About one person’s own care, case or complaint", "", "It is about one person’s care or case."},
	{"names-individual", "Names a member of staff, a patient or another person", "", "It names a member of staff or another person."},
	{"service-request-first", "A request to a service, which has not been asked yet", "", "It is a request for a service, which was told how to get it."},
	{"foi-or-sar-better", "Better handled as a request for information", "", "It is handled as a request for information instead."},
	{"repeat-6-months", "Asked and answered in the last six months", "", "It was asked and answered in the last six months."},
	{"statement-not-question", "A statement, not a question", "", "It is a statement and not a question."},
	{"confidential-or-exempt", "Asks for confidential or exempt information", "confidential", "It asks for confidential or exempt information."},
	{"legal-proceedings", "About legal or quasi-judicial proceedings", "", "It is about legal proceedings."},
	{"planning-or-licensing-matter", "About a planning or licensing application", "", "It is about an application that is decided in another procedure."},
	{"prejudges-decision", "An answer would prejudge a decision", "", "An answer would prejudge a decision that is still to be taken."},
	{"over-length", "Too long", "over-limit", "It is over the limit of questions or length."},
	{"multi-part", "Several questions in one", "over-limit", "It is over the limit of questions or length."},
	{"over-limit", "More questions than the rules allow", "", "It is over the limit of questions or length."},
	{"late", "Came after the deadline", "", "It came after the deadline."},
	{"not-eligible", "The asker is not among those who may ask", "", "It does not meet the board’s rules on who may ask."},
	{"incomplete", "What the rules need of the asker is missing", "", "Something that the board’s rules ask for was missing."},
	{"party-political", "Party political", neutral, ""},
	{"conduct-allegation", "Alleges misconduct of a member or an officer", neutral, ""},
	{"defamatory", "Defamatory", neutral, ""},
	{"offensive", "Offensive or abusive", neutral, ""},
	{"frivolous", "Frivolous", neutral, ""},
	{"vexatious", "Vexatious", neutral, ""},
	{"wording", "Another reason within the board’s rules", "", "It falls outside the board’s rules for questions."},
}

// Reasons are the public words of each code, of the record's and of the public ones.
var Reasons = publicReasons()

func publicReasons() map[string]string {
	words := map[string]string{"confidential": "It asks for confidential or exempt information."}
	for i := len(Grounds) - 1; i >= 0; i-- { // from the end: the neutral words are the last
		r := &Grounds[i]
		if r.Public == "" {
			r.Public = r.Code
		}
		if r.Public == neutral && r.Words == "" {
			r.Words = words[neutral]
		}
		words[r.Code] = r.Words
	}
	return words
}

// PublicReason gives the code that others see in the place of a code of the record.
func PublicReason(code string) string {
	for _, r := range Grounds {
		if r.Code == code {
			return r.Public
		}
	}
	return code
}
