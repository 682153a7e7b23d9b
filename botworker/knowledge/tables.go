package knowledge

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// Limits of one table.
const (
	maxColumns = 40
	maxRows    = 5000
	// maxRepeated is how many characters a cell may have that is repeated in each row and
	// column that it spans.
	maxRepeated = 300
)

// cell is a cell of a table, repeated in every row and column that it spans.
type cell struct {
	text []glyph
	head bool
	rows int    // how many more rows it spans
	rule string // the mark of its column's alignment in Markdown
}

// table writes a table as Markdown. One that only lays out a page is read as its cells.
func (v *viewer) table(n *html.Node) {
	if v.flat {
		v.lineBreak()
		for _, row := range v.rows(n) {
			for _, c := range row {
				v.text = append(v.text, c.text...)
				v.lineBreak()
			}
		}
		return
	}
	v.flush()
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && c.Data == "caption" && !hiddenElement(c) {
			v.add(block{kind: lead, text: boldLine(withoutHoles(v.flatten(c, style{})))})
		}
	}
	if layout(n) {
		v.layoutCells(n)
		return
	}
	rows := v.rows(n)
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	if width == 0 {
		return
	}
	head, rest := headRow(rows, width)
	b := block{kind: table}
	var lines []string
	for _, c := range head {
		links, all := weigh(c)
		b.links, b.all = b.links+links, b.all+all
	}
	for _, row := range rest {
		texts := make([]string, width)
		holes := false
		for i, c := range row {
			holes = holes || has(c.text, hole)
			links, all := weigh(c.text)
			b.links, b.all = b.links+links, b.all+all
			texts[i] = asMarkdown(c.text, inCell)
		}
		if line := strings.Join(texts, ""); holes || line == "" {
			continue // a row without its figure is wrong
		}
		b.rows = append(b.rows, texts)
		lines = append(lines, tableLine(texts))
	}
	names := make([]string, width)
	for i := range names {
		for j, g := range head[i] {
			if g.r == hole {
				head[i][j].r = '…'
			}
		}
		names[i] = asMarkdown(head[i], inCell)
	}
	if len(lines) == 0 {
		if strings.Join(names, "") != "" {
			v.paragraph(plainGlyphs(strings.Join(names, " / ")), paragraph)
		}
		return
	}
	b.names = names
	b.lines = []string{tableLine(names), tableLine(rules(rows, width))}
	b.text = strings.Join(append(append([]string(nil), b.lines...), lines...), "\n")
	v.add(b)
}

// rules returns the alignment of each column.
func rules(rows [][]cell, width int) []string {
	out := make([]string, width)
	for i := range out {
		out[i] = "---"
		if first := rows[len(rows)-1]; i < len(first) && first[i].rule != "" {
			out[i] = first[i].rule
		}
	}
	return out
}

// alignment returns the mark of a cell's alignment.
func alignment(n *html.Node) string {
	style := strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", "")
	switch align := strings.ToLower(attr(n, "align")); {
	case align == "right" || strings.Contains(style, "text-align:right"):
		return "---:"
	case align == "center" || strings.Contains(style, "text-align:center"):
		return ":---:"
	}
	return ""
}

func tableLine(cells []string) string { return "| " + strings.Join(cells, " | ") + " |" }

// layout reports whether a table only arranges parts of a page: it contains what no cell
// of a table of figures does.
func layout(n *html.Node) bool {
	if attr(n, "role") == "presentation" {
		return true
	}
	columns := 0
	for d := range n.Descendants() {
		if d.Type != html.ElementNode {
			continue
		}
		switch d.Data {
		case "table", "h1", "h2", "h3", "h4", "pre", "details", "blockquote":
			return true
		case "tr":
			cells := 0
			for c := d.FirstChild; c != nil; c = c.NextSibling {
				if c.Type == html.ElementNode {
					cells++
				}
			}
			columns = max(columns, cells)
		}
	}
	return columns < 2
}

func (v *viewer) layoutCells(n *html.Node) {
	var each func(n *html.Node)
	each = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type != html.ElementNode || hiddenElement(c) {
				continue
			}
			switch c.Data {
			case "td", "th":
				v.flush()
				v.children(c, style{})
				v.flush()
			case "tr", "tbody", "thead", "tfoot":
				each(c)
			}
		}
	}
	if v.depth < maxNesting {
		v.depth++
		each(n)
		v.depth--
	}
}

// rows reads the cells of a table, each in every row and column that it spans.
func (v *viewer) rows(n *html.Node) [][]cell {
	var out [][]cell
	var above []cell // what spans into the next row
	var each func(n *html.Node, head bool)
	each = func(n *html.Node, head bool) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type != html.ElementNode || hiddenElement(c) {
				continue
			}
			switch c.Data {
			case "thead":
				each(c, true)
			case "tbody", "tfoot":
				above = nil
				each(c, false)
			case "tr":
				if len(out) < maxRows {
					row := v.row(c, above, head)
					out, above = append(out, row), row
				}
			}
		}
	}
	if v.depth < maxNesting {
		each(n, false)
	}
	return out
}

func (v *viewer) row(n *html.Node, above []cell, head bool) []cell {
	var out []cell
	spanned := func() {
		for len(out) < len(above) && above[len(out)].rows > 0 {
			c := above[len(out)]
			if c.rows--; len(c.text) > maxRepeated {
				c.text = nil
			}
			out = append(out, c)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode || c.Data != "td" && c.Data != "th" || hiddenElement(c) {
			continue
		}
		spanned()
		text := v.flatten(c, style{})
		for i := range text {
			if text[i].s.strong && c.Data == "th" {
				text[i].s.strong = false
			}
		}
		for k := range min(span(c, "colspan"), maxColumns) {
			if k > 0 && len(text) > maxRepeated {
				text = nil
			}
			if len(out) >= maxColumns || k > 0 && len(out) < len(above) && above[len(out)].rows > 0 {
				break
			}
			out = append(out, cell{text: text, head: head || c.Data == "th", rows: span(c, "rowspan") - 1, rule: alignment(c)})
		}
	}
	spanned()
	return out
}

func span(n *html.Node, name string) int {
	if k, err := strconv.Atoi(strings.TrimSpace(attr(n, name))); err == nil && k > 0 {
		return min(k, maxRows)
	}
	return 1
}

// headRow returns the names of the columns, and the rows below. Several rows of names
// become one.
func headRow(rows [][]cell, width int) (head [][]glyph, rest [][]cell) {
	head = make([][]glyph, width)
	n := 0
	for n < len(rows) && n < 4 && allHeads(rows[n]) && (n == 0 || n+1 < len(rows)) {
		for i, c := range rows[n] {
			if !strings.HasSuffix(textOf(head[i]), textOf(c.text)) || len(head[i]) == 0 {
				if len(head[i]) > 0 && len(c.text) > 0 {
					head[i] = append(head[i][:len(head[i]):len(head[i])], glyph{r: ' '})
				}
				head[i] = append(head[i][:len(head[i]):len(head[i])], c.text...)
			}
		}
		n++
	}
	return head, rows[n:]
}

func allHeads(row []cell) bool {
	for _, c := range row {
		if !c.head {
			return false
		}
	}
	return len(row) > 0
}
