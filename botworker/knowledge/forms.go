package knowledge

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/parley-chat/parley/botworker/language"
)

// vocabulary is the words of the pages, each as it is written there but normalized, and how
// to find those that are forms of a word of a question. It is filled once and then only
// read.
type vocabulary struct {
	languages []language.Code
	joins     bool // one of the languages makes one word of several
	forms     []string
	number    map[string]int32
	folded    map[string][]int32 // by the folded word
	stems     map[string][]int32 // by language and stem
	typed     map[string][]int32 // by the folded word without what stands for an umlaut

	// For compounds: folded words and stems in the order of their beginnings and, turned
	// around, of their ends.
	begins, ends []end
}

// particles begin many words that have nothing else in common: "Rücksendung" and
// "Rückseite", "überweisen" and "Übernachtung".
var particles = setOf("ruck uber unter nach hinter wieder gegen zusammen zwischen mitte ober vorder over onder terug tegen achter under efter fram till upp mellom mellan etter tilbage yhteis")

// end is a word, or its stem, at which a compound may begin or end.
type end struct {
	text string
	form int32
}

func newVocabulary() *vocabulary {
	return &vocabulary{number: map[string]int32{}, folded: map[string][]int32{}, stems: map[string][]int32{}, typed: map[string][]int32{}}
}

func (v *vocabulary) add(word string) int32 {
	n, ok := v.number[word]
	if !ok {
		n = int32(len(v.forms))
		v.number[word] = n
		v.forms = append(v.forms, word)
	}
	return n
}

// finish makes the lists by which forms are found, for the languages of the pages.
func (v *vocabulary) finish(languages []language.Code) {
	v.languages = languages
	v.joins = slices.ContainsFunc(languages, language.Compounds)
	for n, word := range v.forms {
		n, f := int32(n), language.Fold(word)
		v.folded[f] = append(v.folded[f], n)
		if u := umlauts.Replace(f); u != f {
			v.typed[u] = append(v.typed[u], n)
		}
		v.begins = append(v.begins, end{f, n})
		if v.joins {
			v.ends = append(v.ends, end{turned(f), n})
		}
		for _, code := range languages {
			if !language.Written(code, word) {
				continue
			}
			for _, s := range language.Stems(code, word) {
				key := string(code) + ":" + s
				v.stems[key] = append(v.stems[key], n)
				if language.Compounds(code) && s != f {
					v.ends = append(v.ends, end{turned(s), n})
				}
			}
		}
	}
	for _, list := range [][]end{v.begins, v.ends} {
		slices.SortFunc(list, func(a, b end) int {
			if c := strings.Compare(a.text, b.text); c != 0 {
				return c
			}
			return int(a.form - b.form)
		})
	}
}

