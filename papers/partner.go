package papers

import (
	"net/url"
	"slices"
	"time"
)

// Partner is a member organisation of the site. One that ended keeps its page, which names its
// successor (rules.md 1.13).
type Partner struct {
	Slug            string           `json:"slug"`
	Name            string           `json:"name"`
	Kind            string           `json:"kind"` // one of PartnerKinds
	URL             string           `json:"url"`
	About           string           `json:"about"`
	Representatives []Representative `json:"representatives"`
	EndedOn         string           `json:"ended_on"`  // 2006-01-02, empty while it exists
	Successor       string           `json:"successor"` // slug of the partner that took over, or empty
}

// Representative speaks for an organisation in the partnership.
type Representative struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

// PartnerKinds are the kinds of organisation that form a partnership, in the order of the page.
var PartnerKinds = []string{"hospital trust", "community trust", "council", "gp group", "voluntary sector", "other"}

// Tidy checks a partner as entered and gives it its slug if it has none.
func (p *Partner) Tidy() error {
	var err error
	if p.Name, err = Line("name of the partner", p.Name, 120, true); err != nil {
		return err
	}
	if p.About, err = Line("description of the partner", p.About, 1000, false); err != nil {
		return err
	}
	if p.Slug, err = slugOf("partner", p.Slug, p.Name); err != nil {
		return err
	}
	if !slices.Contains(PartnerKinds, p.Kind) {
		return Errorf(CodeInvalid, "Choose which kind of organisation it is.")
	}
	if p.URL != "" {
		u, err := url.Parse(p.URL)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return Errorf(CodeInvalid, "The web address of %s must begin with https://.", p.Name)
		}
	}
	if err := p.tidyRepresentatives(); err != nil {
		return err
	}
	return tidyEnd("partner", p.Slug, &p.EndedOn, &p.Successor)
}

func (p *Partner) tidyRepresentatives() error {
	var kept []Representative
	for _, r := range p.Representatives {
		var err error
		if r.Role, err = Line("role of a representative", r.Role, 120, false); err != nil {
			return err
		}
		if r.Name, err = Line("name of a representative", r.Name, 120, r.Role != ""); err != nil {
			return err
		}
		if r.Name != "" {
			kept = append(kept, r)
		}
	}
	p.Representatives = kept
	return nil
}

// Alliance is a group of partners that works together under boards of its own (Board.Alliance).
type Alliance struct {
	Slug      string   `json:"slug"`
	Name      string   `json:"name"`
	About     string   `json:"about"`
	Partners  []string `json:"partners"`  // slugs
	EndedOn   string   `json:"ended_on"`  // 2006-01-02, empty while it exists
	Successor string   `json:"successor"` // slug of the alliance that took over, or empty
}

// Tidy checks an alliance as entered and gives it its slug if it has none.
func (a *Alliance) Tidy() error {
	var err error
	if a.Name, err = Line("name of the alliance", a.Name, 120, true); err != nil {
		return err
	}
	if a.About, err = Line("description of the alliance", a.About, 1000, false); err != nil {
		return err
	}
	if a.Slug, err = slugOf("alliance", a.Slug, a.Name); err != nil {
		return err
	}
	return tidyEnd("alliance", a.Slug, &a.EndedOn, &a.Successor)
}

// slugOf gives the address of a thing: the one it has, else one made of its name.
func slugOf(thing, slug, name string) (string, error) {
	if slug == "" {
		slug = name
	}
	if slug = Slug(slug); slug == "" {
		return "", Errorf(CodeInvalid, "The name of the %s must hold at least one letter of the alphabet.", thing)
	}
	return slug, nil
}

// tidyEnd checks when a body ended and who followed. A successor without an end says nothing.
func tidyEnd(thing, slug string, endedOn, successor *string) error {
	if *endedOn == "" {
		*successor = ""
		return nil
	}
	if err := date("day on which the "+thing+" ended", *endedOn); err != nil {
		return err
	}
	if *successor == slug {
		return Errorf(CodeInvalid, "The %s cannot be its own successor. Choose another one.", thing)
	}
	return nil
}

// date checks a civil date, 2006-01-02, that may be empty.
func date(field, value string) error {
	if value == "" {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, value); err != nil {
		return Errorf(CodeInvalid, "Give the %s as 2026-04-08.", field)
	}
	return nil
}
