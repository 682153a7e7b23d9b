package language

import (
	"cmp"
	"slices"
	"strings"
	"sync"
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
