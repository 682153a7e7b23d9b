package answer

import (
	"regexp"
	"slices"
	"strings"

	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/pkg/chat"
)

const (
	near       = 0.3 // below this confidence a passage is not even named
	maxAnswers = 3   // passages that one answer quotes or names
	maxNear    = 6   // passages among which those are looked for: some are of one section
	// certain is the confidence from which one message of a burst counts as a question
	// of its own.
	certain = 0.6
	// alone is the confidence from which a question needs no word of the one before.
	alone = 0.8
)

// goesOn finds the passage that answers a question that leaves out what the one before it
// said: "And to Germany?".
func goesOn(ix *knowledge.Index, questions []string, before string) []knowledge.Passage {
	if len(questions) != 1 || before == "" || len(questions[0]) > maxEllipsis {
		return nil
	}
	marked := goesOnWith(questions[0])
	if own := ix.Search(questions[0], 1); len(own) > 0 && (own[0].Confidence >= alone || !marked && own[0].Confidence >= knowledge.Threshold) {
		return nil
	}
	found, words := ix.SearchAfter(questions[0], before, 1)
	if len(found) == 0 || !quotable(found[0], questions) || !marked && words > 2 {
		return nil
	}
	return found
}

// maxEllipsis is how many bytes a question may have that leaves something out.
const maxEllipsis = 60

// goesOnWith reports whether a question says that it goes on with the one before.
func goesOnWith(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, filler := range []string{"ok ", "okay ", "so ", "hm ", "oh ", "great ", "thanks "} {
		text = strings.TrimPrefix(text, filler)
	}
	return slices.ContainsFunc(continuing, func(with string) bool { return strings.HasPrefix(text, with) })
}

var continuing = []string{"and ", "what about ", "how about ", "what if ", "same for ", "also for ", "or ", "und ", "wie ist es ", "et ", "y ", "e "}

// clauses are the parts of messages that may each ask something. There are two or more, or
// none.
func clauses(questions []string) []string {
	var out []string
	for _, q := range questions {
		for len(out) < maxEach {
			at, end := nextClause(q)
			if at < 0 {
				break
			}
			out = append(out, q[:at])
			q = q[end:]
		}
		out = append(out, q)
	}
	if len(out) == len(questions) {
		return nil
	}
	return out
}

// nextClause is where a clause ends and the next begins, or -1.
func nextClause(text string) (at, end int) {
	for i := 1; i < len(text)-1; i++ {
		switch text[i] {
		case '?', '!', '.', ';':
			if text[i+1] == ' ' {
				return i, i + 1
			}
		case '/':
			if text[i-1] == ' ' && text[i+1] == ' ' {
				return i, i + 1
			}
		case ' ':
			for _, and := range ands {
				if rest, ok := strings.CutPrefix(text[i+1:], and); ok {
					if word, _, more := strings.Cut(rest, " "); more && asks[strings.ToLower(word)] {
						return i, i + 1 + len(and)
					}
				}
			}
		}
	}
	return -1, 0
}

// A clause that asks begins with one of asks, after one of ands.
var (
	ands = []string{"and ", "und ", "et ", "y ", "also ", "or "}
	asks = setOf("is are am was were can could do does did how what when where who why which will would should may must has have whats hows wheres " +
		"wie was wann wo wer warum kann können gibt ist sind habe muss darf est-ce comment quand où combien puis-je cómo qué cuándo dónde cuánto puedo hay")
)

func setOf(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}

// search finds what answers the questions, with the words of the one before where they leave
// something out. If that finds nothing, what is no word in them (a setting, an address, a
// long number) is left out, so that it does not hide them; and then also what it is the
// number of ("order 4711-0815"), which may be no part of the question either.
func search(ix *knowledge.Index, questions []string, before string) (found, nearest []knowledge.Passage) {
	if found = goesOn(ix, questions, before); len(found) > 0 {
		return found, nil
	}
	if found, nearest = searchWords(ix, questions); len(found) > 0 || !slices.ContainsFunc(questions, hasNoWord) {
		return found, nearest
	}
	for _, left := range []*regexp.Regexp{noWord, labeled} {
		var plain []string
		for _, q := range questions {
			if words := strings.TrimSpace(left.ReplaceAllString(q, " ")); sortOf(words) == question {
				plain = append(plain, words)
			}
		}
		if len(plain) == 0 {
			break
		}
		again, closest := searchWords(ix, plain)
		if len(again) > 0 {
			return again, closest
		}
		if len(nearest) == 0 || len(closest) > 0 && closest[0].Confidence > nearest[0].Confidence {
			nearest = closest
		}
	}
	return nil, nearest
}

