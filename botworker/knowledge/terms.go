package knowledge

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-chat/parley/botworker/language"
)

// Limits of one query.
const (
	maxQuery = 4000 // characters
	maxTerms = 32   // different terms
	maxTerm  = 64   // characters of one word
)

// term is a word of the query, or words written as one ("apt-get"), or a piece of a run of
// letters without spaces.
type term struct {
	text  string // normalized
	parts []string
	gram  bool
	// soft is a term that counts only where the pages have it: the form of a verb that
	// says little.
	soft bool
	chat bool // a word of everyday talk
	// degree is a word that asks with "how", as in "how long".
	degree bool
}

func wordTerm(word string) term { return term{text: word, parts: []string{word}} }

// digits reports whether the term is made of numbers only: a date, a version.
func (t term) digits() bool {
	return strings.IndexFunc(t.text, func(r rune) bool { return (r < '0' || r > '9') && r != ' ' }) < 0
}

// terms splits a query: normalized, without words that say nothing, each once, in order.
// The result has letters, digits and marks only, so nothing that a visitor types is ever
// interpreted as query syntax.
func (ix *Index) terms(query string) []term {
	query = alike(language.Normalize(query[:offset(query, maxQuery)]))
	s := splitter{ix: ix, seen: map[string]bool{}, languages: ix.words.languages}
	asked := language.Sure(query)
	s.languages = spokenIn(query, s.languages, asked)
	query, s.hints = ix.thesaurus.unified(query, ix.keyOf)
	if asked != "" && !slices.Contains(s.languages, asked) {
		s.languages = append(slices.Clone(s.languages), asked)
	}
	for _, chunk := range strings.FieldsFunc(query, func(r rune) bool { return !inTerm(r) }) {
		if len(s.out) >= maxTerms {
			break
		}
		s.chunk(strings.Trim(chunk, "-_./'+:@"))
	}
	s.flush()
	if word := strings.TrimFunc(query, func(r rune) bool { return !wordRune(r) }); len(s.out) == 0 && !stopWords[word] && len(ix.words.folded[language.Fold(word)]) > 0 {
		s.add(wordTerm(clip(word))) // a hat, on pages that are in German, too
	}
	return s.out
}

// spokenIn returns the languages without those that a query is not in: it has English words
// that say nothing, no fewer than such words of that language only. So "pro" is a word of
// "the price of pro" on pages that are in Czech, too.
func spokenIn(query string, languages []language.Code, asked language.Code) []language.Code {
	if len(languages) == 1 {
		return languages
	}
	out := languages
	for _, code := range languages {
		if code == language.English || code == asked {
			continue
		}
		english, own := 0, 0
		for word := range strings.FieldsFuncSeq(query, func(r rune) bool { return !wordRune(r) && r != '\'' }) {
			switch stop := language.Stop(code, language.Fold(word)); {
			case stop && !stopWords[word]:
				own++
			case !stop && stopWords[word]:
				english++
			}
		}
		if english > 0 && english >= own {
			out = slices.DeleteFunc(slices.Clone(out), func(c language.Code) bool { return c == code })
		}
	}
	return out
}

// splitter collects the terms of one query.
type splitter struct {
	ix        *Index
	languages []language.Code
	out       []term
	seen      map[string]bool
	before    string   // a word that may make one with the next: "e mail"
	hints     []string // words that count only where the pages have them
	degree    string   // a word that asks with "how": "how long"
}

// degrees are words that ask with "how".
var degrees = setOf("long far often soon fast quickly big large high late early old")

func (s *splitter) add(t term) {
	if len(s.out) < maxTerms && !s.seen[t.text] {
		s.seen[t.text] = true
		s.out = append(s.out, t)
	}
}

// stop reports whether a word says nothing in a language of the pages or of the query.
func (s *splitter) stop(word string) bool {
	if stopWords[word] {
		return true
	}
	folded := language.Fold(word)
	return stopWords[folded] || slices.ContainsFunc(s.languages, func(code language.Code) bool { return language.Stop(code, folded) })
}

