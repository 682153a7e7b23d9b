package knowledge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var numberIn = regexp.MustCompile(`\d+`)

// figures makes a page of random constructs and says which numbers its readers see. All
// numbers have five digits and are different, so a number that joined another, was cut,
// or came from what nobody sees, is none of them.
type figures struct {
	t     *rapid.T
	next  int
	shown []string
}

func (f *figures) number() string {
	f.next += 7
	return fmt.Sprint(10_000 + f.next)
}

// seen returns a number that readers see, and unseen one that they don't.
func (f *figures) seen() string {
	n := f.number()
	f.shown = append(f.shown, n)
	return n
}

func (f *figures) unseen() string { return f.number() }

func (f *figures) pick(of ...func() string) string {
	return of[rapid.IntRange(0, len(of)-1).Draw(f.t, "construct")]()
}

// inline is a part of a sentence.
func (f *figures) inline() string {
	s, u := f.seen, f.unseen
	return f.pick(
		func() string { return s() + " €" },
		func() string { return "**" + s() + "**" },
		func() string { return "<b>" + s() + "</b> <i>" + s() + "</i>" },
		func() string { return s() + "<br>" + s() },
		func() string { return s() + "<br/>\n" + s() },
		func() string { return s() + "  \n" + s() },
		func() string { return s() + "\n" + s() },
		func() string { return "`" + s() + "`" },
		func() string { return "[" + s() + "](https://a.b/x)" },
		func() string { return "![" + s() + "](x.png)" + s() },
		func() string { return s() + "<sup>" + s() + "</sup>" },
		func() string { return s() + "&nbsp;" + s() + "&ndash;" + s() + "&mdash;" + s() },
		func() string { return s() + "<span hidden>" + u() + "</span>" },
		func() string { return s() + " <span style='display:none'>" + u() + "</span>" },
		func() string { return s() + "<!-- " + u() + " -->" },
		func() string { return s() + " <script>" + u() + "</script>" },
		func() string { return s() + "<template>" + u() + "</template> " },
		func() string { return "~~" + s() + "~~ " + s() },
		func() string { return "<del>" + s() + "</del>" + s() },
		func() string { return s() + " {% comment %}" + u() + "{% endcomment %}" },
		func() string { return "Costs. It is {{ a }} for " + u() + ". Only " + s() },
		func() string { return "{{< x text=\"" + s() + "\" y=\"z\" >}}" },
		func() string { return "++ctrl+" + s() + "++" },
		func() string { return "==" + s() + "==" },
		func() string { return s() + "[^" + "n" + "]" },
		func() string { return "[[page|" + s() + "]]" },
		func() string { return s() + "*" + s() + "*" + s() },
		func() string { return "<select><option>" + s() + "</option><option>" + s() + "</option></select>" },
		func() string { return "<button>" + s() + "</button><label>" + s() + "</label>" },
	)
}

// sentence is some inline constructs and a full stop.
func (f *figures) sentence() string {
	var parts []string
	for range rapid.IntRange(1, 4).Draw(f.t, "parts") {
		parts = append(parts, f.inline())
	}
	return "This is " + strings.Join(parts, " and ") + " it."
}

// cell is a sentence on one line.
func (f *figures) cell() string {
	return strings.ReplaceAll(f.pick(
		func() string { return f.seen() + " €" },
		func() string { return f.seen() + "<br>" + f.seen() },
		func() string { return "<ul><li>" + f.seen() + "</li><li>" + f.seen() + "</li></ul>" },
		func() string { return "`" + f.seen() + " \\| " + f.seen() + "`" },
		func() string { return "<p>" + f.seen() + "</p><div>" + f.seen() + "</div>" },
	), "\n", " ")
}

func indentedBy(n int, text string) string {
	return strings.Repeat(" ", n) + strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", n))
}

