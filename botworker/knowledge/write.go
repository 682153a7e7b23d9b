package knowledge

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// place is where a text stands: that decides what must be escaped.
type place int

const (
	inParagraph place = iota
	inCell            // of a table: one line
	inLine            // a heading or a title: one line
)

// asMarkdown writes a text as Markdown that shows it as it is.
func asMarkdown(in []glyph, where place) string {
	in = settleMarks(append([]glyph(nil), in...))
	e := escaperFor(in, where)
	var b strings.Builder
	var now style
	for i := 0; i < len(in); i++ {
		g := in[i]
		if g.r == lineBreak {
			closeMarks(&b, now, style{})
			now = style{}
			b.WriteString([]string{"\n", " / ", " "}[where])
			continue
		}
		if g.s != now {
			e.turn(&b, now, g.s)
			now = g.s
		}
		if g.s.code {
			j := i
			for j < len(in) && in[j].s == g.s && in[j].r != lineBreak {
				j++
			}
			writeCode(&b, textOf(in[i:j]), where)
			i = j - 1
			continue
		}
		e.write(&b, in, i)
	}
	closeMarks(&b, now, style{})
	return strings.TrimSpace(b.String())
}

// turn closes and opens the marks between two styles.
func (e escaper) turn(b *strings.Builder, from, to style) {
	keep := sharedMarks(from, to)
	closeMarks(b, from, keep)
	openMarks(b, keep, to)
}

// sharedMarks returns the outer marks that two styles share. The order is link, strike-through,
// strong, emphasis.
func sharedMarks(a, b style) style {
	var c style
	if a.link != b.link {
		return c
	}
	if c.link = a.link; a.del != b.del {
		return c
	}
	if c.del = a.del; a.strong != b.strong {
		return c
	}
	if c.strong = a.strong; a.em != b.em {
		return c
	}
	c.em = a.em
	return c
}

func closeMarks(b *strings.Builder, from, to style) {
	if from.em && !to.em {
		b.WriteString("*")
	}
	if from.strong && !to.strong {
		b.WriteString("**")
	}
	if from.del && !to.del {
		b.WriteString("~~")
	}
	if from.link != "" && to.link == "" {
		b.WriteString("](" + target(from.link) + ")")
	}
}

func openMarks(b *strings.Builder, from, to style) {
	if to.link != "" && from.link == "" {
		b.WriteString("[")
	}
	if to.del && !from.del {
		b.WriteString("~~")
	}
	if to.strong && !from.strong {
		b.WriteString("**")
	}
	if to.em && !from.em {
		b.WriteString("*")
	}
}

// target writes an address so that it ends where it should.
func target(link string) string {
	link = strings.NewReplacer(" ", "%20", "<", "%3C", ">", "%3E", "|", "%7C", "\\", "%5C", "\n", "").Replace(link)
	if strings.Count(link, "(") != strings.Count(link, ")") {
		link = strings.NewReplacer("(", "%28", ")", "%29").Replace(link)
	}
	return link
}

func writeCode(b *strings.Builder, code string, where place) {
	code = strings.NewReplacer("\n", " ", string(lineBreak), " ").Replace(code)
	if strings.TrimSpace(code) == "" {
		return
	}
	if where == inCell {
		code = strings.ReplaceAll(code, "|", `\|`)
	}
	fence := "`"
	for strings.Contains(code, fence) {
		fence += "`"
	}
	if strings.HasPrefix(code, "`") || strings.HasSuffix(code, "`") {
		code = " " + code + " "
	}
	b.WriteString(fence + code + fence)
}

