package demo

import (
	"bytes"
	"fmt"
	"io"

	"github.com/jung-kurt/gofpdf"
)

// bidsFile is the private paper of the demo: invented, and so made here.
const bidsFile = "Comparison of bids.pdf"

// open gives a file of the demo.
func open(name string) (io.ReadCloser, error) {
	if name != bidsFile {
		return files.Open("papers/" + name)
	}
	body, err := bids()
	return io.NopCloser(bytes.NewReader(body)), err
}

// bids compares three bidders that do not exist.
func bids() ([]byte, error) {
	doc := gofpdf.New("P", "mm", "A4", "")
	doc.SetTitle("Community diagnostic services: comparison of bids", true)
	doc.SetMargins(22, 24, 22)
	say := func(style string, size float64, text string) {
		doc.SetFont("Helvetica", style, size)
		doc.MultiCell(0, size*0.55, text, "", "L", false)
		doc.Ln(3)
	}
	doc.AddPage()
	say("B", 20, "Community diagnostic services: comparison of bids")
	say("", 12, "Report of the Chief Executive to the Partnership Board. The board is asked to award the contract for five years to Marsh Imaging Ltd, the bidder with the highest score.")
	say("B", 14, "1. The bids")
	say("", 12, "Three bids came in time. All three passed the checks of finance and safety. They were scored by a panel of five, 60 points for quality and 40 for price.")
	for _, b := range [][3]string{{"Bidder", "Quality of 60", "Price of 40"}, {"Marsh Imaging Ltd", "51", "36"}, {"Fen Scan Partners", "46", "38"}, {"Eastwold Diagnostics CIC", "49", "31"}} {
		doc.SetFont("Helvetica", "", 12)
		for i, w := range []float64{80, 40, 40} {
			doc.CellFormat(w, 8, b[i], "1", 0, "L", false, 0, "")
		}
		doc.Ln(8)
	}
	doc.AddPage()
	say("B", 14, "2. What it costs")
	say("", 12, "Marsh Imaging Ltd asks for 2.4 million pounds a year, Fen Scan Partners for 2.3 million, Eastwold Diagnostics CIC for 2.8 million. The money is in the plan of the partnership.")
	say("B", 14, "3. Until the contract is signed")
	say("", 12, "Bidders may still ask for a review of the scores. Until then their prices must stay private. After the contract is signed the board can release this report.")
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		return nil, fmt.Errorf("making the private paper of the demo: %w", err)
	}
	return b.Bytes(), nil
}