// noWord finds what people paste along with a question: NAME=value, an address, a number
// or code of an order, an identifier.
var noWord = regexp.MustCompile(`(?i)[\pL\pN_.\-]+=\S*|\b(?:https?://|www\.)\S+|\b[\w.+-]+@[\w-]+\.[\w.-]+|#?\b(?:[a-z]{0,4}[-_]?)?\d[\d-]{4,}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4,12}){1,4}\b`)

// labeled finds the same with what it belongs to.
var labeled = regexp.MustCompile(`(?i)\b(?:(?:order|invoice|booking|reservation|ticket|case|customer|reference|ref|number|no|nr)\W{1,3}){1,2}(?:` + strings.TrimPrefix(noWord.String(), "(?i)") + `)|` + strings.TrimPrefix(noWord.String(), "(?i)"))

// hasNoWord reports whether the text has such a thing. Each has one of a few signs, which
// most questions do not have.
func hasNoWord(text string) bool {
	return strings.ContainsAny(text, "=@:-.0123456789") && noWord.MatchString(text)
}

// searchWords finds the passages that answer a burst: one for each message that is a clear
// question by itself, or else one for the whole burst, since people also press Enter in
// the middle of a sentence. It also returns what comes nearest. The burst is
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
	all := ix.Search(latest.String(), maxNear)
	if several := clauses(questions); len(several) > 1 {
		if both := each(ix, several); len(both) > 1 {
			return both, nil
		}
	}
	switch {
	case len(all) > 0 && quotable(all[0], questions):
		return all[:1], all
	case len(own) > 0:
		return own, nil
	}
	return nil, all
}

// quotable reports whether the best passage found may be quoted, with a hedge or without.
func quotable(best knowledge.Passage, questions []string) bool {
	return best.Sureness >= knowledge.Likely && !slices.ContainsFunc(questions, pointsAtOne)
}

// pointsAtOne reports whether a question is about one certain thing that the visitor sees:
// "is this jacket waterproof". Pages say what holds for all, so that a passage with all its
// words says how to wash waterproof jackets. Where the visitor is (this shop, this chat), and
// what rules are about (these prices, this order), is no such thing: the pages are about that.
func pointsAtOne(text string) bool {
	found := pointing.FindStringSubmatch(text)
	return found != nil && !ruled[strings.ToLower(found[1])]
}

var (
	pointing = regexp.MustCompile(`^\s*(?i:is|are|was|were|does|do|did|will|can|has|have) (?i:this|that|these|those) ([A-Za-z]+) [A-Za-z]`)
	ruled    = setOf("chat bot site website page app shop store place company service software program thing " +
		"price prices fee fees cost costs discount discounts offer offers code codes order orders policy policies " +
		"warranty warranties guarantee guarantees subscription subscriptions plan plans rule rules terms")
)

// maxEach is how many messages of a burst are searched for one by one.
const maxEach = 10

func each(ix *knowledge.Index, questions []string) []knowledge.Passage {
	var out []knowledge.Passage
	for _, t := range questions[max(0, len(questions)-maxEach):] {
		best := ix.Search(t, 1)
		if len(best) == 0 || best[0].Confidence < certain || !quotable(best[0], []string{t}) || has(out, best[0]) {
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

// askedBefore is the visitor's last question before the messages that are to be answered,
// or "".
func (q Question) askedBefore() string {
	for i := len(q.Before) - 1; i >= 0; i-- {
		if e := q.Before[i]; e.Kind == chat.Message && sortOf(e.Text) == question {
			return e.Text
		}
	}
	return ""
}
