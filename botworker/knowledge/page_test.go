package knowledge

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTitleComesFromFrontMatterThenHeadingThenFileName(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a.md", "---\nlayout: x\ntitle: \"From the front\"\n---\n# Heading\n\ntext", "From the front"},
		{"a.md", "\uFEFF# The *first* [heading](x.md)\r\n\r\ntext", "The first heading"},
		{"a.md", "Set\n===\n\ntext", "Set"},
		{"dir/shipping-costs.md", "only text", "shipping-costs"},
		{"a.md", "---\nnever closed\n\ntext", "a"},
		{"a.md", "```\n# no heading\n```\n\n## Real\n\ntext", "Real"},
	} {
		if got := parsePage(c.name, c.text).title; got != c.want {
			t.Errorf("title of %q = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestPassagesKeepTheTrailOfHeadings(t *testing.T) {
	p := parsePage("a.md", "# Title\n\nintro\n\n## One\n\nfirst\n\n### Deep\n\nsecond\n\n## Two\n\nthird\n")
	want := []struct{ trail, text string }{{"", "intro"}, {"One", "first"}, {"One/Deep", "second"}, {"Two", "third"}}
	if len(p.passages) != len(want) {
		t.Fatalf("passages = %+v", p.passages)
	}
	for i, w := range want {
		if got := p.passages[i]; strings.Join(got.headings, "/") != w.trail || got.text != w.text {
			t.Errorf("passage %d = %+v, want %+v", i, got, w)
		}
	}
}

func TestPassagesAreCutAtTheBordersOfBlocks(t *testing.T) {
	para := strings.TrimSpace(strings.Repeat("Some words here. ", 20))
	item := "- " + strings.TrimSpace(strings.Repeat("an item ", 20))
	list := strings.TrimSuffix(strings.Repeat(item+"\n", 6), "\n")
	code := "```sh\n" + strings.Repeat("make everything # and wait\n", 60) + "```"
	p := parsePage("a.md", "# T\n\n"+para+"\n\n"+para+"\n\n"+para+"\n\nDo this:\n\n"+list+"\n\n"+code+"\n")
	for _, ps := range p.passages {
		if n := utf8.RuneCountInString(ps.text); n > maxPassage {
			t.Errorf("a passage has %d characters", n)
		}
		if strings.Count(ps.text, "```")%2 != 0 {
			t.Errorf("a code block is left open in %q", ps.text)
		}
		if strings.HasSuffix(ps.text, ":") {
			t.Errorf("a passage ends before what it announces: %q", ps.text)
		}
		for line := range strings.SplitSeq(ps.text, "\n") {
			if strings.HasPrefix(line, "- ") && line != item {
				t.Errorf("a list item was cut: %q", line)
			}
		}
	}
}

func TestWhatOnlyWorksOnThePageIsTakenOut(t *testing.T) {
	p := parsePage("a.md", `# T

[One](one.md)

[Two](two.md) [Three](three.md)

<div class="x">See <b>[the other page](other.md)</b> or [the site](https://example.com/a_(b)),
not `+"`<div>`"+` or <package>. ![a picture](x.png)</div>

<!-- a secret
comment -->
`)
	want := "See **the other page** or [the site](https://example.com/a_(b)), not `<div>` or <package>. a picture"
	if len(p.passages) != 1 || p.passages[0].text != want {
		t.Errorf("passages = %+v", p.passages)
	}
}

// FuzzSplit holds the promises for any text: nothing fails, and every passage
// can be quoted.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{
		"# T\n\ntext", "---\ntitle: x\n---\n", "```\ncode", "````\n```\n````", "- a\n  - b\n\n    c\n1. d", "| a |\n|--|\n| b |",
		"> q\nlazy", "a\n===\n-\n\n***", "    code\n\n    more\n", "\t\tx", "- ```\n  x\n", strings.Repeat("long ", 400), strings.Repeat("x", 3000),
		strings.Repeat("字", 1500), "`a``b`", "[x](y", "![", "<!--", "\\", "\x00\x1b[0m", "#", "- \n-\n", "~~~" + strings.Repeat("~", 900) + "\nx\ny\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || len(s) > 20_000 {
			return // refused or irrelevant before it comes here
		}
		p := parsePage("a.md", s)
		if p.title == "" {
			t.Error("a page without a title")
		}
		for _, ps := range p.passages {
			if n := utf8.RuneCountInString(ps.text); n > maxPassage {
				t.Errorf("a passage of %d characters", n)
			}
			if strings.TrimSpace(ps.text) == "" || !utf8.ValidString(ps.text) {
				t.Errorf("a passage that can't be shown: %q", ps.text)
			}
		}
	})
}
