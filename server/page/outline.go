package page

import "clearday/papers/pdf"

// PaperSection is an entry of the outline, and whether the reader is in it.
type PaperSection struct {
	pdf.Section
	Here bool
}

// sectionsListed is the number of sections from which the deeper levels are left out.
const sectionsListed = 60

// AddSections lists the outline of the file, as deep as it is of use beside a page.
func (p *Paper) AddSections(outline []pdf.Section) {
	depth := 0
	for d := range 8 {
		n := 0
		for _, s := range outline {
			if s.Depth <= d {
				n++
			}
		}
		if d > 0 && n > sectionsListed {
			break
		}
		depth = d
	}
	here := -1
	for _, s := range outline {
		if s.Page > p.Version.Pages || s.Depth > depth || len(p.Sections) >= 4*sectionsListed {
			continue
		}
		if s.Page <= p.Page {
			here = len(p.Sections)
		}
		p.Sections = append(p.Sections, PaperSection{Section: s})
	}
	if here >= 0 {
		p.Sections[here].Here = true
	}
	p.SectionsN = len(outline)
}
