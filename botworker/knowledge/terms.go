package knowledge

import (
	"strings"
	"unicode"
)

// Limits of one query.
const (
	maxQuery = 4000 // characters
	maxTerms = 32   // different terms
	maxTerm  = 64   // characters of one term
)

// term is a word of the query, or words written as one ("apt-get"), or two letters of a
// script without spaces.
type term struct {
	text  string // lower case
	parts []string
}

// terms splits a query: lowercase, without stop words, each once, in order. The result has
// letters, digits and marks only, so nothing that a visitor types is ever interpreted as
// query syntax.
func terms(query string) []term {
	var out []term
	seen := map[string]bool{}
	add := func(text string, parts []string) {
		if len(out) < maxTerms && !seen[text] {
			seen[text] = true
			out = append(out, term{text: text, parts: parts})
		}
	}
	query = strings.ToLower(strings.ToValidUTF8(query[:offset(query, maxQuery)], " "))
	query = alike(strings.NewReplacer("’", "'", "‘", "'", "ʼ", "'").Replace(query))
	for _, chunk := range strings.FieldsFunc(query, func(r rune) bool { return !inTerm(r) }) {
		chunk = strings.Trim(chunk, "-_./'+:@")
		if i := strings.IndexByte(chunk, '\''); i >= 0 && (stopWords[chunk] || len(chunk)-i <= 3) {
			if stopWords[chunk] {
				continue
			}
			chunk = chunk[:i] // the 's of a genitive
		}
		var words []string
		for _, w := range strings.FieldsFunc(chunk, func(r rune) bool { return !wordRune(r) }) {
			words = append(words, runs(w)...)
		}
		switch {
		case len(words) == 0:
		case len(words) == 1 || len(words) > 4:
			for _, w := range words {
				if !stopWords[w] {
					add(clip(w), []string{clip(w)})
				}
			}
		case allSpread(words):
			for _, w := range words {
				add(clip(w), strings.Fields(spread(clip(w))))
			}
		default:
			for i := range words {
				words[i] = clip(words[i])
			}
			add(strings.Join(words, " "), words)
		}
	}
	return out
}

// runs splits a word where its script changes to or from one without spaces; such a run
// becomes its pairs of letters.
func runs(word string) []string {
	if strings.IndexFunc(word, unspaced) < 0 {
		return []string{word}
	}
	var out []string
	letters := []rune(word)
	for i := 0; i < len(letters); {
		j := i
		for j < len(letters) && unspaced(letters[j]) == unspaced(letters[i]) {
			j++
		}
		if !unspaced(letters[i]) || j-i == 1 {
			out = append(out, string(letters[i:j]))
		} else {
			for k := i; k+1 < j; k++ {
				out = append(out, string(letters[k:k+2]))
			}
		}
		i = j
	}
	return out
}

func allSpread(words []string) bool {
	for _, w := range words {
		if strings.IndexFunc(w, unspaced) >= 0 {
			return true
		}
	}
	return false
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// inTerm also accepts characters that may be inside a term: "apt-get", "don't".
func inTerm(r rune) bool { return wordRune(r) || strings.ContainsRune("-_./'+:@", r) }

func clip(s string) string { return s[:offset(s, maxTerm)] }

// match is the term as an FTS5 string: a phrase if it has several words. It has no quotes,
// since a term has letters, digits and marks only.
func (t term) match() string {
	return `"` + spread(strings.Join(t.parts, " ")) + `"`
}
