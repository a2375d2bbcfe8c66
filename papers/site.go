package papers

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
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

	// StreamOrigins are the sites from which meetings may be shown, one a line: https://video.example.org.
	StreamOrigins string `json:"stream_origins"`

	// Synonyms are other words for the same thing, for the search: a line for each, parted by commas.
	Synonyms string `json:"synonyms"`
}

// Origins gives the sites from which meetings may be shown.
func (s Site) Origins() []string { return strings.Fields(s.StreamOrigins) }

// Origins checks a list of sites as entered, one a line, and writes each as browsers compare it. A
// page may name them in its policy, so nothing but an origin is taken. Plain http is for this machine.
func Origins(text string) (string, error) {
	var list []string
	for _, line := range strings.Fields(text) {
		u, err := url.Parse(strings.ToLower(line))
		if err != nil || !hostAndPort.MatchString(u.Host) || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return text, Errorf(CodeInvalid, "%s is not the address of a site. Write each as https://video.example.org, without a path.", line)
		}
		if local := u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost"; u.Scheme != "https" && (u.Scheme != "http" || !local) {
			return text, Errorf(CodeInvalid, "%s must begin with https, or browsers refuse it.", line)
		}
		if o := u.Scheme + "://" + u.Host; !slices.Contains(list, o) {
			list = append(list, o)
		}
	}
	if len(list) > 20 {
		return text, Errorf(CodeInvalid, "At most 20 sites can be listed.")
	}
	return strings.Join(list, "\n"), nil
}

var hostAndPort = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$`)

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
