package server

import (
	"fmt"

	"clearday/papers"
	"clearday/papers/office"
)

// progress says what is being done to a version that is checked, and how much of how much of it is done.
func progress(v papers.Version) (doing string, done, all int) {
	switch {
	case office.Kind(v.OriginalKind).Office() && v.File == "" && len(v.Scans) == 0:
		return "Making a PDF of it", 0, 0
	case len(v.Scans) > 0 && v.File == "":
		done, all = v.ScansRead, len(v.Scans)
		return fmt.Sprintf("Recognising the words of scanned page %d of %d", min(done+1, all), all), done, all
	}
	done, all = v.PagesRead, v.Pages
	return fmt.Sprintf("Checking page %d of %d", min(max(done, 1), all), all), done, all
}

// recognisedPages says which pages have words that nobody wrote.
func recognisedPages(v papers.Version) string {
	n := min(v.ScansRead, len(v.Scans))
	if n == 0 || v.State == papers.VersionChecking {
		return ""
	}
	if n == v.Pages {
		return "All pages are scans: their words were recognised by a program, and may have errors."
	}
	return "Scanned pages, whose words were recognised by a program and may have errors: " + pageRanges(v.Scans[:n]) + "."
}

// pageRanges writes pages as people do: "3, 7 to 12, 15".
func pageRanges(pages []int) string {
	words := ""
	for i := 0; i < len(pages); {
		j := i
		for j+1 < len(pages) && pages[j+1] == pages[j]+1 {
			j++
		}
		if words != "" {
			words += ", "
		}
		words += fmt.Sprint(pages[i])
		if j > i {
			words += fmt.Sprintf(" to %d", pages[j])
		}
		i = j + 1
	}
	return words
}