// settleMarks takes off emphasis whose marks would not be read as such, because of the
// characters around them.
func settleMarks(in []glyph) []glyph {
	for _, a := range []struct {
		is    func(style) bool
		clear func(*style)
	}{
		{func(s style) bool { return s.del }, func(s *style) { s.del = false }},
		{func(s style) bool { return s.strong }, func(s *style) { s.strong = false }},
		{func(s style) bool { return s.em }, func(s *style) { s.em = false }},
	} {
		for i := 0; i < len(in); {
			if !a.is(in[i].s) {
				i++
				continue
			}
			j := i
			for j < len(in) && a.is(in[j].s) && in[j].s.link == in[i].s.link {
				j++
			}
			before, after := ' ', ' '
			if i > 0 && in[i-1].s.link == in[i].s.link {
				before = in[i-1].r
			}
			if j < len(in) && in[j].s.link == in[i].s.link {
				after = in[j].r
			}
			first, last := in[i].r, in[j-1].r
			if in[i].s.em && a.is(style{em: true}) && unicode.IsDigit(before) && unicode.IsDigit(first) {
				// 20*30*40 is a product, whatever Markdown takes it for.
				for k := i; k < j; k++ {
					a.clear(&in[k].s)
				}
				in = slices.Insert(in, j, glyph{'*', style{link: in[i].s.link}})
				in = slices.Insert(in, i, glyph{'*', style{link: in[i].s.link}})
				i = j + 2
				continue
			}
			if in[i].s.code {
				first = '`'
			}
			if in[j-1].s.code {
				last = '`'
			}
			if in[i].s.del && a.is(style{del: true}) {
				// What is struck through must not look as if it were valid: it gets room.
				if j < len(in) && !blankRune(after) && !unicode.IsPunct(after) {
					in = slices.Insert(in, j, glyph{' ', style{link: in[i].s.link}})
				}
				if !blankRune(before) && !unicode.In(before, unicode.Ps, unicode.Pi) {
					in = slices.Insert(in, i, glyph{' ', style{link: in[i].s.link}})
					j++
				}
				i = j
				continue
			}
			if blankRune(first) || blankRune(last) || mark(first) && !blankRune(before) && !mark(before) || mark(last) && !blankRune(after) && !mark(after) {
				for k := i; k < j; k++ {
					a.clear(&in[k].s)
				}
			}
			i = j
		}
	}
	return in
}

func blankRune(r rune) bool { return unicode.IsSpace(r) || r == lineBreak }
func mark(r rune) bool      { return unicode.IsPunct(r) || unicode.IsSymbol(r) }

// escaper knows which characters would be marks in one text.
type escaper struct {
	where                       place
	stars, lines, tildes, ticks bool
}

func escaperFor(in []glyph, where place) escaper {
	n := map[rune]int{}
	for _, g := range in {
		if g.s.strong || g.s.em {
			n['*'] = 2
		}
		if g.s.del {
			n['~'] = 2
		}
		if g.s.code {
			n['`'] = 2
		} else if g.r < utf8.RuneSelf {
			n[g.r]++
		}
	}
	return escaper{where, n['*'] > 1, n['_'] > 1, n['~'] > 1, n['`'] > 1}
}

// write writes the character at i, escaped if it would be a mark.
func (e escaper) write(b *strings.Builder, in []glyph, i int) {
	at := func(k int) rune {
		if k < 0 || k >= len(in) {
			return ' '
		}
		return in[k].r
	}
	r, before, after := in[i].r, at(i-1), at(i+1)
	escape := false
	switch r {
	case '*':
		escape = e.stars && !(blankRune(before) && blankRune(after))
	case '_':
		escape = e.lines && (!wordRune(before) || !wordRune(after))
	case '~':
		escape = e.tildes
	case '`':
		escape = e.ticks
	case '\\':
		escape = after < utf8.RuneSelf && mark(after)
	case ']':
		escape = after == '(' || in[i].s.link != ""
	case '[':
		escape = in[i].s.link != ""
	case '|':
		escape = e.where == inCell
	}
	if e.where == inParagraph && (i == 0 || before == lineBreak) {
		escape = escape || e.startsBlock(in, i)
	}
	if escape {
		b.WriteByte('\\')
	}
	b.WriteRune(r)
	if digits := e.numberMark(in, i); digits {
		b.WriteByte('\\')
	}
}

// startsBlock reports whether the character would begin a heading, a list or a quote.
func (e escaper) startsBlock(in []glyph, i int) bool {
	next := ' '
	if i+1 < len(in) {
		next = in[i+1].r
	}
	switch in[i].r {
	case '#', '>', '|', '=':
		return true
	case '-', '+', '*':
		return blankRune(next) || next == in[i].r
	case ':':
		return next == ':'
	case '[':
		end := i
		for end < len(in) && in[end].r != ']' && in[end].r != lineBreak {
			end++
		}
		return end+1 < len(in) && in[end].r == ']' && in[end+1].r == ':'
	}
	return false
}

// numberMark reports whether the characters up to i are a number at the start of a line
// whose full stop would make it a list item.
func (e escaper) numberMark(in []glyph, i int) bool {
	if e.where != inParagraph || !unicode.IsDigit(in[i].r) || i+1 >= len(in) || in[i+1].r != '.' && in[i+1].r != ')' || i+2 < len(in) && !blankRune(in[i+2].r) {
		return false
	}
	k := i
	for k >= 0 && in[k].r >= '0' && in[k].r <= '9' {
		k--
	}
	return k < 0 || in[k].r == lineBreak
}
