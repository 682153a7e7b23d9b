package knowledge

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// words is the vocabulary of the pages, for correcting mistyped words. It is filled once
// and then only read.
type words struct {
	count map[string]int
	alike map[shape][]string // in the order of the pages, so that guesses are deterministic
	tails map[string]string  // long words by what follows their first letter
}

// shape separates words that no guess would confuse: the first letter is seldom mistyped,
// and the length is nearly right.
type shape struct {
	first  rune
	length int
}

func newWords() words {
	return words{count: map[string]int{}, alike: map[shape][]string{}, tails: map[string]string{}}
}

// add counts a folded word that the pages have that often.
func (w *words) add(word string, times int) {
	n := utf8.RuneCountInString(word)
	if n < 3 || n > maxTerm || stopWords[word] || strings.IndexFunc(word, unicode.IsDigit) >= 0 {
		return
	}
	if w.count[word] == 0 {
		first, size := utf8.DecodeRuneInString(word)
		if tail := word[size:]; n >= longWord && w.tails[tail] == "" {
			w.tails[tail] = word
		}
		w.alike[shape{first, n}] = append(w.alike[shape{first, n}], word)
	}
	w.count[word] += times
}

// guess returns the word of the pages that is closest to a mistyped one, or "" if none is
// close enough. Short words are not guessed: too many are alike.
func (w *words) guess(typed string) string {
	letters := []rune(typed)
	reach := 0
	switch {
	case len(letters) >= 8:
		reach = 2
	case len(letters) >= 5:
		reach = 1
	}
	best, bestAway := "", reach+1
	for n := len(letters) - reach; n <= len(letters)+reach && reach > 0; n++ {
		for _, word := range w.alike[shape{letters[0], n}] {
			away := distance(letters, []rune(word), min(bestAway, reach))
			if away < bestAway || (away == bestAway && away <= reach && (w.count[word] > w.count[best] || w.count[word] == w.count[best] && word < best)) {
				best, bestAway = word, away
			}
		}
	}
	if best == "" && len(letters) >= longWord {
		return w.otherwiseBegun(typed)
	}
	return best
}

// longWord is how many letters a word must have for its first to be forgiven.
const longWord = 7

// otherwiseBegun returns the word whose first letter was mistyped, left out or doubled.
func (w *words) otherwiseBegun(typed string) string {
	_, size := utf8.DecodeRuneInString(typed)
	switch rest := typed[size:]; {
	case w.tails[rest] != "":
		return w.tails[rest]
	case w.tails[typed] != "":
		return w.tails[typed]
	case w.count[rest] > 0:
		return rest
	}
	return ""
}

// distance is the number of insertions, deletions, replacements and swaps of neighboring
// letters from a to b. Beyond limit it may return any larger number.
func distance(a, b []rune, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
