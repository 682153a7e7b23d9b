package wish

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// breaks end a sentence or a part of one. Colons and quotation marks do not: what follows
// them is often only mentioned ("what happens if I type: escalate").
const breaks = ".!?,;\n\r。、؟،؛।…¿¡\u0589\u2013\u2014"

// alike are letters that are typed for each other and have no decomposition.
var alike = map[rune]string{'ı': "i", 'ł': "l", 'đ': "d", 'ø': "o", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'ς': "σ", 'ى': "ي", 'ی': "ي", 'ک': "ك", 'ہ': "ه", 'ھ': "ه", 'ۀ': "ه"}

// folded is a text reduced to what is compared: lowercase words without accents and other
// marks, one space between them and a line break between sentences.
type folded struct {
	text  string
	asked bool // there is a question mark
}

// words returns the text as one line.
func (f folded) words() string { return strings.ReplaceAll(f.text, "\n", " ") }

// fold reduces a text. Full-width and ornamental letters become plain ones; what can't be
// seen is dropped; all signs and emoji count as spaces.
func fold(text string) folded {
	if !ascii(text) {
		text = norm.NFKD.String(text)
	}
	var f folded
	var b strings.Builder
	b.Grow(len(text))
	gap, last := byte(0), rune(0) // the separator before the next word, and of which signs
	for _, r := range text {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		case 'A' <= r && r <= 'Z':
			r += 'a' - 'A'
		case r < utf8.RuneSelf:
			gap, last = f.separate(r, gap), r+last<<8
			continue
		case common(r):
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mc, r):
			gap, last = f.separate(r, gap), r+last<<8
			continue
		default:
			r = unicode.ToLower(r)
		}
		if last == '.' {
			gap = ' ' // example.org
		}
		if gap != 0 && b.Len() > 0 {
			b.WriteByte(gap)
		}
		gap, last = 0, 0
		if r < utf8.RuneSelf || common(r) {
			b.WriteRune(r)
		} else if other, ok := alike[r]; ok {
			b.WriteString(other)
		} else {
			b.WriteRune(r)
		}
	}
	f.text = b.String()
	return f
}

// common reports whether it is one of the letters that stay as they are and that most texts
// outside western Europe consist of: nothing has to be looked up for them.
func common(r rune) bool {
	return 'а' <= r && r <= 'я' || 'ぁ' <= r && r <= 'ゖ' || '一' <= r && r <= '\u9fa5' || '가' <= r && r <= '힣'
}

// separate returns the separator after one more sign.
func (f *folded) separate(r rune, gap byte) byte {
	if r == '?' || r == '؟' {
		f.asked = true
	}
	if gap == '\n' || strings.ContainsRune(breaks, r) {
		return '\n'
	}
	return ' '
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
