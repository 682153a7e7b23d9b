package answer

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-chat/parley/botworker/language"
)

const (
	maxLead  = 3   // sentences of an answer, before the whole passage
	longLead = 280 // characters; an answer that long gets no further sentence
)

// leadOf returns the part of a passage that answers the questions: at most three sentences,
// or a whole list, table or piece of code with what introduces it, since those mean nothing
// in part. It is the passage's own words, and all of them if there are no more.
func leadOf(passage string, questions []string) string {
	asked := wordsOf(strings.Join(questions, " "))
	best, most, opens := "", -1, false
	for _, b := range cuts.of(passage) {
		for i, words := range b.words {
			n := shared(asked, words)
			switch {
			case n <= most:
			case !b.prose:
				best, most, opens = b.text, n, false
			// A passage begins with what it is about: another sentence has to be clearly nearer.
			case best == "" || !opens || n > most+1:
				best, most, opens = around(b.sentences, i), n, best == ""
			}
		}
	}
	if best == "" {
		return passage
	}
	return best
}

// around is the sentence with those that belong to it: one before if it refers to that, and
// those after it as long as it is short.
func around(list []string, i int) string {
	first := i
	if i > 0 && refersBack.MatchString(list[i]) {
		first--
	}
	last, text := i, strings.Join(list[first:i+1], " ")
	for last+1 < len(list) && last+1-first < maxLead && utf8.RuneCountInString(text)+utf8.RuneCountInString(list[last+1]) < longLead {
		last++
		text += " " + list[last]
	}
	if !balanced(text) {
		return strings.Join(list, " ")
	}
	return text
}

// refersBack matches a sentence that can't be understood without the one before it.
var refersBack = regexp.MustCompile(`^(?i:it|its|they|them|their|this|that|these|those|then|otherwise|however|but|and|or|so|also|instead|in that case|if not|if so)\b`)

// balanced reports whether every mark of Markdown that begins in the text also ends there.
func balanced(text string) bool {
	return strings.Count(text, "`")%2 == 0 && strings.Count(text, "**")%2 == 0 && strings.Count(text, "[") == strings.Count(text, "]") && strings.Count(text, "(") == strings.Count(text, ")")
}

// wordsOf are the words of a text that may be looked for in another: folded, and no stop words.
func wordsOf(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(w) > 2 && !language.Stop(language.English, w) {
			out = append(out, language.Fold(w))
		}
	}
	return out
}

// shared counts the words that are among the others in some form.
func shared(asked, own []string) (n int) {
	for _, a := range asked {
		if slices.ContainsFunc(own, func(w string) bool { return alike(a, w) }) {
			n++
		}
	}
	return n
}

// alike reports whether two words have the same beginning and little else.
func alike(a, b string) bool {
	n := min(len(a), len(b))
	if n < 4 {
		return a == b
	}
	return a[:max(4, n-2)] == b[:max(4, n-2)]
}
