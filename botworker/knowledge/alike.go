package knowledge

import (
	"regexp"
	"strings"
)

// spellings are words that are written in several ways, or mean the same to who asks, and
// what each counts as. The hint
// stands in every text that the expression fits: a text without it is not searched.
var spellings = []struct {
	hint    string
	written *regexp.Regexp
	as      string
}{
	{"e-mail", regexp.MustCompile(`\be-mail`), "email"},
	{"in", regexp.MustCompile(`\b(?:log|sign)(?:s|ged|ging|ed|ing)?[ -]?in\b`), "login"},
	{"o", regexp.MustCompile(`\b(?:log|sign)(?:s|ged|ging|ed|ing)?[ -]?o(?:n|ff|ut)\b`), "logout"},
	{"back", regexp.MustCompile(`\bback(?:s|ed|ing)?[ -]?up(s?)\b`), "backup$1"},
	{"set", regexp.MustCompile(`\bset(?:s|ting)?[ -]up\b`), "setup"},
	{"licence", regexp.MustCompile(`\blicence`), "license"},
	{"web", regexp.MustCompile(`\bweb[ -](site|page|server|socket)`), "web$1"},
	{"cost", regexp.MustCompile(`\bcosts?\b`), "price"}, // "What does it cost?" of a table of prices
	{"open-source", regexp.MustCompile(`\bopen-source\b`), "open source"},
}

// alike unifies spellings in a normalized text: the query, or the pages.
func alike(text string) string {
	entry := strings.Contains(text, "log") || strings.Contains(text, "sign")
	for i, s := range spellings {
		if (i == 1 || i == 2) && !entry || !strings.Contains(text, s.hint) {
			continue
		}
		text = s.written.ReplaceAllString(text, s.as)
	}
	return text
}

// umlauts are ä, ö, ü and å as people write them who have no such keys, and what is left
// of the letters when their accents are folded.
var umlauts = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "aa", "a")

// faintWeight is what a faint word of a heading weighs at most, where a word that
// one passage in a hundred has weighs four.
const faintWeight = 0.8

// faintWords are stop words that tell headings apart all the same: "Who made it",
// "When nobody answers", "Going back". In a text they say nothing.
var faintWords = map[string]string{
	"who": "who", "who's": "who", "whos": "who", "what": "what", "what's": "what", "whats": "what",
	"when": "when", "where": "where", "where's": "where", "wheres": "where", "why": "why", "how": "how", "how's": "how",
	"made": "make", "make": "make", "makes": "make", "nobody": "nobody", "none": "nobody", "anybody": "nobody",
	"back": "back", "need": "need", "needs": "need", "needed": "need", "without": "without", "before": "before", "after": "after",
	"can't": "can't", "cant": "can't", "cannot": "can't", "not": "not",
}

// faint returns the faint words of a question or a heading.
func faint(text string) map[string]bool {
	found := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(text, "’", "'")), func(r rune) bool { return !wordRune(r) && r != '\'' }) {
		if f := faintWords[w]; f != "" {
			found[f] = true
		}
	}
	return found
}