// block is a block of a page. Its nesting is bounded.
func (f *figures) block(depth int) string {
	s := f.sentence
	of := []func() string{
		s,
		func() string { return "- " + f.seen() + "\n- " + f.seen() + "\n  - " + f.seen() + "\n\nthen" },
		func() string {
			return "| a | b |\n|---|--:|\n| " + f.cell() + " | " + f.cell() + " |\n| " + f.cell() + " | " + f.cell() + " |"
		},
		func() string {
			return "<table><tr><th>a<th>b</tr><tr><td rowspan=2>" + f.cell() + "</td><td>" + f.cell() + "</td></tr><tr><td>" + f.cell() + "</td></tr></table>"
		},
		func() string {
			return "<dl><dt>" + f.seen() + "</dt><dd>" + f.seen() + "</dd><dd>" + f.seen() + "</dd></dl>"
		},
		func() string { return "```\n" + f.seen() + "\n" + f.seen() + "\n```" },
		func() string { return "Term " + f.seen() + "\n: " + f.seen() },
		func() string {
			return "<div>" + f.seen() + "</div><div>" + f.seen() + "</div><p>" + f.seen() + "<p>" + f.seen()
		},
		func() string { return "<div hidden>" + f.unseen() + "</div>" },
		func() string { return "<!--\n\n" + f.unseen() + "\n\n-->" },
		func() string { return "<style>\n\na { margin: " + f.unseen() + "px }\n\n</style>" },
		func() string { return "{% if x %}\n\n" + f.unseen() + "\n\n{% endif %}" },
		func() string { return "--8<-- \"" + f.unseen() + "\"" },
		func() string { return "*[HTML]: " + f.unseen() },
		func() string { return "## Part " + f.number()[:0] + "two" },
	}
	if depth < 3 {
		inner := func() string { return f.block(depth+1) + "\n\n" + f.block(depth+1) }
		of = append(of,
			func() string { return "!!! note \"Mind " + f.seen() + "\"\n\n" + indentedBy(4, inner()) },
			func() string { return "??? tip\n" + indentedBy(4, inner()) },
			func() string { return "=== \"Tab " + f.seen() + "\"\n\n" + indentedBy(4, inner()) },
			func() string {
				return ":::" + strings.Repeat(":", 3-depth) + " tip Mind " + f.seen() + "\n\n" + inner() + "\n\n:::" + strings.Repeat(":", 3-depth)
			},
			func() string { return "> [!NOTE]\n> " + f.seen() + "\n> " + f.seen() },
			func() string { return "> " + f.seen() + "\n>\n> - " + f.seen() },
			func() string {
				return "<details><summary>Is it " + f.number()[:0] + "so?</summary>\n\n" + inner() + "\n\n</details>"
			},
			func() string { return "{{< box >}}\n" + inner() + "\n{{< /box >}}" },
		)
	}
	return f.pick(of...)
}

// Figures neither join nor vanish, and none appears that no reader sees.
func TestFiguresNeitherJoinNorVanish(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := &figures{t: t}
		var blocks []string
		for range rapid.IntRange(1, 12).Draw(t, "blocks") {
			blocks = append(blocks, f.block(0))
		}
		page := "# Page\n\n" + strings.Join(blocks, "\n\n") + "\n"
		if strings.Contains(page, "[^n]") {
			page += "\n[^n]: Plus tax.\n"
		}
		p := parsePage("a.md", page)
		got := map[string]bool{}
		for _, ps := range p.passages {
			for _, n := range numberIn.FindAllString(plain(lowered(ps.text)), -1) {
				got[n] = true
			}
		}
		for _, n := range f.shown {
			if !got[n] {
				t.Fatalf("%s is missing in %+v\nof %s", n, p.passages, page)
			}
			delete(got, n)
		}
		for n := range got {
			if len(n) > 3 || !slices.Contains([]string{"1", "2", "3"}, n) {
				t.Fatalf("%s appears in %+v\nof %s", n, p.passages, page)
			}
		}
	})
}

var raisedDigits = regexp.MustCompile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")

// lowered writes powers in common digits, apart from what they stand above.
func lowered(s string) string {
	return raisedDigits.ReplaceAllStringFunc(s, func(power string) string {
		out := " "
		for _, r := range power {
			for digit, small := range superscripts {
				if small == r {
					out += string(digit)
				}
			}
		}
		return out
	})
}
