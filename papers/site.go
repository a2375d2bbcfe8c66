package papers

import (
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
