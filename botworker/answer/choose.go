package answer

import (
	"regexp"
	"slices"
	"strings"

	"github.com/parley-chat/parley/botworker/knowledge"
)

const (
	near       = 0.3 // below this confidence a passage is not even named
	unsure     = 0.7 // below this confidence a person is offered beside the answer
	maxAnswers = 3   // passages that one answer quotes or names
	// certain is the confidence from which one message of a burst counts as a question
	// of its own.
	certain = 0.6
)

// search is searchWords; if that finds nothing, what is no word in the questions (a
// setting, an address, a long number) is left out, so that it does not hide them.
func search(ix *knowledge.Index, questions []string) (found, nearest []knowledge.Passage) {
	if found, nearest = searchWords(ix, questions); len(found) > 0 || !slices.ContainsFunc(questions, hasNoWord) {
		return found, nearest
	}
	var plain []string
	for _, q := range questions {
		if words := strings.TrimSpace(noWord.ReplaceAllString(q, " ")); sortOf(words) == question {
			plain = append(plain, words)
		}
	}
	if len(plain) == 0 {
		return found, nearest
	}
	if again, close := searchWords(ix, plain); len(again) > 0 || len(nearest) == 0 {
		return again, close
	}
	return found, nearest
}

// noWord finds what people paste along with a question: NAME=value, an address, a number
// or code of an order, an identifier.
var noWord = regexp.MustCompile(`(?i)[\pL\pN_.\-]+=\S*|\b(?:https?://|www\.)\S+|\b[\w.+-]+@[\w-]+\.[\w.-]+|#?\b(?:[a-z]{0,4}[-_]?)?\d[\d-]{4,}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4,12}){1,4}\b`)

// hasNoWord reports whether the text has such a thing. Each has one of a few signs, which
// most questions do not have.
func hasNoWord(text string) bool {
	return strings.ContainsAny(text, "=@:-.0123456789") && noWord.MatchString(text)
}

// searchWords finds the passages that answer a burst: one for each message that is a clear
// question by itself, or else one for the whole burst, since people also press Enter in
// the middle of a sentence. If none does, it returns what comes nearest. The burst is
// searched for once, and each of its messages once if there are several.
func searchWords(ix *knowledge.Index, questions []string) (found, nearest []knowledge.Passage) {
	var own []knowledge.Passage
	if len(questions) > 1 {
		if own = each(ix, questions); len(own) > 1 {
			return own, nil
		}
	}
	// The end of a burst comes first: it is what the visitor is after, and only the
	// beginning of a long text is searched for.
	var latest strings.Builder
	for i := len(questions) - 1; i >= 0; i-- {
		latest.WriteString(questions[i] + "\n")
	}
	all := ix.Search(latest.String(), maxAnswers)
	switch {
	case len(all) > 0 && all[0].Confidence >= knowledge.Threshold:
		return all[:1], nil
	case len(own) > 0:
		return own, nil
	}
	return nil, all
}

// maxEach is how many messages of a burst are searched for one by one.
const maxEach = 10

func each(ix *knowledge.Index, questions []string) []knowledge.Passage {
	var out []knowledge.Passage
	for _, t := range questions[max(0, len(questions)-maxEach):] {
		best := ix.Search(t, 1)
		if len(best) == 0 || best[0].Confidence < certain || has(out, best[0]) {
			continue
		}
		if out = append(out, best[0]); len(out) == maxAnswers {
			break
		}
	}
	return out
}

func has(list []knowledge.Passage, p knowledge.Passage) bool {
	for _, q := range list {
		if q.Path == p.Path && q.Text == p.Text {
			return true
		}
	}
	return false
}
