package language

import (
	"cmp"
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

// tables are the lists in the form in which they are looked up.
type tables struct {
	stopWords map[Code]map[string]bool    // folded
	soft      map[Code]map[string]bool    // folded
	phrases   map[Code]map[rune][][]rune  // by the first letter, longest first
	spoken    map[string]map[Code]float64 // by word, with its accents and without: what it says for a language
}

var known = newTables()

func newTables() tables {
	t := tables{map[Code]map[string]bool{}, map[Code]map[string]bool{}, map[Code]map[rune][][]rune{}, map[string]map[Code]float64{}}
	for code, text := range stopText {
		t.stopWords[code] = map[string]bool{}
		for _, w := range strings.Fields(text) {
			w = Normalize(w)
			t.stopWords[code][Fold(w)] = true
			t.evidence(code, w, 1)
			if f := Fold(w); f != w {
				t.evidence(code, f, 0.5)
			}
		}
	}
	for code, text := range softText {
		t.soft[code] = map[string]bool{}
		for _, w := range strings.Fields(text) {
			t.soft[code][Fold(Normalize(w))] = true
			t.evidence(code, Normalize(w), 0.5)
		}
	}
	for _, of := range t.spoken {
		// A word of many languages says little for any of them.
		share := 0.0
		for _, w := range of {
			share += w
		}
		for code, w := range of {
			of[code] = w / max(1, share) * w
		}
	}
	for code, text := range phraseText {
		t.phrases[code] = map[rune][][]rune{}
		for _, p := range strings.Fields(text) {
			r := []rune(p)
			t.phrases[code][r[0]] = append(t.phrases[code][r[0]], r)
		}
		for _, list := range t.phrases[code] {
			slices.SortFunc(list, func(a, b []rune) int { return cmp.Or(cmp.Compare(len(b), len(a)), slices.Compare(a, b)) })
		}
	}
	return t
}

func (t tables) evidence(code Code, word string, weight float64) {
	if t.spoken[word] == nil {
		t.spoken[word] = map[Code]float64{}
	}
	t.spoken[word][code] = max(weight, t.spoken[word][code])
}

// Stop reports whether a folded word says nothing about the subject in that language.
func Stop(code Code, word string) bool { return known.stopWords[code][word] }

// Soft reports whether a folded word is one of asking that says something only where the
// pages use it, such as "costs".
func Soft(code Code, word string) bool { return known.soft[code][word] }

// StopPhrase returns how many letters at the beginning of the text say nothing about a
// subject in a language that is written without spaces: those of the longest phrase.
func StopPhrase(code Code, text []rune) int {
	if len(text) == 0 {
		return 0
	}
	for _, p := range known.phrases[code][text[0]] {
		if len(p) <= len(text) && slices.Equal(p, text[:len(p)]) {
			return len(p)
		}
	}
	return 0
}

// Compounds reports whether the language writes words together to make one, as German
// does with "Versandkosten".
func Compounds(code Code) bool {
	switch code {
	case German, Dutch, Swedish, Danish, Norwegian, Finnish, Hungarian, Korean:
		return true
	}
	return false
}

// telling are letters that few languages have.
var telling = map[rune][]Code{
	'ß': {German}, 'ä': {German, Swedish, Finnish}, 'ö': {German, Swedish, Finnish, Turkish, Hungarian}, 'ü': {German, Turkish, Hungarian},
	'ñ': {Spanish}, '¿': {Spanish}, '¡': {Spanish}, 'ã': {Portuguese}, 'õ': {Portuguese}, 'œ': {French}, 'ê': {French, Portuguese, Vietnamese}, 'û': {French}, 'î': {French, Romanian},
	'è': {French, Italian}, 'ù': {French, Italian}, 'ò': {Italian}, 'ì': {Italian},
	'ł': {Polish}, 'ż': {Polish}, 'ś': {Polish}, 'ź': {Polish}, 'ć': {Polish}, 'ń': {Polish}, 'ą': {Polish}, 'ę': {Polish},
	'ř': {Czech}, 'ě': {Czech}, 'ů': {Czech}, 'š': {Czech}, 'č': {Czech}, 'ž': {Czech},
	'å': {Swedish, Danish, Norwegian}, 'ø': {Danish, Norwegian}, 'æ': {Danish, Norwegian},
	'ğ': {Turkish}, 'ı': {Turkish}, 'ş': {Turkish}, 'ő': {Hungarian}, 'ű': {Hungarian}, 'ă': {Romanian, Vietnamese}, 'ț': {Romanian}, 'ș': {Romanian},
	'ơ': {Vietnamese}, 'ư': {Vietnamese}, 'đ': {Vietnamese}, 'ế': {Vietnamese}, 'ề': {Vietnamese}, 'ạ': {Vietnamese}, 'ả': {Vietnamese}, 'ộ': {Vietnamese},
	'ы': {Russian}, 'э': {Russian}, 'ё': {Russian}, 'ъ': {Russian}, 'і': {Ukrainian}, 'ї': {Ukrainian}, 'є': {Ukrainian}, 'ґ': {Ukrainian},
	'پ': {Persian}, 'چ': {Persian}, 'ژ': {Persian}, 'گ': {Persian}, 'ی': {Persian}, 'ک': {Persian}, 'ة': {Arabic}, 'ى': {Arabic}, 'أ': {Arabic}, 'إ': {Arabic}, 'ي': {Arabic}, 'ك': {Arabic},
}

// Count is how much of a text is in which language.
type Count struct {
	weights map[Code]float64
	words   float64
}

// maxRead bounds, in bytes, how much of one text is read to recognize its language.
const maxRead = 16 << 10

// Add counts a text. What is beyond its first 16 KiB is not read.
func (c *Count) Add(text string) {
	if len(text) > maxRead {
		text = text[:maxRead]
	}
	if c.weights == nil {
		c.weights = map[Code]float64{}
	}
	text = Normalize(text)
	kana := strings.IndexFunc(text, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) }) >= 0
	for _, word := range strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\'' && r != '¿' && r != '¡'
	}) {
		word = strings.Trim(word, "'")
		c.words++
		for code, w := range known.spoken[word] {
			c.weights[code] += w
		}
		told := map[Code]bool{}
		for _, r := range word {
			if r < utf8.RuneSelf {
				continue
			}
			for _, code := range telling[r] {
				if !told[code] {
					told[code] = true
					c.weights[code] += 0.8 / float64(len(telling[r]))
				}
			}
			if code := script(r, kana); code != "" && !told[code] && (scriptWeight(code) == 1 || known.spoken[word] == nil) {
				told[code] = true
				c.weights[code] += scriptWeight(code)
			}
		}
	}
}

