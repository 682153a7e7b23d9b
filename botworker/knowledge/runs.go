package knowledge

import (
	"slices"
	"strings"
	"unicode"

	"github.com/parley-chat/parley/botworker/language"
)

// run adds the terms of a run of letters of a script without spaces. What says nothing is
// cut out of it, and what is left is matched with the pages piece by piece: that finds the
// words without a dictionary.
func (s *splitter) run(text string) {
	letters := foldRun(text)
	switch {
	case len(s.out) >= maxTerms:
	case len(letters) == 0:
	case gramSize(letters) == 3:
		for _, piece := range s.without(letters, language.Thai, 4) {
			s.piece(piece)
		}
	case s.japanese(text):
		for _, piece := range s.byScript(text) {
			s.piece(piece)
		}
	default:
		for _, piece := range s.without(letters, language.Chinese, 2) {
			s.piece(piece)
		}
	}
}

// japanese reports whether the run is Japanese: it has kana, or only the pages do.
func (s *splitter) japanese(text string) bool {
	if strings.IndexFunc(text, kana) >= 0 {
		return true
	}
	return slices.Contains(s.languages, language.Japanese) && !slices.Contains(s.languages, language.Chinese)
}

func kana(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) || r == 'ー' }

// partOfWords are letters that say nothing alone and are often part of a word: they are
// cut out only if the pages do not have them beside their neighbors.
const partOfWords = "地得会會用上下中里有到在能要请想给从向对把被让将都太再过着贵于几和与是没"

// without cuts out what says nothing, the longest first. A phrase of fewer than sure
// letters stays if the pages have it grown together with a neighbor.
func (s *splitter) without(letters []rune, code language.Code, sure int) [][]rune {
	var out [][]rune
	from := 0
	for i := 0; i < len(letters); {
		n := language.StopPhrase(code, letters[i:])
		if n == 0 || n < sure && s.grown(letters, i, i+n) {
			i++
			continue
		}
		out = append(out, letters[from:i])
		i += n
		from = i
	}
	return append(out, letters[from:])
}

// grown reports whether the pages have the letters from i to j together with a neighbor.
func (s *splitter) grown(letters []rune, i, j int) bool {
	n := gramSize(letters)
	if n == 2 && (j-i > 1 || !strings.ContainsRune(partOfWords, letters[i])) {
		return false
	}
	for from := max(0, i-n+1); from < j && from+n <= len(letters); from++ {
		if (from < i || from+n > j) && s.ix.grams[string(letters[from:from+n])] != nil {
			return true
		}
	}
	return false
}

// byScript splits Japanese where its script changes. Hiragana is mostly grammar: what says
// nothing is stripped from both ends, and what is left counts from three letters on.
func (s *splitter) byScript(text string) [][]rune {
	class := func(r rune) int {
		switch {
		case unicode.Is(unicode.Hiragana, r):
			return 1
		case unicode.Is(unicode.Katakana, r) || r == 'ー':
			return 2
		}
		return 0
	}
	mixed := func(letters []rune) int {
		n := language.StopPhrase(language.Japanese, letters)
		if n > 1 && slices.ContainsFunc(letters[:n], func(r rune) bool { return class(r) == 0 }) {
			return n // such as 教えて, whose letters lie on both sides of a change
		}
		return 0
	}
	var out [][]rune
	letters := []rune(text)
	for i := 0; i < len(letters); {
		if n := mixed(letters[i:]); n > 0 {
			i += n
			continue
		}
		j := i + 1
		for j < len(letters) && (class(letters[j]) == class(letters[i]) || letters[j] == 'ー') && mixed(letters[j:]) == 0 {
			j++
		}
		piece := letters[i:j]
		switch {
		case class(letters[i]) == 1:
			if piece = stripped(piece); len(piece) < 3 {
				piece = nil
			}
		case language.StopPhrase(language.Japanese, piece) == len(piece):
			piece = nil
		}
		if len(piece) > 0 {
			out = append(out, foldRun(string(piece)))
		}
		i = j
	}
	return out
}

// stripped is a piece of hiragana without what says nothing at its ends.
func stripped(piece []rune) []rune {
	for n := 1; n > 0 && len(piece) > 0; {
		if n = language.StopPhrase(language.Japanese, piece); n > 0 {
			piece = piece[n:]
			continue
		}
		for i := range piece { // the longest first
			if language.StopPhrase(language.Japanese, piece[i:]) == len(piece)-i {
				n, piece = len(piece)-i, piece[:i]
				break
			}
		}
	}
	return piece
}

// mostly is how many tenths of the grams of a word spelled in sounds the pages must have.
const mostly = 5

// known is how many of the grams the pages have.
func (s *splitter) known(grams []string) int {
	n := 0
	for _, g := range grams {
		if s.ix.grams[g] != nil {
			n++
		}
	}
	return n
}

// piece adds the grams that the pages have. A gram that they do not have is left out if its
// letters belong to others: it lies between two words. Letters that belong to none are a
// term of their own, which the pages do not have.
func (s *splitter) piece(letters []rune) {
	n := gramSize(letters)
	if len(letters) < n {
		if len(letters) == 1 && unicode.Is(unicode.Han, letters[0]) {
			s.add(term{text: string(letters), parts: []string{string(letters)}, gram: true})
		}
		return
	}
	covered := make([]bool, len(letters))
	all := grams(letters)
	if 10*s.known(all) < mostly*len(all) && !unicode.Is(unicode.Han, letters[0]) {
		// A word spelled in sounds, such as "bitcoin" in kana, has letters in common with
		// any other.
		lost := clip(string(letters))
		s.add(term{text: lost, parts: []string{lost}, gram: true})
		return
	}
	for i, g := range all {
		if s.ix.grams[g] == nil {
			continue
		}
		s.add(term{text: g, parts: []string{g}, gram: true})
		for k := i; k < i+n; k++ {
			covered[k] = true
		}
	}
	for i := 0; i < len(letters); {
		j := i
		for j < len(letters) && !covered[j] {
			j++
		}
		if j-i >= n-1 && (j-i > 1 || unicode.Is(unicode.Han, letters[i])) {
			lost := clip(string(letters[i:j]))
			s.add(term{text: lost, parts: []string{lost}, gram: true})
		}
		i = j + 1
	}
}

// shortForms calls emit for the usual short form of each compound of two words with two
// Chinese characters each: the first of each word. So 代引 is 代金引換, and 环保 is 环境保护.
func shortForms(run []rune, emit func(string)) {
	for i := 0; i < len(run); {
		n := 0
		for i+n < len(run) && unicode.Is(unicode.Han, run[i+n]) {
			n++
		}
		if n == 4 || n == 6 { // a longer run is a sentence
			for at := i; at+4 <= i+n; at += 2 {
				emit(string([]rune{run[at], run[at+2]}))
			}
		}
		i += max(n, 1)
	}
}
