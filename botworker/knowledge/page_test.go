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
		"!!! note \"a\"\n    b\n        c\n", "{% if a %}b{% endif %}", "{{< a \"b\" >}}c{{< /a >}}", "<A b={c} d=\"e>\">\n  f\n</A>", "import a from 'b'\nexport const c = {\n}\n",
		"::: a\n:::: b\n:::", "a[^1]\n\n[^1]: b[^1]", "<table><tr><td colspan=3 rowspan=9>a<td>b", "<dl><dt>a<dd>b", "++a+b++ ==c== ^^d^^ 1^2^ :material-a: $a_b$ [[c|d]] (1)!",
		"<details><summary>a</summary>b</details>", "> [!NOTE] a\n> b", "```{note} a\n:b: c\nd\n```", "<p hidden>a<b>c", "&nbsp;&shy;&#0;&#xE000;", "+++\na = 1\n+++\nb", "{\"a\": 1}\nb",
		"<math><mi>a</mi><annotation>b</annotation></math>", "<svg><p>a</svg>", "<!-- a", "<script>", "<select><option>a", "~~a~~b", "**a**b __c__d", "1*2*3",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || len(s) > 20_000 {
			return // refused or irrelevant before it comes here
		}
		for _, name := range []string{"a.md", "a.mdx", "a.html", "a.txt"} {
			p := parsePage(name, s)
			if p.title == "" && p.hidden == "" {
				t.Errorf("%s: a page without a title", name)
			}
			for _, ps := range p.passages {
				if n := utf8.RuneCountInString(ps.text); n > maxPassage {
					t.Errorf("%s: a passage of %d characters", name, n)
				}
				if strings.TrimSpace(ps.text) == "" || !utf8.ValidString(ps.text) || strings.ContainsFunc(ps.text, private) {
					t.Errorf("%s: a passage that can't be shown: %q", name, ps.text)
				}
			}
		}
	})
}

// A page that is made to be slow costs little, and what it says stays.
func TestAPageThatIsMadeToBeSlowIsReadAsText(t *testing.T) {
	links := strings.Repeat("[a](", 5000)
	if got := fewMarks("`b`\n\n" + links + "\n\n- `c`\n"); !strings.HasPrefix(got, "`b`\n\n\\[a\\](\\[a\\](") || !strings.HasSuffix(got, "\n\n- `c`\n") {
		t.Errorf("marks are left: %.40q … %q", got, got[len(got)-20:])
	}
	if code := "```\n" + links + "\n```\n"; fewMarks(code) != code {
		t.Error("code was changed")
	}
	for _, mark := range []string{"> ", "- ", "1. "} {
		if !nested("text\n" + strings.Repeat(mark, 200) + "x") {
			t.Errorf("200 times %q in one line is parsed", mark)
		}
	}
	for name, text := range map[string]string{
		"a.md": strings.Repeat("> ", 5000) + "x", "b.md": strings.Repeat("- ", 5000) + "x", "c.html": strings.Repeat("<div>", 5000) + "x",
	} {
		p := parsePage(name, text)
		if strings.HasSuffix(name, ".md") && !strings.HasSuffix(p.faults[0], "it is nested too deeply") {
			t.Errorf("%s: %+v", name, p)
		}
		if len(p.passages) > 0 || len(p.faults) != 1 || !strings.HasPrefix(p.faults[0], "can't be read: expected a page without thousands of elements in one another: ") {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// Each of these was cut into pieces without any text in them, without end.
func TestAnAddressThatIsLongerThanAPassageLeavesItsText(t *testing.T) {
	address := "https://play.example/#code/" + strings.Repeat("N4IgZglgNg", 120)
	for name, text := range map[string]string{
		"link":      "Try it [in the playground](" + address + "), it costs 19 €.",
		"one sign":  "[x](" + address + ") costs 19 €.",
		"box":       "!!! note \"" + strings.Repeat("A title ", 20) + "\"\n\n    Try it [in the playground](" + address + "), it costs 19 €.",
		"footnote":  "It costs 19 €.[^1]\n\n[^1]: See [the playground](" + address + ").",
		"footnote2": "It costs 19 €.[^1]\n\n[^1]: See [the playground](" + address[:390] + ") and [another](" + address[:380] + ").",
		"table":     "| A | B |\n|---|---|\n| [the playground](" + address + ") | 19 € |",
		"list":      "- [the playground](" + address + ") costs 19 €",
		"bare":      address + " costs 19 €.",
	} {
		p := parsePage("page.md", text)
		var all []string
		for _, passage := range p.passages {
			if length(passage.text) > maxPassage {
				t.Errorf("%s: a passage has %d characters: %s", name, length(passage.text), passage.text)
			}
			all = append(all, passage.text)
		}
		if got := strings.Join(all, " "); !strings.Contains(got, "19 €") || name != "bare" && strings.Contains(got, strings.Repeat("N4IgZglgNg", 40)) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestWhateverIsCutGetsShorter(t *testing.T) {
	for _, size := range []int{0, 1, 2, 3, 7} {
		text := []glyph{}
		for _, r := range "1 000 € a year. Or 2." {
			text = append(text, glyph{r: r, s: style{link: "https://example.org/"}})
		}
		got := 0
		for _, piece := range inChunks(text, size) {
			if len(piece) == 0 {
				t.Fatalf("a piece of size %d has no text", size)
			}
			got += len(piece)
		}
		if got < 15 {
			t.Errorf("size %d: %d characters are left", size, got)
		}
	}
}
