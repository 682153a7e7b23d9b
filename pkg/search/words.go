package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Word is a word of a text as it is compared: in lower case and without accents. Start and End
// are where it stands in the text, in bytes.
type Word struct {
	Text       string
	Start, End int
}

// maxWord is how many characters of a word count. What is longer is a key or a picture in letters.
const maxWord = 64

// spaceless are the scripts that are written without spaces between words. A run of them is cut
// into overlapping pairs of characters, and its last character: so two characters are found wherever
// they stand, and so is one, as the beginning of a pair.
var spaceless = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan}

// pointed are the scripts whose vowel points and accents are left out. Elsewhere, as in Hindi or
// Thai, a mark is a letter like others.
var pointed = []*unicode.RangeTable{unicode.Inherited, unicode.Hebrew, unicode.Arabic}

// Words cuts a text into words.
func Words(text string) []Word {
	c := cutter{words: make([]Word, 0, len(text)/6+1)}
	for i, r := range text {
		c.add(r, i, i+utf8.RuneLen(max(r, 0)))
	}
	c.end(len(text))
	return c.words
}

// cutter is a text that is being cut.
type cutter struct {
	words []Word
	word  strings.Builder
	count int // characters of word
	start int
	run   []char // of a script without spaces
}

type char struct {
	text       string
	start, end int
}

func (c *cutter) add(r rune, start, end int) {
	switch {
	case r < utf8.RuneSelf:
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
		case 'A' <= r && r <= 'Z':
			r += 'a' - 'A'
		default:
			c.end(start)
			return
		}
		c.endRun()
		c.letter(string(r), start)
	case unicode.In(r, spaceless...) && !unicode.Is(unicode.P, r):
		c.endWord(start)
		c.run = append(c.run, char{string(r), start, end})
	case unicode.IsMark(r) && unicode.In(r, pointed...), r == '\u200d', r == '\u200c', r == '\u00ad':
		// An accent, and what joins or parts letters without being one.
	case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
		c.endRun()
		if text := fold(r); text != "" {
			c.letter(text, start)
		}
	default:
		c.end(start)
	}
}

func (c *cutter) letter(text string, start int) {
	if c.word.Len() == 0 {
		c.start, c.count = start, 0
	}
	if c.count++; c.count <= maxWord {
		c.word.WriteString(text)
	}
}

func (c *cutter) end(at int) {
	c.endWord(at)
	c.endRun()
}

func (c *cutter) endWord(at int) {
	if c.word.Len() > 0 {
		c.words = append(c.words, Word{c.word.String(), c.start, at})
		c.word.Reset()
	}
}

func (c *cutter) endRun() {
	for i, ch := range c.run {
		text, end := ch.text, ch.end
		if i+1 < len(c.run) {
			text, end = text+c.run[i+1].text, c.run[i+1].end
		}
		c.words = append(c.words, Word{text, ch.start, end})
	}
	c.run = c.run[:0]
}

// fold returns the character as it is compared.
func fold(r rune) string {
	switch r {
	case 'ß', 'ẞ':
		return "ss"
	case 'ς':
		return "σ"
	case 'ı', 'İ':
		return "i"
	case 'ø', 'Ø':
		return "o"
	case 'ł', 'Ł':
		return "l"
	case 'đ', 'Đ':
		return "d"
	case 'æ', 'Æ':
		return "ae"
	case 'œ', 'Œ':
		return "oe"
	}
	var b strings.Builder
	for _, part := range norm.NFKD.String(string(r)) {
		if unicode.IsMark(part) && unicode.In(part, pointed...) {
			continue
		}
		for _, low := range strings.ToLower(string(part)) {
			if unicode.IsLetter(low) || unicode.IsNumber(low) || unicode.IsMark(low) {
				b.WriteRune(low)
			}
		}
	}
	return b.String()
}

// Joined returns the words with a space between them.
func Joined(words []Word) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.Text)
	}
	return b.String()
}
