package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jung-kurt/gofpdf"
)

// writer makes text that reads like a board paper and is the same in every run.
type writer struct{ *rand.Rand }

func newWriter(seed uint64) writer { return writer{rand.New(rand.NewPCG(seed, 2026))} }

// sentences are filled in: {who}, {body}, {thing}, {matter}, {place}, {month}, {number}, {money}, {percent}, {ref}.
var sentences = []string{
	"{who} asked {body} to note the position on {matter} at the end of {month}.",
	"Performance against the {thing} fell to {percent}, which is below the trajectory agreed with {body} in {month}.",
	"Colleagues in {place} have tested a new approach to {matter} with {number} residents since {month}.",
	"The forecast outturn for {matter} is {money}, an adverse variance of {percent} against plan.",
	"{body} is recommended to approve the {thing} and to delegate its detail to {who}.",
	"Since the last report {number} referrals were received from practices in {place}, of which {percent} met the standard.",
	"The principal risk is {ref}: that the {thing} does not deliver the expected improvement in {matter}.",
	"An equality impact assessment of the {thing} was completed in {month} and is available from {who}.",
	"Mitigation includes weekly review by {body}, a dedicated {thing}, and additional capacity in {place}.",
	"Residents of {place} told us that {matter} matters most to them, and that letters are hard to understand.",
	"The partnership will invest {money} in {matter} across {place} over the next {number} months.",
	"{who} presented the {thing} and explained how it supports {matter} in every neighbourhood.",
	"Members discussed whether the {thing} should also cover {matter}, and asked for a further paper in {month}.",
	"Workforce remains challenging: the vacancy rate for {matter} teams in {place} stands at {percent}.",
	"Internal audit gave reasonable assurance on the {thing}, with {number} actions due by {month}.",
	"The legal basis is set out in section {number} of the Health and Care Act 2022 and in the scheme of delegation {ref}.",
	"Waiting times for {matter} have shortened by {number} days, and no patient in {place} waits longer than a year.",
	"Procurement reference {ref} will be awarded by {body} subject to the standstill period.",
	"Further detail, including the analysis by ward, is given in appendix {ref} and was considered by {body}.",
	"The evaluation found that each pound spent on {matter} avoided {money} of later cost to {body}.",
}

var blanks = map[string][]string{
	"who":    {"Dr Amara Whitfield", "the Director of Finance", "Councillor Jane Hartley", "the Chief Nurse", "Professor Owen Pryce", "the Medical Director", "Mr Tariq Saleem", "the Director of Public Health", "Ms Ingrid Falk", "the Chief Officer", "Healthwatch", "the Senior Responsible Officer", "Mrs Bea Lonsdale", "the Head of Estates"},
	"body":   {"the Board", "the Finance and Performance Committee", "the council's cabinet", "the Quality Committee", "the integrated care partnership", "the primary care network", "the safeguarding board", "the audit committee", "the voluntary sector alliance", "the overview and scrutiny committee", "the acute provider collaborative"},
	"thing":  {"improvement plan", "discharge pathway", "estates strategy", "winter framework", "outcomes dashboard", "recovery trajectory", "memorandum of understanding", "digital roadmap", "workforce model", "capital programme", "carers charter", "risk register", "section 75 agreement", "delivery plan", "business case", "engagement report", "operating model"},
	"matter": {"urgent and emergency care", "community mental health", "dementia diagnosis", "children's speech therapy", "housing with care", "smoking in pregnancy", "elective surgery", "vaccination uptake", "hospital discharge", "personal health budgets", "learning disability", "end of life care", "general practice access", "social prescribing", "falls prevention", "maternity safety", "dental access", "cancer screening", "obesity", "unpaid carers", "air quality", "digital inclusion"},
	"place":  {"Eastmoor", "Harrow Vale", "the northern localities", "Saltmarsh", "Kingsbridge", "the Lower Wharfe valley", "Ashby Road", "Thornley", "both boroughs", "St Oswald's ward", "the coastal towns", "Millfield", "Great Denham", "Upper Calder"},
	"month":  {"January", "February", "March", "April", "May", "June", "July", "September", "October", "November", "December"},
}

func (w writer) pick(list []string) string { return list[w.IntN(len(list))] }

func (w writer) fill(blank string) string {
	switch blank {
	case "number":
		return fmt.Sprint(2 + w.IntN(400))
	case "money":
		return fmt.Sprintf("%d.%d million pounds", 1+w.IntN(60), w.IntN(10))
	case "percent":
		return fmt.Sprintf("%d.%d%%", w.IntN(100), w.IntN(10))
	case "ref":
		return fmt.Sprintf("%c%c-%04d", 'A'+w.IntN(26), 'A'+w.IntN(26), w.IntN(10000))
	}
	return w.pick(blanks[blank])
}

func (w writer) sentence() string {
	s := w.pick(sentences)
	for {
		before, rest, ok := strings.Cut(s, "{")
		if !ok {
			return strings.ToUpper(s[:1]) + s[1:]
		}
		blank, after, _ := strings.Cut(rest, "}")
		s = before + w.fill(blank) + after
	}
}

func (w writer) title() string {
	t := w.pick(blanks["thing"]) + " for " + w.pick(blanks["matter"])
	return strings.ToUpper(t[:1]) + t[1:]
}

func (w writer) person() string { return w.pick(blanks["who"]) }

// page writes about so many words in paragraphs.
func (w writer) page(words int) string {
	var s strings.Builder
	for n, k := 0, 1; n < words; k++ {
		line := w.sentence()
		n += len(strings.Fields(line))
		s.WriteString(line)
		if k%5 == 0 {
			s.WriteString("\n\n")
		} else {
			s.WriteByte(' ')
		}
	}
	return s.String()
}

// paper makes a PDF of so many pages of about 400 words. last is a sentence at the end of its last page.
func (w writer) paper(title string, pages int, last string) ([]byte, error) {
	p := gofpdf.New("P", "mm", "A4", "")
	p.SetCatalogSort(true)
	p.SetCreationDate(time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC))
	p.SetTitle(title, false)
	p.SetAutoPageBreak(false, 0)
	for n := 1; n <= pages; n++ {
		p.AddPage()
		p.SetFont("Helvetica", "B", 14)
		p.MultiCell(0, 7, fmt.Sprintf("%d. %s", n, w.title()), "", "L", false)
		p.SetFont("Helvetica", "", 10)
		text := w.page(400)
		if n == pages && last != "" {
			text += "\n\n" + last
		}
		p.MultiCell(0, 4.8, text, "", "L", false)
		p.SetXY(10, 285)
		p.CellFormat(0, 5, fmt.Sprintf("Page %d of %d", n, pages), "", 0, "C", false, 0, "")
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		return nil, fmt.Errorf("making a paper: %w", err)
	}
	return b.Bytes(), nil
}
