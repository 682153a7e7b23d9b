package knowledge

import (
	"context"
	"testing"
	"testing/fstest"
)

// A page's own words say where it is, or else its file's name.
func TestAPageKnowsItsAddress(t *testing.T) {
	const site = "https://shop.example/help/"
	for name, c := range map[string]struct{ file, front, base, want string }{
		"by its file":            {"orders/returns.md", "", site, "https://shop.example/help/orders/returns"},
		"a folder's own":         {"orders/index.md", "", site, "https://shop.example/help/orders/"},
		"the site's own":         {"README.md", "", site, "https://shop.example/help/"},
		"a page of HTML":         {"faq.html", "", site, "https://shop.example/help/faq.html"},
		"a name to be escaped":   {"über uns.md", "", site, "https://shop.example/help/%C3%BCber%20uns"},
		"by its url":             {"a.md", "url: /returns/", site, "https://shop.example/help/returns/"},
		"by a whole url":         {"a.md", "url: https://other.example/x", site, "https://other.example/x"},
		"a whole url, no site":   {"a.md", "permalink: https://other.example/x", "", "https://other.example/x"},
		"by its slug":            {"orders/a.md", "slug: returns", site, "https://shop.example/help/orders/returns"},
		"by a slug from the top": {"orders/a.md", "slug: /returns", site, "https://shop.example/help/returns"},
		"a pattern":              {"a.md", "permalink: /:year/:title/", site, "https://shop.example/help/a"},
		"a script":               {"a.md", "url: javascript:alert(1)", site, "https://shop.example/help/a"},
		"no site":                {"a.md", "", "", ""},
	} {
		text := "# Page\n\nWords."
		if c.front != "" {
			text = "---\n" + c.front + "\n---\n" + text
		}
		ix, err := Load(context.Background(), fstest.MapFS{c.file: {Data: []byte(text)}})
		if err != nil {
			t.Fatal(name, err)
		}
		if got := ix.docs[0].Address(c.base); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A passage is named by where it is: the same after an edit, and never by two.
func TestAPassageIsFoundByItsName(t *testing.T) {
	pages := func(words string) *Index {
		ix, err := Load(context.Background(), fstest.MapFS{
			"a.md": {Data: []byte("# A\n\n## One\n\n" + words + "\n\n## Two\n\nTwo words.\n\n## One\n\nAgain.")}, "b.md": {Data: []byte("# A\n\n## One\n\nOther words.")},
		})
		if err != nil {
			t.Fatal(err)
		}
		return ix
	}
	ix, edited := pages("Some words."), pages("Quite other words.")
	seen := map[string]bool{}
	for i, d := range ix.docs {
		id := d.ID()
		if seen[id] {
			t.Errorf("%q names two", id)
		}
		seen[id] = true
		if p, ok := ix.Named(id); !ok || p.Text != d.Text {
			t.Errorf("%+v is %+v", d.Passage, p)
		}
		if p, ok := edited.Named(id); !ok || p.Text != edited.docs[i].Text {
			t.Errorf("after an edit %+v is %+v", d.Passage, p)
		}
	}
	if _, ok := ix.Named("p0"); ok {
		t.Error("a name of nothing finds something")
	}
}
