package knowledge

import (
	"strings"
	"testing"
	"time"
)

func TestFrontMatterIsReadInAllItsForms(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct{ in, title, hidden, fault string }{
		"plain":                 {in: "---\ntitle: Fees\n---\n", title: "Fees"},
		"quoted":                {in: "---\ntitle: \"Fees: what \\\"free\\\" is\"\n---\n", title: `Fees: what "free" is`},
		"single quotes":         {in: "---\ntitle: 'It''s free'\n---\n", title: "It's free"},
		"folded":                {in: "---\ntitle: >-\n  What to do\n  now\ntags: [a]\n---\n", title: "What to do now"},
		"literal":               {in: "---\ntitle: |\n  What to do\n  now\n---\n", title: "What to do now"},
		"over two lines":        {in: "---\ntitle: What to\n  do\n---\n", title: "What to do"},
		"number":                {in: "---\ntitle: 2024\n---\n", title: "2024"},
		"flow":                  {in: "---\n{title: Fees, draft: false}\n---\n", title: "Fees"},
		"anchors":               {in: "---\na: &a Fees\ntitle: *a\n---\n", title: "Fees"},
		"title within another":  {in: "---\nseo:\n  title: Other\ntitle: Fees\n---\n", title: "Fees"},
		"empty":                 {in: "---\n---\n"},
		"comments only":         {in: "---\n# none\n---\n"},
		"ends with dots":        {in: "---\ntitle: Fees\n...\n", title: "Fees"},
		"spaces after the mark": {in: "---  \ntitle: Fees\n--- \n", title: "Fees"},
		"below a comment":       {in: "<!-- Copyright 2024 -->\n\n---\ntitle: Fees\n---\n", title: "Fees"},
		"capital key":           {in: "---\nTitle: Fees\n---\n", title: "Fees"},
		"no-break space":        {in: "---\ntitle: Two\u00a0fees\u200b\n---\n", title: "Two fees"},
		"TOML":                  {in: "+++\ntitle = \"Fees\"\ndate = 2024-06-01T16:03:07-04:00\n[menu]\n  title = \"x\"\n+++\n", title: "Fees"},
		"TOML of many lines":    {in: "+++\ntitle = '''\nFees\nnow'''\n+++\n", title: "Fees now"},
		"JSON":                  {in: "{\n  \"title\": \"Fees\",\n  \"a\": {\"title\": \"x\"}\n}\n", title: "Fees"},
		"JSON between marks":    {in: ";;;\n\"title\": \"Fees\"\n;;;\n", title: "Fees"},

		"broken, salvaged":         {in: "---\ntitle: Fees: what they are\n---\n", title: "Fees: what they are", fault: "valid YAML"},
		"broken tabs":              {in: "---\nlayout: x\n\ta: b\n---\n", fault: "valid YAML"},
		"broken TOML":              {in: "+++\ntitle = Fees\n+++\n", title: "Fees", fault: "valid TOML"},
		"broken, and still hidden": {in: "---\ntitle: a: b\ndraft: true\n---\n", title: "a: b", hidden: "is a draft"},

		"draft":             {in: "---\ndraft: true\n---\n", hidden: "is a draft"},
		"draft in words":    {in: "---\ndraft: \"yes\"\n---\n", hidden: "is a draft"},
		"no draft":          {in: "---\ndraft: false\npublished: true\n---\n"},
		"draft in TOML":     {in: "+++\ndraft = true\n+++\n", hidden: "is a draft"},
		"status":            {in: "---\nstatus: Draft\n---\n", hidden: "is a draft"},
		"not published":     {in: "---\npublished: false\n---\n", hidden: "is not published"},
		"unlisted":          {in: "---\nunlisted: true\n---\n", hidden: "is unlisted"},
		"hidden":            {in: "{\"hidden\": true}\n", hidden: "is hidden"},
		"published later":   {in: "---\npublishDate: 2026-12-01\n---\n", hidden: "is to be published later"},
		"published before":  {in: "---\npublishDate: 2026-11-01\n---\n"},
		"later in TOML":     {in: "+++\npublishDate = 2026-12-01\n+++\n", hidden: "is to be published later"},
		"expired":           {in: "---\nexpiryDate: \"2026-11-29T11:00:00Z\"\n---\n", hidden: "has expired"},
		"expires later":     {in: "---\nexpiryDate: 2027-01-01\n---\n"},
		"date of no format": {in: "---\nexpiryDate: soon\n---\n"},
	} {
		m, rest := frontMatter(c.in+"\nThe text: 5.\n", now)
		if m.title != c.title || m.hidden != c.hidden || (c.fault == "") != (m.fault == "") && c.hidden == "" || !strings.Contains(m.fault, c.fault) {
			t.Errorf("%s: %+v", name, m)
		}
		if strings.TrimSpace(rest) != "The text: 5." {
			t.Errorf("%s: what follows is %q", name, rest)
		}
	}
	for _, text := range []string{"---\n\nA text between rules.\n\n---\n\nb", "---\nnever closed\n\ntext", "+++\nnever closed", "{not json}\n", "--- a\ntitle: b\n---\n", "a\n---\ntitle: b\n---\n"} {
		if m, rest := frontMatter(text, now); m != (meta{}) || rest != text {
			t.Errorf("%q has front matter: %+v, %q", text, m, rest)
		}
	}
}

func TestAPageWithBrokenFrontMatterIsReadAndNamed(t *testing.T) {
	ix := load(t, map[string]string{"a.md": "---\ntitle: Fees: all\n---\nThe fee is 5 €."})
	if got := ix.Search("fee", 1); len(got) != 1 || got[0].Text != "The fee is 5 €." || got[0].Page != "Fees: all" {
		t.Errorf("found %+v", got)
	}
	if w := ix.Warnings(); len(w) != 1 || !strings.HasPrefix(w[0], "a.md: its front matter can't be read: expected valid YAML: ") {
		t.Errorf("warnings %q", w)
	}
}
