package knowledge

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// link keeps a link that a quote can follow.
func (v *viewer) link(n *html.Node, s style) {
	if classed(n, "headerlink", "footnote-backref", "footnote-back", "anchor", "anchorjs-link", "header-anchor", "hash-link") || attr(n, "role") == "doc-backlink" {
		return
	}
	if footnoteMark(n) && v.footnote(n, s) {
		return
	}
	href := strings.TrimSpace(attr(n, "href"))
	before := len(v.text)
	if absolute(href) && len(href) > maxLink {
		v.children(n, s)
		return
	}
	if absolute(href) && s.link == "" {
		s.link = href
	} else if href != "" {
		s.local = true
	}
	v.children(n, s)
	if s.link == "" {
		return
	}
	inner := settle(v.text[before:])
	shown := textOf(inner)
	if shown == href || "http://"+shown == href || "mailto:"+shown == href {
		for i := range v.text[before:] { // the page makes a link of an address by itself
			v.text[before+i].s.link = ""
		}
		return
	}
	if len(inner) > 0 && (inner[0].r == ' ' || has(inner, lineBreak)) {
		for i := range v.text[before:] {
			if v.text[before+i].r == lineBreak {
				v.text[before+i].r = ' '
			}
		}
	}
}

// maxLink is how many bytes an address may have that is quoted. A longer one, such as of a
// playground with its program in it, would leave no room in a passage: its text stays.
const maxLink = 400

func absolute(target string) bool {
	t := strings.ToLower(target)
	if !strings.HasPrefix(t, "https://") && !strings.HasPrefix(t, "http://") && !strings.HasPrefix(t, "mailto:") {
		return false
	}
	return !strings.Contains(target, "{{") && !strings.Contains(target, "{%") && strings.IndexFunc(target, private) < 0 && !strings.Contains(t, "%ee%80%8")
}

func footnoteMark(n *html.Node) bool {
	return classed(n, "footnote-ref", "footnote-reference") || attr(n, "role") == "doc-noteref" || hasAttr(n, "data-footnote-ref")
}

// footnote writes the text of a footnote at its mark, and reports whether it found it.
func (v *viewer) footnote(n *html.Node, s style) bool {
	id, ok := strings.CutPrefix(attr(n, "href"), "#")
	target := v.ids[id]
	if !ok || target == nil {
		return false
	}
	if v.inFootnote || v.uses[target] >= maxFootnoteUses {
		return true
	}
	v.uses[target]++
	in := v.inner(true)
	in.inFootnote = true
	in.children(target, style{})
	text := settle(in.text)
	for i := range text {
		if text[i].r == lineBreak {
			text[i].r = ' '
		}
	}
	if len(text) > 0 {
		if length(textOf(text)) > maxFootnote {
			text = inChunks(text, maxFootnote)[0]
		}
		v.write(" (", style{})
		v.text = append(v.text, text...)
		v.write(")", style{})
	}
	return true
}

func (v *viewer) sup(n *html.Node, s style) {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == "a" && footnoteMark(d) {
			v.children(n, s)
			return
		}
	}
	v.raised(n, s, superscripts, "^")
}

var (
	superscripts = map[rune]rune{'0': '⁰', '1': '¹', '2': '²', '3': '³', '4': '⁴', '5': '⁵', '6': '⁶', '7': '⁷', '8': '⁸', '9': '⁹', '+': '⁺', '-': '⁻', '−': '⁻', 'n': 'ⁿ'}
	subscripts   = map[rune]rune{'0': '₀', '1': '₁', '2': '₂', '3': '₃', '4': '₄', '5': '₅', '6': '₆', '7': '₇', '8': '₈', '9': '₉', '+': '₊', '-': '₋', '−': '₋'}
)

// raised writes what stands higher or lower, so that it does not join the figures beside it.
func (v *viewer) raised(n *html.Node, s style, small map[rune]rune, mark string) {
	text := v.flatten(n, s)
	digits, all := false, true
	for _, g := range text {
		digits = digits || unicode.IsDigit(g.r)
		if _, ok := small[g.r]; !ok {
			all = false
		}
	}
	switch {
	case len(text) == 0:
	case all:
		for _, g := range text {
			g.r = small[g.r]
			v.text = append(v.text, g)
		}
	case !digits && len(text) <= 4: // 1st, 2e, Mᵐᵉ
		v.text = append(v.text, text...)
	default:
		v.write(mark+"(", s)
		v.text = append(v.text, text...)
		v.write(")", s)
	}
}
