package knowledge

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-chat/parley/botworker/language"
)

// style is how a reader sees a character.
type style struct {
	strong, em, del, code bool
	link                  string // an absolute address; empty for none
	local                 bool   // a link within the site, which a quote can't follow
}

// glyph is a character of a text with its style. A break is the rune lineBreak.
type glyph struct {
	r rune
	s style
}

const lineBreak = '\u2028'

// visible returns the rune that a reader sees: all spaces are alike, and characters of no
// width are none. (The joiners that shape emoji, Arabic and Indic scripts stay.)
func visible(r rune) rune {
	switch {
	case r == '\n' || r == lineBreak:
		return r
	case r == '\u2029' || r == '\u0085' || r == '\v':
		return lineBreak
	case r == '\u00AD', r == 0x200B, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F, r == '\uFEFF', r == '\u180E', r >= 0xE0000 && r <= 0xE001F:
		return -1
	case unicode.IsSpace(r), unicode.IsControl(r):
		return ' '
	}
	return r
}

func visibleText(s string) string {
	return strings.ReplaceAll(strings.Map(visible, s), string(lineBreak), " ")
}

// settle collapses white space as a browser does, and drops it at the ends of lines.
func settle(in []glyph) []glyph {
	out := in[:0:0]
	for i := 0; i < len(in); {
		if g := in[i]; g.s.code || g.r != ' ' && g.r != '\n' && g.r != lineBreak {
			out = append(out, g)
			i++
			continue
		}
		j, newline, hard := i, false, false
		for j < len(in) && !in[j].s.code && (in[j].r == ' ' || in[j].r == '\n' || in[j].r == lineBreak) {
			newline = newline || in[j].r == '\n'
			hard = hard || in[j].r == lineBreak
			j++
		}
		if len(out) > 0 && j < len(in) {
			before, after := out[len(out)-1], in[j]
			both := style{
				strong: before.s.strong && after.s.strong, em: before.s.em && after.s.em, del: before.s.del && after.s.del,
			}
			if before.s.link == after.s.link {
				both.link = before.s.link
			}
			both.local = before.s.local && after.s.local
			switch {
			case hard:
				both.link = ""
				out = append(out, glyph{lineBreak, style{}})
			case newline && language.Unspaced(before.r) && language.Unspaced(after.r): // no space between the lines of such a script
			default:
				out = append(out, glyph{' ', both})
			}
		}
		i = j
	}
	return out
}

// withoutHoles drops the sentences that have a hole: what a variable stands for is not
// known, and a sentence without its figure is wrong.
func withoutHoles(in []glyph) []glyph {
	if !has(in, hole) {
		return in
	}
	out := in[:0:0]
	for start := 0; start < len(in); {
		end := sentenceEnd(in, start)
		if !has(in[start:end], hole) {
			out = append(out, in[start:end]...)
		}
		start = end
	}
	return settle(out)
}

func has(in []glyph, r rune) bool {
	for _, g := range in {
		if g.r == r {
			return true
		}
	}
	return false
}

// sentenceEnd returns the index after the sentence that begins at start, with the space
// that follows it. In doubt two sentences are one.
func sentenceEnd(in []glyph, start int) int {
	for i := start; i < len(in); i++ {
		switch r := in[i].r; {
		case r == lineBreak:
			return i + 1
		case in[i].s.code:
		case r == '。' || r == '！' || r == '？' || r == '।' || r == '؟':
			return i + 1
		case r == '.' || r == '!' || r == '?' || r == '…':
			j := i + 1
			for j < len(in) && strings.ContainsRune(`.!?…"'”’»)]`, in[j].r) {
				j++
			}
			if j == len(in) {
				return j
			}
			if in[j].r != ' ' || r == '.' && abbreviation(in[start:i]) {
				continue
			}
			k := j + 1
			for k < len(in) && strings.ContainsRune(`"'“‘«([¿¡`, in[k].r) {
				k++
			}
			if k < len(in) && (unicode.IsLower(in[k].r) || unicode.IsDigit(in[k].r) && r == '.' && i > start && unicode.IsDigit(in[i-1].r)) {
				continue
			}
			return j + 1
		}
	}
	return len(in)
}

// abbreviation reports whether a full stop after the text probably ends no sentence.
func abbreviation(in []glyph) bool {
	n := len(in)
	for n > 0 && in[n-1].r != ' ' && in[n-1].r != '(' {
		n--
	}
	word := strings.ToLower(textOf(in[n:]))
	return utf8.RuneCountInString(word) == 1 && unicode.IsLetter(firstRune(word)) || strings.Contains(word, ".") && len(word) <= 5 || abbreviations[word]
}

var abbreviations = set("mr mrs ms dr prof st no nr vs etc approx ca ex incl excl max min bzw usw evtl ggf inkl zzgl art abs fig tel p.a sr sra avda pág núm env")

func textOf(in []glyph) string {
	var b strings.Builder
	for _, g := range in {
		b.WriteRune(g.r)
	}
	return b.String()
}

// inChunks cuts a text into pieces whose Markdown has at most size characters: between
// sentences if possible, or else between words, but not within an amount.
func inChunks(in []glyph, size int) [][]glyph {
	var out [][]glyph
	for len(in) > 0 {
		if len(in) <= size && length(asMarkdown(in, inParagraph)) <= size {
			return append(out, in)
		}
		limit := min(len(in), size)
		for limit > 1 && length(asMarkdown(in[:limit], inParagraph)) > size {
			limit = limit * 7 / 8
		}
		at := 0
		for end := sentenceEnd(in, 0); end <= limit; end = sentenceEnd(in, end) {
			at = end
			if end == len(in) {
				break
			}
		}
		if at < limit/3 {
			at = wordEnd(in[:limit], len(in) > limit)
		}
		out = append(out, in[:at])
		in = settle(in[at:])
	}
	return out
}

// wordEnd returns where to cut a text without sentences: after its last word that is not
// part of an amount, such as "1 000 €".
func wordEnd(in []glyph, more bool) int {
	last := 0
	for i := len(in) - 1; i > len(in)/3; i-- {
		if in[i].r != ' ' && in[i].r != lineBreak {
			continue
		}
		if last == 0 {
			last = i + 1
		}
		if !unicode.IsDigit(in[i-1].r) && (i+1 < len(in) && !unicode.IsDigit(in[i+1].r) || i+1 == len(in) && !more) {
			return i + 1
		}
	}
	if last > 0 {
		return last
	}
	end := len(in)
	for end > len(in)*2/3 && (unicode.IsDigit(in[end-1].r) || unicode.IsMark(in[end-1].r)) {
		end--
	}
	return max(1, end)
}

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
				if j < len(in) && !blankRune(after) && !mark(after) {
					in = slices.Insert(in, j, glyph{' ', style{link: in[i].s.link}})
				}
				if !blankRune(before) && !mark(before) {
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
