package knowledge

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAPageAppearsAndVanishesWithItsDates(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	day := func(d int) time.Time { return time.Date(2026, 12, d, 0, 0, 0, 0, time.UTC) }
	const later, over = "is to be published later", "has expired"
	for name, c := range map[string]struct {
		file, front string
		hidden      string
		changes     time.Time
	}{
		"Hugo":                      {"a.md", "publishDate: 2026-12-01", later, day(1)},
		"until it expires":          {"a.md", "expiryDate: 2026-12-02", "", day(2)},
		"both":                      {"a.md", "publishDate: 2026-12-01\nexpiryDate: 2026-12-02", later, day(1)},
		"published, then expires":   {"a.md", "publishDate: 2026-11-01\nexpiryDate: 2026-12-02", "", day(2)},
		"expired":                   {"a.md", "publishDate: 2026-11-01\nexpiryDate: 2026-11-02", over, time.Time{}},
		"plain date":                {"a.md", "date: 2026-12-03", later, day(3)},
		"plain date, published":     {"a.md", "date: 2026-12-03\npublishDate: 2026-11-01", "", time.Time{}},
		"published as a date":       {"a.md", "published: 2026-12-03", later, day(3)},
		"Grav":                      {"a.md", "publish_date: 2026-12-03 00:00\nunpublish_date: 2026-12-09", later, day(3)},
		"Hugo's other name":         {"a.md", "unpublishdate: 2026-12-09", "", day(9)},
		"Astro":                     {"a.mdx", "pubDatetime: 2026-12-03T00:00:00Z", later, day(3)},
		"with a zone":               {"a.md", "publishDate: 2026-12-03 02:00:00 +0200", later, day(3)},
		"in words":                  {"a.md", "pubDate: Dec 03, 2026", later, day(3)},
		"Jekyll's post":             {"_posts/2026-12-04-a.md", "title: x", later, day(4)},
		"Jekyll's post in a folder": {"news/_posts/2026-12-4-a.md", "title: x", later, day(4)},
		"Jekyll's old post":         {"_posts/2025-12-04-a.md", "title: x", "", time.Time{}},
		"a date in another name":    {"2026-12-04-a.md", "title: x", "", time.Time{}},
		"Jekyll's draft":            {"_drafts/a.md", "title: x", "is a draft", time.Time{}},
		"a draft with a date":       {"a.md", "draft: true\npublishDate: 2026-12-01", "is a draft", time.Time{}},
		"never rendered":            {"a.md", "build:\n  render: never", "is not published", time.Time{}},
		"never rendered, old":       {"a.md", "_build:\n  render: false", "is not published", time.Time{}},
		"not in lists":              {"a.md", "build:\n  list: never", "", time.Time{}},
	} {
		p := parsePageAt(c.file, "---\n"+c.front+"\n---\nThe fee is 5 €.", now)
		if p.hidden != c.hidden || !p.changes.Equal(c.changes) {
			t.Errorf("%s: %q until %v, want %q until %v", name, p.hidden, p.changes, c.hidden, c.changes)
		}
	}
}

// The files stay as they are; only time passes.
func TestAFolderIsReadAgainWhenTheDateOfAPageHasPassed(t *testing.T) {
	s := newSite(t, map[string]string{
		"a.md": "# Apples\n\nApples are red.",
		"b.md": "---\npublishDate: 2099-01-02\nexpiryDate: 2099-01-04\n---\n# Pears\n\nPears are green.",
		"c.md": "---\nexpiryDate: 2099-01-02\n---\n# Plums\n\nPlums are blue.",
	})
	for _, c := range []struct {
		day    int
		looked []string
		knows  map[string]bool
	}{
		{1, nil, map[string]bool{"apples": true, "pears": false, "plums": true}},
		{2, []string{""}, map[string]bool{"apples": true, "pears": true, "plums": false}},
		{3, nil, map[string]bool{"apples": true, "pears": true, "plums": false}},
		{4, []string{""}, map[string]bool{"apples": true, "pears": false, "plums": false}},
		{5, nil, map[string]bool{"apples": true, "pears": false, "plums": false}},
	} {
		s.folder.now = func() time.Time { return time.Date(2099, 1, c.day, 0, 0, 0, 0, time.UTC) }
		if got := s.looks(3); !slices.Equal(got, c.looked) {
			t.Errorf("on day %d: reported %q, want %q", c.day, got, c.looked)
		}
		s.knows(c.knows)
	}
}

// A folder whose last page expires is reported once, and keeps what it has, as it does
// whenever it can't be used.
func TestAFolderWhoseLastPageExpiresIsReportedOnce(t *testing.T) {
	s := newSite(t, map[string]string{"a.md": "---\nexpiryDate: 2099-01-02\n---\n# Apples\n\nApples are red."})
	s.folder.now = func() time.Time { return time.Date(2099, 1, 2, 0, 0, 0, 0, time.UTC) }
	if got := s.looks(4); len(got) != 1 || !strings.Contains(got[0], "no page that can be used") || !s.folder.Refused() {
		t.Errorf("reported %q, refused: %t", got, s.folder.Refused())
	}
	s.write("b.md", "# Pears\n\nPears are green.")
	if got := s.looks(3); !slices.Equal(got, []string{""}) || s.folder.Refused() {
		t.Errorf("then reported %q, refused: %t", got, s.folder.Refused())
	}
	s.knows(map[string]bool{"apples": false, "pears": true})
}

// Pages are parsed at once, and the index is the same each time.
func TestPagesKeepTheirOrder(t *testing.T) {
	pages := map[string]string{"empty.md": "", "broken.md": "a\x00b"}
	var want []string
	for i := range 200 {
		text := fmt.Sprintf("# Page %03d\n\n", i) + strings.Repeat("The fee is five.\n\n", (i*37)%60+1)
		pages[fmt.Sprintf("%03d.md", i)] = text
		want = append(want, fmt.Sprintf("Page %03d", i))
	}
	first := load(t, pages)
	if got := first.Titles(); !slices.Equal(got, want) {
		t.Errorf("titles %q", got)
	}
	for range 3 {
		if again := load(t, pages); !slices.Equal(again.Titles(), want) || !slices.Equal(again.Warnings(), first.Warnings()) {
			t.Errorf("another order: %q, %q", again.Titles(), again.Warnings())
		}
	}
}
