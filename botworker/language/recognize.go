package language

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Code is a language's ISO 639-1 code, or "" for one that is not known.
type Code string

// The languages whose words are known here.
const (
	English    Code = "en"
	German     Code = "de"
	French     Code = "fr"
	Spanish    Code = "es"
	Italian    Code = "it"
	Portuguese Code = "pt"
	Dutch      Code = "nl"
	Polish     Code = "pl"
	Czech      Code = "cs"
	Swedish    Code = "sv"
	Danish     Code = "da"
	Norwegian  Code = "no"
	Finnish    Code = "fi"
	Turkish    Code = "tr"
	Hungarian  Code = "hu"
	Romanian   Code = "ro"
	Russian    Code = "ru"
	Ukrainian  Code = "uk"
	Arabic     Code = "ar"
	Persian    Code = "fa"
	Hebrew     Code = "he"
	Hindi      Code = "hi"
	Vietnamese Code = "vi"
	Korean     Code = "ko"
	Chinese    Code = "zh"
	Japanese   Code = "ja"
	Thai       Code = "th"
)

// Count is how much of a text is in which language.
type Count struct {
	weights [allCodes]float64 // by number
	words   float64
}

// maxRead bounds, in bytes, how much of one text is read to recognize its language.
const maxRead = 16 << 10

// Add counts a text. What is beyond its first 16 KiB is not read.
func (c *Count) Add(text string) {
	if len(text) > maxRead {
		text = text[:maxRead]
	}
	text = Normalize(text)
	kana := strings.IndexFunc(text, isKana) >= 0
	for from := 0; from < len(text); {
		r, size := utf8.DecodeRuneInString(text[from:])
		if !inWord(r) {
			from += size
			continue
		}
		end := from + size
		for end < len(text) {
			r, size := utf8.DecodeRuneInString(text[end:])
			if !inWord(r) {
				break
			}
			end += size
		}
		c.word(strings.Trim(text[from:end], "'"), kana)
		from = end
	}
}

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || r == '\'' || 'A' <= r && r <= 'Z'
	}
	return common(r) || unicode.IsLetter(r) || unicode.IsMark(r) || r == '¿' || r == '¡'
}

// word counts a word; kana says that the text has kana.
func (c *Count) word(word string, kana bool) {
	c.words++
	spoken := known().spoken[word]
	for _, e := range spoken {
		c.weights[e.of] += e.weight
	}
	told := uint32(0) // the languages that a letter of the word has spoken for
	for _, r := range word {
		if r < utf8.RuneSelf {
			continue
		}
		for _, e := range known().telling[r] {
			if told&(1<<e.of) == 0 {
				told |= 1 << e.of
				c.weights[e.of] += e.weight
			}
		}
		if n := script(r, kana); n != none && told&(1<<n) == 0 && (scriptWeight(n) == 1 || spoken == nil) {
			told |= 1 << n
			c.weights[n] += scriptWeight(n)
		}
	}
}

// Merge adds what another count has.
func (c *Count) Merge(other Count) {
	c.words += other.words
	for n, w := range other.weights {
		c.weights[n] += w
	}
}

// isKana reports whether the letter is one of the two alphabets of Japanese.
func isKana(r rune) bool {
	return r >= 0x3041 && unicode.In(r, unicode.Hiragana, unicode.Katakana)
}

// The numbers of the languages that a script stands for.
var (
	arabicNumber, hebrewNumber, hindiNumber, russianNumber  = numberOf(Arabic), numberOf(Hebrew), numberOf(Hindi), numberOf(Russian)
	chineseNumber, japaneseNumber, koreanNumber, thaiNumber = numberOf(Chinese), numberOf(Japanese), numberOf(Korean), numberOf(Thai)
)

// none is the number of no language.
const none = number(allCodes)

