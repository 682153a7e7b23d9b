package knowledge

import (
	"strings"

	"golang.org/x/net/html"
)

// box is an element whose title, if it has one, belongs to all of its content.
func (v *viewer) box(n *html.Node, s style) {
	v.flush()
	intro := v.intro
	v.children(n, s)
	v.flush()
	v.intro = intro
}

// lead writes the title of a box. A later piece of the box repeats it.
func (v *viewer) lead(title []glyph) {
	if title = withoutHoles(title); len(title) == 0 {
		return
	}
	line := boldLine(title)
	v.add(block{kind: lead, text: line})
	if all := join2(v.intro, line); length(all) <= maxIntro {
		line = all
	}
	if length(line) <= maxIntro {
		v.intro = line
	}
}

// maxIntro is how many characters of titles a piece of a box repeats.
const maxIntro = 200

func boldLine(title []glyph) string {
	plain := make([]glyph, len(title))
	for i, g := range title {
		g.s.strong = !g.s.code
		g.s.em = false
		if g.r == lineBreak {
			g.r = ' '
		}
		plain[i] = g
	}
	return asMarkdown(plain, inParagraph)
}

func join2(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\n\n" + b
}

func (v *viewer) head(n *html.Node, level int) {
	text := v.flatten(n, style{})
	for i := range text {
		if text[i].r == hole {
			text[i].r = '…'
		}
		text[i].s.link, text[i].s.local = "", false
	}
	v.out = append(v.out, block{kind: heading, level: level, text: asMarkdown(text, inLine), name: strings.ReplaceAll(textOf(text), string(lineBreak), " ")})
	v.heading = level
}

// details is a section of its own, named by its summary.
func (v *viewer) details(n *html.Node, s style) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && c.Data == "summary" && v.depth < 12 {
			level := v.heading
			v.head(c, level+1)
			for rest := n.FirstChild; rest != nil; rest = rest.NextSibling {
				if rest != c {
					v.node(rest, s)
				}
			}
			v.flush()
			v.out = append(v.out, block{kind: sectionEnd, level: level + 1})
			v.heading = level
			return
		}
	}
	v.box(n, s)
}

func (v *viewer) quote(n *html.Node, s style) {
	if title, kind := alert(n); kind != "" {
		intro := v.intro
		if title == "" && weighty[kind] {
			title = strings.ToUpper(kind[:1]) + kind[1:]
		}
		if title != "" {
			v.lead(plainGlyphs(title))
		}
		v.children(n, s)
		v.flush()
		v.intro = intro
		return
	}
	in := v.inner(false)
	in.depth++
	in.children(n, s)
	in.flush()
	b := block{kind: quote, parts: nestedBlocks(in.out)}
	for _, p := range b.parts {
		b.links, b.all = b.links+p.links, b.all+p.all
	}
	b.text = prefixed(join(b.parts), "> ", "> ")
	v.add(b)
}

// alert reports whether a quote is an alert of GitHub or a callout of Obsidian, and takes
// its mark out of the tree.
func alert(n *html.Node) (title, kind string) {
	p := n.FirstChild
	for p != nil && p.Type != html.ElementNode {
		p = p.NextSibling
	}
	if p == nil || p.FirstChild == nil || p.FirstChild.Type != html.TextNode {
		return "", ""
	}
	text := p.FirstChild
	first, rest, _ := strings.Cut(strings.TrimLeft(text.Data, " \n"), "\n")
	if !strings.HasPrefix(first, "[!") {
		return "", ""
	}
	kind, title, found := strings.Cut(first[2:], "]")
	if !found || kind == "" || nameAt(kind) != kind {
		return "", ""
	}
	title = strings.TrimSpace(strings.TrimLeft(title, "+-"))
	text.Data = rest
	return title, strings.ToLower(kind)
}

func plainGlyphs(text string) []glyph {
	var out []glyph
	for _, r := range text {
		if r = visible(r); r >= 0 {
			out = append(out, glyph{r: r})
		}
	}
	return settle(out)
}

// nestedBlocks turns the headings within a quote or a list item into bold lines.
func nestedBlocks(in []block) []block {
	var out []block
	for _, b := range in {
		switch b.kind {
		case heading:
			if b.text = boldLine(plainGlyphs(b.name)); b.text == "" {
				continue
			}
			b.kind = lead
		case sectionEnd:
			continue
		}
		out = append(out, b)
	}
	return out
}

// prefixed puts first before the first line of a text, and rest before the others.
func prefixed(text, first, rest string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		p := rest
		if i == 0 {
			p = first
		}
		lines[i] = strings.TrimRight(p+line, " ")
	}
	return strings.Join(lines, "\n")
}
