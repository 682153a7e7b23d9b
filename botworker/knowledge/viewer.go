package knowledge

import (
	"strings"

	"golang.org/x/net/html"
)

// Limits of one page. What exceeds them is left out.
const (
	maxNesting      = 60  // of elements in elements that are read
	maxFootnoteUses = 5   // how often a footnote is quoted
	maxFootnote     = 600 // characters of a footnote
)

// viewer reads what a reader of the page sees, block by block.
type viewer struct {
	ids        map[string]*html.Node // elements by id, for footnotes
	uses       map[*html.Node]int
	depth      int
	flat       bool // write everything into one text: a cell, a title
	inFootnote bool
	intro      string // the titles of the boxes around
	out        []block
	text       []glyph
	heading    int // the level of the last heading
}

// view returns the blocks of the visible part of a tree.
func view(root *html.Node) []block {
	v := &viewer{ids: map[string]*html.Node{}, uses: map[*html.Node]int{}}
	v.collect(root)
	v.children(root, style{})
	v.flush()
	return v.out
}

// collect finds the elements that have an id. It does not recurse: a tree may be deep.
func (v *viewer) collect(root *html.Node) {
	for n := range root.Descendants() {
		if id := attr(n, "id"); n.Type == html.ElementNode && id != "" && v.ids[id] == nil {
			v.ids[id] = n
		}
	}
}

// inner returns a viewer for a part of the page.
func (v *viewer) inner(flat bool) *viewer {
	return &viewer{ids: v.ids, uses: v.uses, depth: v.depth, flat: flat, inFootnote: v.inFootnote}
}

// flatten returns everything in an element as one text. Its blocks are lines.
func (v *viewer) flatten(n *html.Node, s style) []glyph {
	in := v.inner(true)
	in.children(n, s)
	return settle(in.text)
}

func (v *viewer) children(n *html.Node, s style) {
	if v.depth++; v.depth <= maxNesting {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			v.node(c, s)
		}
	}
	v.depth--
}

func (v *viewer) node(n *html.Node, s style) {
	switch {
	case n.Type == html.TextNode:
		v.write(n.Data, s)
	case n.Type == html.DocumentNode:
		v.children(n, s)
	case n.Type == html.ElementNode && !hiddenElement(n):
		v.element(n, s)
	}
}

func (v *viewer) write(text string, s style) {
	for _, r := range text {
		if r = visible(r); r < 0 {
			continue
		}
		if s.code && r == lineBreak {
			r = ' '
		}
		v.text = append(v.text, glyph{r, s})
	}
}

// space separates what a reader sees as separate.
func (v *viewer) space() { v.text = append(v.text, glyph{' ', style{}}) }

func (v *viewer) lineBreak() { v.text = append(v.text, glyph{lineBreak, style{}}) }

// flush ends a paragraph.
func (v *viewer) flush() {
	if v.flat {
		v.lineBreak()
		return
	}
	text := v.text
	v.text = nil
	v.paragraph(text, paragraph)
}

func (v *viewer) paragraph(text []glyph, kind blockKind) {
	text = withoutHoles(settle(text))
	if len(text) == 0 {
		return
	}
	for _, chunk := range inChunks(text, maxPassage-length(v.intro)) {
		b := block{kind: kind, text: asMarkdown(chunk, inParagraph)}
		b.links, b.all = weigh(chunk)
		v.add(b)
	}
}

// weigh counts the characters of links within the site, and all.
func weigh(text []glyph) (links, all int) {
	for _, g := range text {
		if g.r == ' ' || g.r == lineBreak {
			continue
		}
		all++
		if g.s.local {
			links++
		}
	}
	return links, all
}

func (v *viewer) add(b block) {
	if strings.TrimSpace(b.text) == "" {
		return
	}
	b.intro = v.intro
	v.out = append(v.out, b)
}

