package papers

// Grounds are the choice behind an exemption: why an item is heard, or a paper kept, in private. They
// are chosen from the list of the law that the board works under (papers/exemption), stored as
// rules.md N-9 asks, and never public: the public reads the wording that was made of them.
type Grounds struct {
	Regime       string `json:"regime,omitempty"` // of the list that was chosen from: LGA-VA, PBAM-1960 ...
	Schedule     string `json:"schedule,omitempty"`
	Part         string `json:"part,omitempty"`
	Jurisdiction string `json:"jurisdiction,omitempty"` // E, W, S

	// Confidential: the public must be excluded, by the law itself (N-2). Otherwise it may be, by
	// resolution, because of Paras.
	Confidential bool     `json:"confidential,omitempty"`
	Paras        []string `json:"paras,omitempty"`

	Reasons        string `json:"reasons,omitempty"`
	PublicInterest string `json:"public_interest_statement,omitempty"`
	ReviewOn       string `json:"review_date,omitempty"` // 2006-01-02: exempt only so long as the grounds hold
}

// Chosen tells that grounds were chosen from a list. Items may carry a wording of their own instead.
func (g Grounds) Chosen() bool { return g.Confidential || len(g.Paras) > 0 }

// Tidy checks the words of the grounds; what was chosen is checked by the list.
func (g *Grounds) Tidy() error {
	var err error
	if g.Reasons, err = Line("reasons for keeping it private", g.Reasons, 2000, false); err != nil {
		return err
	}
	if g.PublicInterest, err = Line("public-interest statement", g.PublicInterest, 2000, false); err != nil {
		return err
	}
	return date("review date", g.ReviewOn)
}