// foreignStop reports whether a word says nothing in a language other than English, in
// which a hyphen makes one word of several: "set-up".
func (s *splitter) foreignStop(word string) bool { return !stopWords[word] && s.stop(word) }

// soft reports whether a word counts only where the pages have it.
func (s *splitter) soft(word string) bool {
	folded := language.Fold(word)
	return chatWords[folded] || softWords[folded] || slices.ContainsFunc(s.languages, func(code language.Code) bool { return language.Soft(code, folded) })
}

// elided are words that French and Italian write together with the next.
var elided = setOf("l d j m t s n c qu jusqu lorsqu puisqu quelqu dell nell all dall sull quell quest un")

func setOf(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

func (s *splitter) chunk(chunk string) {
	if i := strings.IndexByte(chunk, '\''); i >= 0 {
		if s.stop(chunk) {
			return
		}
		if elided[chunk[:i]] && i+1 < len(chunk) {
			s.chunk(chunk[i+1:])
			return
		}
		if after, _ := utf8.DecodeRuneInString(chunk[i+1:]); len(chunk)-i <= 3 && !language.Written(language.Ukrainian, string(after)) {
			chunk = chunk[:i] // the 's of a genitive
		}
	}
	var words []token
	spread := false
	tokenize(chunk, func(t token) {
		words = append(words, t)
		spread = spread || t.run
	})
	switch {
	case len(words) == 0:
		return
	case spread:
		for _, w := range words {
			switch {
			case w.run:
				s.run(w.text)
			case !s.stop(w.text):
				s.add(wordTerm(w.text))
			}
		}
	case len(words) == 1:
		s.word(words[0].text)
		return
	case len(words) > 4:
		for _, w := range words {
			s.word(w.text)
		}
		return
	default:
		var parts []string
		for _, w := range words {
			parts = append(parts, w.text)
		}
		if slices.ContainsFunc(parts, s.foreignStop) { // "livrez-vous", which is no word of its own
			for i, w := range parts {
				if t := wordTerm(w); !s.stop(w) {
					t.soft = i == 0 && slices.ContainsFunc(parts[1:], s.foreignStop) && len(parts) == 2
					s.flush()
					s.add(t)
				}
			}
			return
		}
		s.flush()
		s.add(term{text: strings.Join(parts, " "), parts: parts})
		return
	}
	s.flush()
}

// word adds a word, or makes one of it and the word before, if the pages write them
// together and do not have both.
func (s *splitter) word(word string) {
	before := s.before
	s.before = ""
	if before == "how" && degrees[word] {
		s.degree = word
	}
	if before != "" {
		joined := before + word
		if (s.lost(before) || s.lost(word)) && s.ix.has(joined) && !s.stop(joined) {
			s.add(wordTerm(joined))
			return
		}
		s.alone(before)
	}
	s.before = word
}

// lost reports whether the word is hardly one: the pages do not have it, or it is as short
// as the "e" of "e mail".
func (s *splitter) lost(word string) bool {
	return !s.stop(word) && (utf8.RuneCountInString(word) <= 2 || !s.ix.has(word))
}

func (s *splitter) flush() {
	if s.before != "" {
		s.alone(s.before)
		s.before = ""
	}
}

func (s *splitter) alone(word string) {
	if s.stop(word) {
		return
	}
	t := wordTerm(word)
	t.chat = word != s.degree && chatWords[language.Fold(word)]
	t.soft, t.degree = s.soft(word) || slices.Contains(s.hints, word), word == s.degree
	if language.Written(language.Korean, word) {
		for _, stem := range language.Stems(language.Korean, word) {
			if language.Stop(language.Korean, stem) {
				return
			}
		}
		t.soft = t.soft || language.Predicate(word)
	}
	s.add(t)
}

// inTerm reports whether a character may be inside a term: a letter, a digit, or what
// stands within "apt-get", "don't", "1,99".
func inTerm(r rune) bool { return wordRune(r) || strings.ContainsRune("-_./'+:@,", r) }

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

func clip(s string) string { return s[:offset(s, maxTerm)] }