// script returns the language that a script stands for, if hardly another is written in it.
func script(r rune, kana bool) number {
	switch {
	case r < 0x400: // Latin and Greek, which most texts are in
		return none
	case unicode.Is(unicode.Cyrillic, r):
		return russianNumber
	case unicode.Is(unicode.Arabic, r):
		return arabicNumber
	case unicode.Is(unicode.Hebrew, r):
		return hebrewNumber
	case unicode.Is(unicode.Devanagari, r):
		return hindiNumber
	case unicode.Is(unicode.Thai, r):
		return thaiNumber
	case unicode.Is(unicode.Hangul, r):
		return koreanNumber
	case isKana(r):
		return japaneseNumber
	case unicode.Is(unicode.Han, r) && kana:
		return japaneseNumber
	case unicode.Is(unicode.Han, r):
		return chineseNumber
	}
	return none
}

// scriptWeight is what a word in a script says for the language. Several languages are
// written in Arabic and Cyrillic letters: their own words and letters outweigh it.
func scriptWeight(of number) float64 {
	switch of {
	case arabicNumber, russianNumber:
		return 0.35
	}
	return 1
}

// Best returns the language that most of the text is in, or "" if that is unclear.
func (c *Count) Best() Code {
	best, first, second := Code(""), 0.0, 0.0
	for n, w := range c.weights {
		switch {
		case w > first:
			best, first, second = codes[n], w, first
		case w > second:
			second = w
		}
	}
	norwegian := c.weights[norwegianNumber]
	if best == Norwegian && c.weights[danishNumber] == first {
		best = Danish
	}
	if best == Danish && second == norwegian {
		second = 0 // what is written alike in both is read in both
	}
	if first < 0.7 || first < 1.15*second || first < presentShare*c.words {
		return ""
	}
	return best
}

var danishNumber, norwegianNumber = numberOf(Danish), numberOf(Norwegian)

// presentShare is the part of a text's words that speak for a language which it is in: in a
// table of plans and prices, one word that is common in Czech says nothing.
const presentShare = 0.12

// Present returns the languages that a good part of the text is in, sorted.
func (c *Count) Present() []Code {
	most := slices.Max(c.weights[:])
	var out []Code
	for n, w := range c.weights {
		if w >= 0.7 && w >= presentShare*c.words && (w == most || w >= 3 && w >= 0.35*most) {
			out = append(out, codes[n])
		}
	}
	return out
}

// Sure is Of for a text of several words that leaves no doubt, or "".
func Sure(text string) Code {
	sure, _ := Read(text)
	return sure
}

// Of returns the language of a text, or "" if it is unclear: a single name, a text in two
// languages, a language that is not known.
func Of(text string) Code {
	_, likely := Read(text)
	return likely
}

// Read returns both, Sure and Of, having read the text once.
func Read(text string) (sure, likely Code) {
	var c Count
	c.Add(text)
	likely = c.Best()
	if likely != "" && c.words >= 2 && c.weights[numberOf(likely)] >= 1.5 {
		sure = likely
	}
	return sure, likely
}

// Written reports whether the language is written in the script of the word, so that its
// stemmer may be applied to it.
func Written(code Code, word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	switch code {
	case Russian, Ukrainian:
		return unicode.Is(unicode.Cyrillic, r)
	case Arabic, Persian:
		return unicode.Is(unicode.Arabic, r)
	case Hebrew:
		return unicode.Is(unicode.Hebrew, r)
	case Hindi:
		return unicode.Is(unicode.Devanagari, r)
	case Korean:
		return unicode.Is(unicode.Hangul, r)
	case Chinese, Japanese, Thai:
		return Unspaced(r)
	}
	return unicode.Is(unicode.Latin, r)
}

// Latin reports whether the language is written in Latin letters, which so many are that a
// word or two do not tell which.
func Latin(code Code) bool {
	switch code {
	case Russian, Ukrainian, Arabic, Persian, Hebrew, Hindi, Korean, Chinese, Japanese, Thai:
		return false
	}
	return code != ""
}