// Merge adds what another count has.
func (c *Count) Merge(other Count) {
	if c.weights == nil {
		c.weights = map[Code]float64{}
	}
	c.words += other.words
	for code, w := range other.weights {
		c.weights[code] += w
	}
}

// script returns the language that a script stands for, if hardly another is written in it.
func script(r rune, kana bool) Code {
	switch {
	case unicode.In(r, unicode.Hiragana, unicode.Katakana):
		return Japanese
	case unicode.Is(unicode.Han, r) && kana:
		return Japanese
	case unicode.Is(unicode.Han, r):
		return Chinese
	case unicode.Is(unicode.Hangul, r):
		return Korean
	case unicode.Is(unicode.Thai, r):
		return Thai
	case unicode.Is(unicode.Hebrew, r):
		return Hebrew
	case unicode.Is(unicode.Devanagari, r):
		return Hindi
	case unicode.Is(unicode.Arabic, r):
		return Arabic
	case unicode.Is(unicode.Cyrillic, r):
		return Russian
	}
	return ""
}

// scriptWeight is what a word in a script says for the language. Several languages are
// written in Arabic and Cyrillic letters: their own words and letters outweigh it.
func scriptWeight(code Code) float64 {
	switch code {
	case Arabic, Russian:
		return 0.35
	}
	return 1
}

// Best returns the language that most of the text is in, or "" if that is unclear.
func (c *Count) Best() Code {
	best, first, second := Code(""), 0.0, 0.0
	for code, w := range c.weights {
		switch {
		case w > first || w == first && code < best:
			best, first, second = code, w, first
		case w > second:
			second = w
		}
	}
	if best == Norwegian && c.weights[Danish] == first {
		best = Danish
	}
	if best == Danish && second == c.weights[Norwegian] {
		second = 0 // what is written alike in both is read in both
	}
	if first < 0.7 || first < 1.15*second || first < 0.12*c.words {
		return ""
	}
	return best
}

// Present returns the languages that a good part of the text is in, sorted.
func (c *Count) Present() []Code {
	most := 0.0
	for _, w := range c.weights {
		most = max(most, w)
	}
	var out []Code
	for code, w := range c.weights {
		if w >= 0.7 && (w == most || w >= 3 && w >= 0.35*most) {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// Sure is Of for a text of several words that leaves no doubt, or "".
func Sure(text string) Code {
	var c Count
	c.Add(text)
	if best := c.Best(); c.words >= 2 && c.weights[best] >= 1.5 {
		return best
	}
	return ""
}

// Of returns the language of a text, or "" if it is unclear: a single name, a text in two
// languages, a language that is not known.
func Of(text string) Code {
	var c Count
	c.Add(text)
	return c.Best()
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
