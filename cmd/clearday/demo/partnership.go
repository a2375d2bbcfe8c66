package demo

import (
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// The invented partnership. Nothing here names a real person or body but the papers' own titles.

var site = papers.Site{
	Name:    "Fenmarsh Health and Care Partnership",
	About:   "The Fenmarsh Health and Care Partnership brings together the hospitals, councils, family doctors and voluntary groups that look after the 640,000 people of Fenmarsh and Eastwold. It decides in public how they work together.",
	Area:    "Fenmarsh and Eastwold",
	Zone:    "Europe/London",
	Contact: "board.team@fenmarsh.example",
	Phone:   "01632 960 100",
	Address: "Harrowmere Town Hall, Quay Street, Harrowmere",

	Synonyms: "ICB, integrated care board\nA&E, ED, emergency department\nGP, general practice, family doctor",
	Demo:     true,
}

var partners = []papers.Partner{
	{Name: "Fenmarsh Acute Hospitals Trust", Kind: "hospital trust", About: "Runs the hospitals at Harrowmere and Saltfen.",
		Representatives: []papers.Representative{{Name: "Dr Nkechi Obi", Role: "Medical director"}, {Name: "Gareth Lowe", Role: "Chief executive"}}},
	{Name: "Marshland Community Health Trust", Kind: "community trust", About: "District nursing, community beds and therapy.",
		Representatives: []papers.Representative{{Name: "Sunil Rathod", Role: "Chief executive"}}},
	{Name: "Eastwold Mental Health Trust", Kind: "community trust", About: "Mental health and learning disability services."},
	{Name: "Eastwold County Council", Kind: "council", About: "Adult social care, children’s services and public health.",
		Representatives: []papers.Representative{{Name: "Cllr Martin Dews", Role: "Cabinet member for health"}}},
	{Name: "Harrowmere Borough Council", Kind: "council", About: "Housing, leisure and planning in Harrowmere."},
	{Name: "Fenmarsh GP Federation", Kind: "gp group", About: "The 48 general practices of the area."},
	{Name: "Fenmarsh Voluntary Sector Alliance", Kind: "voluntary sector", About: "Speaks for 210 charities and community groups."},
	{Name: "Saltfen Primary Care Trust", Kind: "other", EndedOn: "2013-03-31", Successor: "fenmarsh-gp-federation"},
}

var alliances = []papers.Alliance{
	{Name: "Saltfen Neighbourhood Alliance", About: "The partners that look after people in Saltfen and the villages around it, in one team.",
		Partners: []string{"marshland-community-health-trust", "fenmarsh-gp-federation", "fenmarsh-voluntary-sector-alliance"}},
}

var news = []papers.News{
	{Title: "Questions can be asked on a telephone again", Text: "From the next meeting of the Partnership Board you can ask your question by telephone, on the number that stands at the meeting.\nThe board team writes it down word for word and reads it back to you."},
	{Title: "A neighbourhood alliance for Saltfen", Text: "Three partners have formed the Saltfen Neighbourhood Alliance. Its board meets in public, and its papers stand here like those of every board."},
}

// asking is how the Partnership Board takes questions: rules of the kind that health boards have.
var asking = papers.QuestionRules{
	Deadline:  papers.Deadline{Count: papers.ClearWorkingDays, Days: 1, Clock: "12:00"},
	PerPerson: 2, Minutes: 20, Support: true, Statements: papers.StatementRules{Taken: true, PerPerson: 1, Words: 150}, ReplyDays: 20, Supplementary: true, Chat: papers.ChatCheckedAfter,
	OtherWays: "You can also write to the board team at Harrowmere Town Hall, or call 01632 960 100",
}

var boards = []papers.Board{
	{Name: "Partnership Board", Venue: "Council Chamber, Harrowmere Town Hall, Quay Street, and online", NoticeProfile: "partnership",
		About:  "The Partnership Board sets the direction of the partnership, agrees how its money is used and answers for both in public.",
		Terms:  "The board meets in public at least six times a year.\nIts members are named by the partner organisations.",
		Quorum: "A third of the members, with at least one from a council and one from a trust.", Questions: asking,
		Members: []papers.Member{
			{Name: "Dame Alison Pryce", Role: "Chair", Organisation: "Independent"},
			{Name: "Cllr Martin Dews", Role: "Vice chair", Organisation: "Eastwold County Council"},
			{Name: "Dr Nkechi Obi", Role: "Medical director", Organisation: "Fenmarsh Acute Hospitals Trust"},
			{Name: "Sunil Rathod", Role: "Chief executive", Organisation: "Marshland Community Health Trust"},
			{Name: "Hannah Loxley", Role: "Director", Organisation: "Fenmarsh Voluntary Sector Alliance"},
			{Name: "Colin Thwaite", Role: "Vice chair", Organisation: "Harrowmere Borough Council", From: "2021-05-01", To: "2024-05-06"},
		}},
	{Name: "Open Data Committee", Venue: "Saltfen Village Hall, Mill Road, and online", NoticeProfile: "partnership",
		About:     "The Open Data Committee looks at what the partners publish about their work, and how people can use it.",
		Questions: papers.QuestionRules{Support: true, Minutes: 15, ReplyDays: 20, Supplementary: true, Chat: papers.ChatCheckedAfter},
		Terms:     "The committee meets in public every two months and reports to the Partnership Board.",
		Members: []papers.Member{
			{Name: "Hannah Loxley", Role: "Chair", Organisation: "Fenmarsh Voluntary Sector Alliance"},
			{Name: "Cllr Joan Sears", Role: "Member", Organisation: "Harrowmere Borough Council"},
			{Name: "Dr Piotr Zielak", Role: "Member", Organisation: "Fenmarsh GP Federation"},
		}},
	{Name: "Saltfen Alliance Board", Alliance: "saltfen-neighbourhood-alliance", Venue: "Saltfen Village Hall, Mill Road", NoticeProfile: "partnership",
		About: "The board of the Saltfen Neighbourhood Alliance."},
	{Name: "Saltfen Locality Group", Venue: "Saltfen Village Hall, Mill Road", NoticeProfile: "partnership", EndedOn: "2024-03-31", Successor: "saltfen-alliance-board",
		About: "The forerunner of the alliance in Saltfen."},
}

type meeting struct {
	then       *papers.StateChange // what became of it
	board      string
	weeks      int  // from the coming Thursday that is at least a week ahead
	now        bool // it began half an hour before the start of the program
	at         time.Duration
	length     time.Duration
	venue      string
	access     string
	daysBefore int // calendar days from the papers to the meeting
	items      []item
	questions  []question
}

type item struct {
	papers.Item
	papers []paper
	said   []string // as captioned, at a meeting that was held
}

type paper struct{ file, title string }

type question struct {
	item             int // number of the item, 0 for none
	name, area, text string
	kind             livestream.Kind
	came             livestream.Channel // by which staff entered it, empty: they asked here
	email            string
	then             livestream.Decision
	steps            []step // after that
	answer, by       string
	writing          bool
	after            []step // after the meeting
}

const (
	chamber = "Council Chamber, Harrowmere Town Hall, Quay Street, and online"
	hall    = "Saltfen Village Hall, Mill Road, and online"
	access  = "Step-free. Hearing loop. No need to book."

	telephone = "01632 960 111"
	seats     = 40
)

var published = livestream.Decision{To: livestream.Published}

var meetings = []meeting{
	{board: "partnership-board", weeks: -11, at: 9*time.Hour + 30*time.Minute, length: 2 * time.Hour, venue: chamber, access: access, daysBefore: 8,
		items: []item{
			{Item: papers.Item{Title: "Welcome, apologies and interests", Purpose: papers.Information, Lead: "Chair", Minutes: 5}},
			{Item: papers.Item{Title: "Questions from the public", Purpose: papers.Discussion, Lead: "Chair", Minutes: 20}},
			{Item: papers.Item{Title: "Minutes of the last meeting", Purpose: papers.Decision, Lead: "Chair", Minutes: 5},
				papers: []paper{{"transparency-minutes-2011-02.pdf", "Transparency Board: minutes of the February meeting"}}},
			{Item: papers.Item{Title: "Open data in the communities department", Purpose: papers.Discussion, Lead: "Director of Strategy", Minutes: 40},
				papers: []paper{{"communities-open-data-strategy.pdf", "Communities and Local Government: open data strategy"}}},
			{Item: papers.Item{Title: "What open data is worth", Purpose: papers.Assurance, Lead: "Director of Finance", Minutes: 30},
				papers: []paper{{"benefits-strategy.pdf", "Benefits realisation strategy"}}},
		},
		questions: []question{
			{item: 4, name: "Resident", area: "Harrowmere", text: "Which of these data sets can I download today, and which ones need a form?", then: published,
				answer: "All but the two marked with a star in the annex can be downloaded without a form. The two will follow by the end of the year.", by: "Director of Strategy"},
			{item: 5, name: "Carer", area: "Saltfen", text: "How will you know that people like me gained something from this, and not only the people who build apps?", then: published,
				answer: "Each year we will ask 500 residents, and publish what they say together with the figures in section 4.", by: "Director of Finance", writing: true},
			{name: "Resident", area: "Eastwold", text: "Can everybody download the data or only some people?", then: livestream.Decision{To: livestream.Merged}},
			{item: 4, name: "Harrowmere Civic Society", text: "Publish each data set in a form that a spreadsheet opens. We have asked for this since 2021.", kind: livestream.KindStatement, then: published},
			{item: 5, name: "Parent", area: "Saltfen", text: "What does the strategy mean for the waiting times of children at Saltfen?", then: published, steps: []step{decides(livestream.Decision{AllocateTo: "Marshland Community Health Trust"})}, after: []step{owed(28)}},
			{item: 4, name: "Student", area: "Eastwold", text: "Which of the partners have published nothing at all this year?", then: published, after: []step{decides(livestream.Decision{To: livestream.NotReached}), owed(90),
				decides(livestream.Decision{Draft: "The three partners that published nothing are named in the annex.", AnsweredBy: "Director of Strategy"})}},
			{name: "Resident", area: "Harrowmere", text: "Send me all e-mails between the council and the firm that made the map.", then: livestream.Decision{To: livestream.Held}, steps: []step{passesOn}, after: []step{dealtWith}},
			{item: 4, name: "Resident", area: "Saltfen", text: "When will the map of bus stops be right?", then: published, steps: []step{responds(livestream.Response{Do: livestream.Withdraw})}},
			{name: "", area: "", text: "Why did the practice at Mill Road not call me back about my appointment?", then: livestream.Decision{To: livestream.Refused, Reason: "individual-case"}},
		}},
	{board: "open-data-committee", weeks: -5, at: 14 * time.Hour, length: 90 * time.Minute, venue: hall, access: access, daysBefore: 6,
		items: []item{
			{Item: papers.Item{Title: "Apologies and interests", Purpose: papers.Information, Lead: "Chair", Minutes: 5}},
			{Item: papers.Item{Title: "Minutes and what was done since", Purpose: papers.Decision, Lead: "Chair", Minutes: 10},
				papers: []paper{{"transparency-minutes-2011-07.pdf", "Transparency Board: minutes of the July meeting"}, {"action-log.pdf", "Action log"}}},
			{Item: papers.Item{Title: "Open data at the transport department", Purpose: papers.Discussion, Lead: "Head of Information", Minutes: 30},
				papers: []paper{{"transport-open-data-strategy.pdf", "Transport: open data strategy"}}, said: saidBuses},
			{Item: papers.Item{Title: "Terms of reference", Purpose: papers.Decision, Lead: "Chair", Minutes: 15},
				papers: []paper{{"terms-of-reference.pdf", "Terms of reference of the local data panel"}}, said: saidTerms},
			{Item: papers.Item{Title: "Statement on last year’s spending", Purpose: papers.Information, Lead: "Head of Information", Minutes: 10},
				papers: []paper{{"written-statement-scan.pdf", "Written ministerial statement (scan)"}}},
		},
		questions: []question{
			{item: 3, name: "Bus users’ group", area: "Eastwold", text: "Will live bus times for the villages east of the river be part of this?", then: published,
				answer: "Yes. The operators have agreed to publish them from the spring.", by: "Head of Information",
				after: []step{follows("And for the ferry at Saltfen, which has another operator?")}},
		}},
	{board: "partnership-board", weeks: 0, at: 9*time.Hour + 30*time.Minute, length: 3 * time.Hour, venue: chamber, access: access, daysBefore: 13,
		items: []item{
			{Item: papers.Item{Title: "Welcome, apologies and interests", Purpose: papers.Information, Lead: "Chair", Minutes: 5}},
			{Item: papers.Item{Title: "Questions from the public", Purpose: papers.Discussion, Lead: "Chair", Minutes: 20}},
			{Item: papers.Item{Title: "A plan for open government", Purpose: papers.Decision, Lead: "Chief Executive", Minutes: 45},
				papers: []paper{{"open-government-action-plan.pdf", "Open government: national action plan 2013 to 2015"}, {"open-government-action-plan-summary.pdf", "Open government: the plan in short"}}},
			{Item: papers.Item{Title: "Open data at the Home Office", Purpose: papers.Discussion, Lead: "Director of Strategy", Minutes: 30},
				papers: []paper{{"home-office-open-data-strategy.pdf", "Home Office: open data strategy, revised"}}},
			{Item: papers.Item{Title: "What we learned, and what we publish next", Purpose: papers.Assurance, Lead: "Head of Information", Minutes: 25},
				papers: []paper{{"lessons-learned.pdf", "Lessons learned report"}, {"publication-plan.pdf", "Short-term publication plan"}}},
			{Item: papers.Item{Title: "Any other business", Purpose: papers.Information, Lead: "Chair", Minutes: 5}},
			{Item: papers.Item{Title: "Award of the contract for community diagnostic services to Marsh Imaging Ltd", Purpose: papers.Decision, Lead: "Chief Executive", Minutes: 20,
				Private: true, PublicTitle: "Contract for community diagnostic services",
				Grounds: papers.Grounds{Paras: []string{"business"}, Reasons: "Bidders may ask for a review of the scores until the contract is signed."}},
				papers: []paper{{bidsFile, "Comparison of bids"}}},
		},
		questions: []question{
			{item: 3, name: "Resident", area: "Fenmarsh", text: "What will be different for somebody without a computer once this plan is agreed?", then: published},
			{item: 4, name: "Youth council", area: "Harrowmere", text: "Who checks that nobody can be recognised in the crime figures for small villages?", then: published},
			{item: 3, name: "Mr Clare", area: "Eastwold", text: "Will the plan come to the library on paper?", came: livestream.ChannelPost, then: published},
			{item: 5, name: "", area: "Saltfen", text: "Is the money for next year’s publications in the plan or not?"},
			{item: 4, name: "Neighbour", area: "Harrowmere", text: "Mrs Hale of 4 Ferry Lane was burgled twice. Why is that not in your figures?", email: "neighbour@demo.clearday.example", then: livestream.Decision{To: livestream.Held},
				steps: []step{decides(livestream.Decision{Redraft: "Two burglaries in Ferry Lane are missing from the figures. Why?", Told: "We cannot publish a neighbour’s name and address. Would these words do?"})}},
		}},
	{board: "open-data-committee", now: true, at: 0, length: 2 * time.Hour, venue: hall, access: access, daysBefore: 6,
		items: []item{
			{Item: papers.Item{Title: "Apologies and interests", Purpose: papers.Information, Lead: "Chair", Minutes: 5}},
			{Item: papers.Item{Title: "What we publish in the coming months", Purpose: papers.Discussion, Lead: "Head of Information", Minutes: 40},
				papers: []paper{{"publication-plan.pdf", "Short-term publication plan"}}},
			{Item: papers.Item{Title: "Lessons learned", Purpose: papers.Assurance, Lead: "Chair", Minutes: 30}},
		},
		questions: []question{
			{item: 2, name: "Bus users’ group", area: "Eastwold", text: "Which month do the live bus times come, and who checks that they are right?", then: published},
			{item: 2, name: "Yusuf", area: "Saltfen", text: "Will the large print copies be there on the same day as the others?", then: published},
			{item: 3, name: "", area: "Harrowmere", text: "What did you learn from the map that was wrong?", then: published},
			{item: 2, name: "Resident", area: "", text: "Can I get the data on a disc?"},
			{item: 2, name: "Mrs Hill", area: "Saltfen", text: "I have no computer. Who reads me the bus times on the telephone?", came: livestream.ChannelPhone, then: published},
		}},
	{board: "open-data-committee", weeks: 2, at: 18*time.Hour + 30*time.Minute, length: 2 * time.Hour, venue: hall, access: access},
	{board: "partnership-board", weeks: 8, at: 9*time.Hour + 30*time.Minute, length: 3 * time.Hour, venue: chamber, access: access},
	{board: "saltfen-alliance-board", weeks: 3, at: 10 * time.Hour, length: 2 * time.Hour, venue: "Saltfen Village Hall, Mill Road", access: access,
		then: &papers.StateChange{To: papers.MeetingPostponed, Reason: "The hall is closed for repairs on that day.", Next: &papers.Meeting{}}},
	{board: "open-data-committee", weeks: 6, at: 14 * time.Hour, length: 90 * time.Minute, venue: hall, access: access,
		then: &papers.StateChange{To: papers.MeetingCancelled, Reason: "There is nothing on the agenda that cannot wait for the next meeting."}},
}
