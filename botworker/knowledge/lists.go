package knowledge

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

func (v *viewer) list(n *html.Node) {
	number := 1
	if start, err := strconv.Atoi(attr(n, "start")); err == nil {
		number = start
	}
	first := true
	point := ". "
	if k := len(v.out); k > 0 && v.out[k-1].kind == listItem && strings.HasSuffix(v.out[k-1].mark, ". ") {
		point = ") " // another list: its numbers do not go on from the one before
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode && strings.TrimSpace(c.Data) == "" || c.Type == html.CommentNode || c.Type == html.ElementNode && hiddenElement(c) {
			continue
		}
		in := v.inner(false)
		in.depth++
		loose := false // it has paragraphs of its own
		if c.Type == html.ElementNode && c.Data == "li" {
			for p := c.FirstChild; p != nil; p = p.NextSibling {
				loose = loose || p.Type == html.ElementNode && p.Data == "p"
			}
			if value, err := strconv.Atoi(attr(c, "value")); err == nil && value != number {
				if number = value; point == ". " {
					point = ") "
				} else {
					point = ". "
				}
			}
			in.children(c, style{})
		} else {
			in.node(c, style{})
		}
		in.flush()
		mark := "- "
		if n.Data == "ol" && c.Data == "li" {
			mark = strconv.Itoa(min(max(number, 0), 999_999_999)) + point
			number++
		}
		parts := nestedBlocks(in.out)
		if !loose && len(parts) > 1 && parts[1].kind == listItem {
			parts[1].tight = true
		}
		v.item(mark, parts, loose && !first)
		first = false
	}
}

// item writes a list item of blocks.
func (v *viewer) item(mark string, parts []block, loose bool) {
	if len(parts) == 0 {
		return
	}
	b := block{kind: listItem, mark: mark, parts: parts, loose: loose}
	for _, p := range parts {
		b.links, b.all = b.links+p.links, b.all+p.all
	}
	b.text = prefixed(join(parts), mark, strings.Repeat(" ", len(mark)))
	v.add(b)
}

// definitions writes each term of a definition list with what it means.
func (v *viewer) definitions(n *html.Node) {
	var terms []glyph
	var parts []block
	flush := func() {
		if len(parts) > 0 || len(terms) > 0 {
			line := block{kind: paragraph, text: strings.TrimRight(boldLine(terms), " ")}
			_, line.all = weigh(terms)
			if len(terms) > 0 && len(parts) > 0 && parts[0].kind == paragraph && length(line.text)+length(parts[0].text) < maxPassage/2 {
				line.links, line.all = parts[0].links, line.all+parts[0].all
				line.text += separator(terms) + parts[0].text
				parts = parts[1:]
			}
			if len(terms) > 0 {
				parts = append([]block{line}, parts...)
			}
			v.item("- ", parts, false)
		}
		terms, parts = nil, nil
	}
	var each func(n *html.Node)
	each = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.Type != html.ElementNode || hiddenElement(c):
			case c.Data == "div":
				each(c)
			case c.Data == "dt":
				if len(parts) > 0 {
					flush()
				}
				term := v.flatten(c, style{})
				if has(term, hole) {
					term = withoutHoles(term)
				}
				if len(terms) > 0 && len(term) > 0 {
					terms = append(terms, plainGlyphs(" / ")...)
					terms = append(terms, glyph{r: ' '})
				}
				terms = append(terms, term...)
			default:
				in := v.inner(false)
				in.depth++
				in.children(c, style{})
				in.flush()
				parts = append(parts, nestedBlocks(in.out)...)
			}
		}
	}
	if v.depth < maxNesting {
		each(n)
	}
	flush()
}

func separator(term []glyph) string {
	if len(term) > 0 && strings.ContainsRune(":?!.…：？", term[len(term)-1].r) {
		return " "
	}
	return ": "
}

// options writes what can be chosen.
func (v *viewer) options(n *html.Node) {
	for d := range n.Descendants() {
		if d.Type != html.ElementNode || d.Data != "option" || hiddenElement(d) {
			continue
		}
		text := v.flatten(d, style{})
		if len(text) == 0 {
			text = plainGlyphs(attr(d, "label"))
		}
		if v.flat {
			v.text = append(v.text, text...)
			v.lineBreak()
			continue
		}
		if text = withoutHoles(text); len(text) > 0 {
			b := block{kind: paragraph, text: asMarkdown(text, inParagraph), all: len(text)}
			v.item("- ", []block{b}, false)
		}
	}
}
