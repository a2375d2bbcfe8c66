package papers

import (
	"strings"
	"time"
)

// News is something that the partnership tells, with its date. It is public from the moment it is
// added. One that is taken back keeps its address, which says when and why.
type News struct {
	Slug         string     `json:"slug"` // date and title, for ever
	Date         string     `json:"date"` // 2006-01-02
	Title        string     `json:"title"`
	Text         string     `json:"text"` // paragraphs, one a line
	PublishedAt  time.Time  `json:"published_at"`
	ChangedAt    time.Time  `json:"changed_at"`
	WithdrawnAt  *time.Time `json:"withdrawn_at,omitempty"`
	WithdrawnWhy string     `json:"withdrawn_why,omitempty"`
}

// maxNews is the most letters of a news item.
const maxNews = 8000

// Tidy checks a news item as entered on a day of the site.
func (n *News) Tidy(today string) error {
	var err error
	if n.Title, err = Line("title", n.Title, 200, true); err != nil {
		return err
	}
	if n.Date == "" {
		n.Date = today
	}
	if err := date("date", n.Date); err != nil {
		return err
	}
	if n.Date > today {
		return Errorf(CodeInvalid, "The date is in the future, and news is public as soon as it is saved. Give today or an earlier day.")
	}
	if n.Text, err = Text("text", n.Text, maxNews); err != nil {
		return err
	}
	if n.Text == "" {
		return Errorf(CodeInvalid, "Write the text.")
	}
	if n.Slug == "" {
		n.Slug = strings.Trim(n.Date+"-"+Slug(n.Title), "-")
	}
	return nil
}
