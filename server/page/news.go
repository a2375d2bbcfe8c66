package page

import (
	"time"

	"clearday/papers"
)

// NewsList is one page of the news, latest first.
type NewsList struct {
	Base
	Items []NewsRow
	Older string // address of older news, empty at the end
}

// Template names the page's template.
func (NewsList) Template() string { return "news/list.html" }

// NewsRow is a news item in a list.
type NewsRow struct {
	papers.News
	Day   string // Wednesday 8 April 2026
	First string // its first paragraph
}

// NewsItem is one news item.
type NewsItem struct {
	Base
	Item       papers.News
	Day        string
	Paragraphs []string
	Changed    *time.Time // when it was changed later than on its first day
	Zone       *time.Location
}

// Template names the page's template.
func (NewsItem) Template() string { return "news/news.html" }
