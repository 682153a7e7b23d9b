package language

import (
	"cmp"
	"slices"
	"strings"
	"sync"
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
	stopWords map[Code]map[string]bool   // folded
	soft      map[Code]map[string]bool   // folded
	phrases   map[Code]map[rune][][]rune // by the first letter, longest first
	spoken    map[string][]evidence      // by word, with its accents and without: what it says for which languages
	telling   map[rune][]evidence        // by letter
}

// evidence is what a word or a letter says for a language.
type evidence struct {
	of     number
	weight float64
}

// number is a language's place in codes. Counting by it needs no map.
type number uint8

// codes are all languages, sorted.
var codes = []Code{
	Arabic, Czech, Danish, German, English, Spanish, Persian, Finnish, French, Hebrew, Hindi, Hungarian, Italian, Japanese, Korean,
	Dutch, Norwegian, Polish, Portuguese, Romanian, Russian, Swedish, Thai, Turkish, Ukrainian, Vietnamese, Chinese,
}

const allCodes = 27

func numberOf(code Code) number {
	i, ok := slices.BinarySearch(codes, code)
	if !ok {
		panic("language " + string(code) + " is not in the list")
	}
	return number(i)
}

// known is made when it is first needed: not every process needs it, and no start waits.
var known = sync.OnceValue(newTables)

func newTables() tables {
	t := tables{map[Code]map[string]bool{}, map[Code]map[string]bool{}, map[Code]map[rune][][]rune{}, map[string][]evidence{}, map[rune][]evidence{}}
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
		for _, e := range of {
			share += e.weight
		}
		for i, e := range of {
			of[i].weight = e.weight / max(1, share) * e.weight
		}
	}
	for letter, of := range telling {
		for _, code := range of {
			t.telling[letter] = append(t.telling[letter], evidence{numberOf(code), 0.8 / float64(len(of))})
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
	n := numberOf(code)
	for i, e := range t.spoken[word] {
		if e.of == n {
			t.spoken[word][i].weight = max(weight, e.weight)
			return
		}
	}
	t.spoken[word] = append(t.spoken[word], evidence{n, weight})
}

// Stop reports whether a folded word says nothing about the subject in that language.
func Stop(code Code, word string) bool { return known().stopWords[code][word] }

// Soft reports whether a folded word is one of asking that says something only where the
// pages use it, such as "costs".
func Soft(code Code, word string) bool { return known().soft[code][word] }

// StopPhrase returns how many letters at the beginning of the text say nothing about a
// subject in a language that is written without spaces: those of the longest phrase.
func StopPhrase(code Code, text []rune) int {
	if len(text) == 0 {
		return 0
	}
	for _, p := range known().phrases[code][text[0]] {
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
	if first < 0.7 || first < 1.15*second || first < 0.12*c.words {
		return ""
	}
	return best
}

var danishNumber, norwegianNumber = numberOf(Danish), numberOf(Norwegian)

// Present returns the languages that a good part of the text is in, sorted.
func (c *Count) Present() []Code {
	most := slices.Max(c.weights[:])
	var out []Code
	for n, w := range c.weights {
		if w >= 0.7 && (w == most || w >= 3 && w >= 0.35*most) {
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
