package papers

import (
	"net/url"
	"sync"
	"time"
)

// Site is the partnership itself: its name and how it presents itself.
type Site struct {
	Name    string `json:"name"`
	About   string `json:"about"`   // what the partnership is, in a few sentences
	Area    string `json:"area"`    // the place it serves, in words
	Zone    string `json:"zone"`    // IANA name of the zone in which times are said, e.g. Europe/London
	Contact string `json:"contact"` // e-mail address of the board team
	Phone   string `json:"phone"`
	Address string `json:"address"`
	Demo    bool   `json:"demo"` // an invented partnership, said on every page
}

// Location gives the site's zone, Europe/London when it is not set or not known.
func (s Site) Location() *time.Location {
	if s.Zone == "" || s.Zone == "Europe/London" {
		return london()
	}
	loc, err := time.LoadLocation(s.Zone)
	if err != nil {
		return london()
	}
	return loc
}

// london is read once: reading a zone took a tenth of the time of a page.
var london = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic("the time zones are not embedded: " + err.Error()) // cmd imports time/tzdata
	}
	return loc
})

// Partner is a member organisation of the site.
type Partner struct {
	Slug      string `json:"slug"`
	Name      string `json:"name"`
	Kind      string `json:"kind"` // one of PartnerKinds
	URL       string `json:"url"`
	About     string `json:"about"`
	EndedOn   string `json:"ended_on"`  // 2006-01-02, empty while it exists
	Successor string `json:"successor"` // slug of the partner that took over, or empty
}

// PartnerKinds are the kinds of organisation that form a partnership, in the order of the page.
var PartnerKinds = []string{"trust", "council", "gp group", "voluntary sector", "other"}

// Tidy checks a partner as entered.
func (p *Partner) Tidy() error {
	var err error
	if p.Name, err = Line("name of the partner", p.Name, 120, true); err != nil {
		return err
	}
	if p.Slug == "" {
		p.Slug = Slug(p.Name)
	}
	if p.URL != "" {
		u, err := url.Parse(p.URL)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return Errorf(CodeInvalid, "The web address of %s must begin with https://.", p.Name)
		}
	}
	return nil
}