func turned(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

// of returns the forms of a normalized word, ascending.
func (v *vocabulary) of(word string) []int32 {
	out := slices.Clone(v.folded[language.Fold(word)])
	for _, code := range v.languages {
		if language.Written(code, word) {
			for _, s := range language.Stems(code, word) {
				out = append(out, v.stems[string(code)+":"+s]...)
			}
		}
	}
	return distinct(out)
}

// known reports whether there is a form of a normalized word.
func (v *vocabulary) known(word string) bool {
	if len(v.folded[language.Fold(word)]) > 0 {
		return true
	}
	for _, code := range v.languages {
		if language.Written(code, word) {
			for _, s := range language.Stems(code, word) {
				if len(v.stems[string(code)+":"+s]) > 0 {
					return true
				}
			}
		}
	}
	return false
}

// inOtherLetters returns the forms of a word with "ae" for "ä" and the like, on either
// side, and compounds with it.
func (v *vocabulary) inOtherLetters(word string) (forms, compounds []int32) {
	f := language.Fold(word)
	u := umlauts.Replace(f)
	forms = slices.Clone(v.typed[u])
	if u != f {
		forms = append(forms, v.of(u)...)
		compounds = v.compounds(u)
	}
	return distinct(forms), compounds
}

func distinct(list []int32) []int32 {
	slices.Sort(list)
	return slices.Compact(list)
}

// Limits of what counts as a part of a compound, in letters.
const (
	maxCompounds = 200 // compounds with one word
	sureBase     = 5   // from here on a word may be a part of any longer one
	leastBase    = 4   // below, of none
	leastRest    = 3   // what must be left beside it
	sureRest     = 5   // what must be left beside a short one, at its end
)

// compounds returns the words of the pages that begin or end with the word, where the
// language makes one word of several.
func (v *vocabulary) compounds(word string) []int32 {
	if !v.joins {
		return nil
	}
	var out []int32
	for _, base := range v.bases(word) {
		if particles[base] {
			continue
		}
		hangul := language.Written(language.Korean, base)
		letters := utf8.RuneCountInString(base)
		if !hangul && letters < leastBase || hangul && letters < 2 {
			continue
		}
		accept := func(e end, rest string, begins bool) {
			left := utf8.RuneCountInString(rest)
			if hangul && left > 0 || !hangul && left >= leastRest && (letters >= sureBase || begins && left >= sureRest || v.has(rest)) {
				out = append(out, e.form)
			}
		}
		for _, e := range with(v.begins, base) {
			accept(e, e.text[len(base):], true)
		}
		back := turned(base)
		for _, e := range with(v.ends, back) {
			accept(e, turned(e.text[len(back):]), false)
		}
	}
	return distinct(out)
}

// bases are the word and its stems in languages with compounds, folded.
func (v *vocabulary) bases(word string) []string {
	out := []string{language.Fold(word)}
	for _, code := range v.languages {
		if language.Compounds(code) && language.Written(code, word) {
			for _, s := range language.Stems(code, word) {
				if !slices.Contains(out, s) {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// with returns the entries that begin with the text, at most maxCompounds.
func with(list []end, text string) []end {
	from, _ := slices.BinarySearchFunc(list, text, func(e end, text string) int { return strings.Compare(e.text, text) })
	to := from
	for to < len(list) && to-from < maxCompounds && strings.HasPrefix(list[to].text, text) {
		to++
	}
	return list[from:to]
}

// linking are letters between the parts of a compound that belong to neither.
var linking = []string{"", "s", "es", "n", "en", "e", "er"}

// has reports whether what is left of a compound is a word of the pages, too.
func (v *vocabulary) has(part string) bool {
	if utf8.RuneCountInString(part) < 3 && !language.Written(language.Korean, part) {
		return false
	}
	for _, l := range linking {
		if rest, ok := strings.CutSuffix(part, l); ok && utf8.RuneCountInString(rest) >= 2 && v.known(rest) {
			return true
		}
	}
	return false
}

// parts splits a compound that the pages do not have into two words that they have. If they
// have only one, that is the first, and the second is empty: the longest such word. Both
// are empty if they have none.
func (v *vocabulary) parts(word string) (first, second string) {
	if !v.joins {
		return "", ""
	}
	letters := []rune(language.Fold(word))
	least, sure := leastBase, sureBase
	if language.Written(language.Korean, word) {
		least, sure = 2, 2
	}
	in := func(part string) bool {
		return v.known(part) || utf8.RuneCountInString(part) > sure && len(v.compounds(part)) > 0
	}
	only := func(part string) {
		if n := utf8.RuneCountInString(part); n >= sure && n > utf8.RuneCountInString(first) && 5*n >= 2*len(letters) {
			first = part
		}
	}
	for i := len(letters) - least; i >= least; i-- {
		left, right := string(letters[:i]), string(letters[i:])
		ends := in(right)
		for _, l := range linking {
			base, ok := strings.CutSuffix(left, l)
			if !ok || utf8.RuneCountInString(base) < least || !in(base) {
				continue
			}
			if ends {
				return base, right
			}
			only(base)
			break
		}
		if ends {
			only(right)
		}
	}
	return first, ""
}

// akin returns the forms whose stem begins as the word's does, for languages with more
// endings than a stemmer knows. English is not among them.
func (v *vocabulary) akin(word string) []int32 {
	var out []int32
	for _, code := range v.languages {
		if code == language.English || !language.Written(code, word) {
			continue
		}
		stem := []rune(shortest(language.Stems(code, word)))
		if len(stem) < leastBase {
			continue
		}
		for _, e := range with(v.begins, string(stem[:leastBase])) {
			other := []rune(shortest(language.Stems(code, v.forms[e.form])))
			n := common(stem, other)
			whole := n == len(stem) && len(other) >= n+leastRest && code != language.Korean && !language.Latin(code) // "брон" of "бронирование"
			if whole || n >= sureBase && 10*n >= 7*min(len(stem), len(other)) && 2*n >= max(len(stem), len(other)) || n >= leastBase && 10*n >= 8*max(len(stem), len(other)) {
				out = append(out, e.form)
			}
		}
	}
	return distinct(out)
}

func shortest(list []string) string {
	best := ""
	for i, s := range list {
		if i == 0 || len(s) < len(best) {
			best = s
		}
	}
	return best
}

func common(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
