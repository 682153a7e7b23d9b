package knowledge

import (
	"regexp"
	"strings"
)

// spellings are words that are written in several ways, and what each counts as.
var spellings = []struct {
	written *regexp.Regexp
	as      string
}{
	{regexp.MustCompile(`(?i)\be-mail`), "email"},
	{regexp.MustCompile(`(?i)\b(?:log|sign)(?:s|ged|ging|ed|ing)?[ -]?in\b`), "login"},
	{regexp.MustCompile(`(?i)\b(?:log|sign)(?:s|ged|ging|ed|ing)?[ -]?o(?:n|ff|ut)\b`), "logout"},
	{regexp.MustCompile(`(?i)\bback(?:s|ed|ing)?[ -]?up(s?)\b`), "backup$1"},
	{regexp.MustCompile(`(?i)\bset(?:s|ting)?[ -]up\b`), "setup"},
	{regexp.MustCompile(`(?i)\blicence`), "license"},
	{regexp.MustCompile(`(?i)\bweb[ -](site|page|server|socket)`), "web$1"},
	{regexp.MustCompile(`(?i)\bopen-source\b`), "open source"},
	{regexp.MustCompile("ß"), "ss"},
}

// alike unifies spellings, in the query and in the pages.
func alike(text string) string {
	for _, s := range spellings {
		text = s.written.ReplaceAllString(text, s.as)
	}
	return text
}

// umlauts are ä, ö and ü as people write them who have no such keys.
var umlauts = strings.NewReplacer("ae", "ä", "oe", "ö", "ue", "ü")

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