func (v *viewer) element(n *html.Node, s style) {
	s.del = s.del || struck(n)
	switch n.Data {
	case "br":
		v.lineBreak()
	case "wbr":
	case "strong", "b":
		s.strong = true
		v.children(n, s)
	case "em", "i", "cite", "dfn":
		s.em = true
		v.children(n, s)
	case "del", "s", "strike":
		s.del = true
		v.children(n, s)
	case "code", "samp", "tt":
		s.code = true
		v.children(n, s)
	case "a":
		v.link(n, s)
	case "img", "area":
		v.space()
		v.write(attr(n, "alt"), s)
		v.space()
	case "sup":
		v.sup(n, s)
	case "sub":
		v.raised(n, s, subscripts, "_")
	case "q":
		v.write("“", s)
		v.children(n, s)
		v.write("”", s)
	case "rp":
	case "rt":
		v.write(" (", s)
		v.children(n, s)
		v.write(") ", s)
	case "input":
		if strings.EqualFold(attr(n, "type"), "checkbox") {
			mark := "[ ] "
			if hasAttr(n, "checked") {
				mark = "[x] "
			}
			v.write(mark, s)
		} else {
			v.space()
		}
	case "button", "label", "output", "textarea", "meter", "progress":
		v.space()
		v.children(n, s)
		v.space()
	case "annotation", "annotation-xml": // the source of a formula
	case "msup":
		v.children(n, s)
	default:
		v.blockElement(n, s)
	}
}

func (v *viewer) blockElement(n *html.Node, s style) {
	if v.flat && n.Data != "table" && n.Data != "pre" && n.Data != "select" {
		if blockLevel[n.Data] {
			v.lineBreak()
			v.children(n, s)
			v.lineBreak()
			return
		}
		v.children(n, s)
		return
	}
	switch n.Data {
	case "h1", "h2", "h3", "h4", "h5", "h6":
		v.flush()
		v.head(n, int(n.Data[1]-'0'))
	case "pre":
		v.pre(n)
	case "ul", "ol", "menu":
		v.flush()
		v.list(n)
	case "dl":
		v.flush()
		v.definitions(n)
	case "table":
		v.table(n)
	case "blockquote":
		v.flush()
		v.quote(n, s)
	case "details":
		v.flush()
		v.details(n, s)
	case "select", "datalist":
		v.flush()
		v.options(n)
	case "hr":
		v.flush()
	case "figcaption", "caption", "legend":
		v.flush()
		v.children(n, s)
		v.flush()
	case "div":
		if hasAttr(n, "lead") {
			v.flush()
			v.lead(v.flatten(n, style{}))
			return
		}
		if classed(n, "footnotes", "footnote-definition") && len(v.ids) > 0 {
			return // each note is quoted at its mark
		}
		v.box(n, s)
	case "section":
		if classed(n, "footnotes") || attr(n, "role") == "doc-endnotes" || hasAttr(n, "data-footnotes") {
			return
		}
		v.box(n, s)
	default:
		if blockLevel[n.Data] {
			v.flush()
			v.children(n, s)
			v.flush()
			return
		}
		v.children(n, s)
	}
}

func (v *viewer) pre(n *html.Node) {
	var b strings.Builder
	language := ""
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			b.WriteString(d.Data)
		case d.Type == html.ElementNode && d.Data == "br":
			b.WriteByte('\n')
		case d.Type == html.ElementNode && d.Data == "code":
			for _, c := range strings.Fields(attr(d, "class")) {
				if l, ok := strings.CutPrefix(c, "language-"); ok && nameAt(l) == l {
					language = l
				}
			}
		}
	}
	code := strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return visible(r)
	}, strings.ReplaceAll(b.String(), "\u2028", "\n"))
	code = strings.Trim(code, "\n")
	if language == "mermaid" || language == "plantuml" || strings.TrimSpace(code) == "" {
		return // shown as a drawing
	}
	if v.flat {
		for i, line := range strings.Split(strings.Trim(code, "\n"), "\n") {
			if i > 0 {
				v.lineBreak()
			}
			v.write(strings.TrimSpace(line), style{code: true})
		}
		return
	}
	v.flush()
	fence := fenceFor(code)
	v.add(block{kind: codeBlock, text: fence + language + "\n" + code + "\n" + fence, all: length(code)})
}

// blockLevel are the elements that stand apart from the text around them.
var blockLevel = set(`address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6
	header hgroup hr html legend li main menu nav ol optgroup option p pre search section select summary table tbody td tfoot th thead tr ul math`)
