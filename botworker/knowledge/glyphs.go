package knowledge

import (
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
		window := in[:min(len(in), limit+50)] // with what tells whether a sentence ends
		at := 0
		for end := sentenceEnd(window, 0); end <= limit; end = sentenceEnd(window, end) {
			at = end
			if end == len(window) {
				break
			}
		}
		if at == 0 || at < limit/3 {
			at = wordEnd(in[:limit], len(in) > limit)
		}
		out = append(out, in[:at])
		for in = in[at:]; len(in) > 0 && !in[0].s.code && (in[0].r == ' ' || in[0].r == lineBreak); {
			in = in[1:]
		}
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
