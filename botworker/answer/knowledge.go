package answer

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/botworker/language"
)

// In English, which small talk is in.
var (
	english = spoken[language.English]
	offer   = english.offer
	unknown = english.unknown()
)

// said are the bot's answers to messages that are not questions.
var said = map[sort]string{
	greeting: "Hello! " + iAm + " Ask me anything, and I will look for the answer. " + offer,
	thanks:   "You are welcome. If there is anything else, just ask.",
	farewell: "Goodbye, and thank you for writing. You can come back to this chat at any time.",
	feelings: "I am well, thank you. I am a bot, so I always am. What can I do for you?",
	identity: iAm + " I answer from the pages that I was given. " + offer,
	wordless: "I am a bot, and I can only read words. What would you like to know? " + offer,
	address:  "Thank you. Your e-mail address is kept in this chat, where the team can read it.",
	person:   "Of course. I am asking a person to take over.",
	unclear:  iAm + " If you would rather have a person, I call one: type `escalate` or press \"Talk to a person\". Or ask me, and I will look for the answer.",
	help:     iAm + " Write your question in a few words, and I will look for the answer. " + offer,
	reaction: "All right. If there is anything else that you would like to know, just ask. " + offer,
	upset:    "I am sorry. I am a bot, and I know only what stands in my pages. A person can help you better: type `escalate` or press \"Talk to a person\".",
}

// iAm introduces a bot without a name.
const iAm = "I am a bot."

// introduced has the bot introduce itself by its name, and still say what it is.
func introduced(text, name string) string {
	if !strings.Contains(text, iAm) {
		return text
	}
	return strings.Replace(text, iAm, introducing(name), 1)
}

// introducing is how a bot of that name introduces itself.
func introducing(name string) string {
	if last := introducedLast.Load(); last != nil && last.name == name {
		return last.am
	}
	am := iAm
	switch shown := literal(name); {
	case shown == "":
	case isBots(shown):
		am = "I am " + shown + "."
	default:
		am = "I am " + shown + ", a bot."
	}
	introducedLast.Store(&introducedAs{name, am})
	return am
}

type introducedAs struct{ name, am string }

// introducedLast is how the bot introduced itself last: its name does not change.
var introducedLast atomic.Pointer[introducedAs]

// isBots reports whether a name says that it is a bot's.
func isBots(name string) bool {
	lower := strings.ToLower(name)
	return (strings.Contains(lower, "bot") || strings.Contains(lower, "assistant")) && saysBot.MatchString(name)
}

// saysBot finds the word in a name.
var saysBot = regexp.MustCompile(`(?i:\b(?:chat|ro)?bots?\b|\bassistant\b)|[a-z]Bot\b`)

// Pages has the pages that the bot answers from. They may be others each time.
type Pages interface{ Current() *knowledge.Index }

// fromKnowledge quotes what it finds, word for word.
type fromKnowledge struct{ pages Pages }

// FromKnowledge returns a thinker that quotes the best passage and names its page, or
// says that it does not know. It calls no other service, so it fails only when the
// context has ended.
func FromKnowledge(pages Pages) Thinker { return fromKnowledge{pages} }

// Think implements Thinker. Nothing is streamed: the answer is there at once.
func (k fromKnowledge) Think(ctx context.Context, q Question, _ Progress) (Answer, error) {
	if err := ctx.Err(); err != nil {
		return Answer{}, fmt.Errorf("think about chat %s: %w", q.Chat, err)
	}
	ix := k.pages.Current()
	questions, rest := sorted(q.texts())
	if rest == person {
		return Answer{Text: calling(q.texts()), Handover: true, Aside: true}, nil
	}
	if len(questions) == 0 {
		return Answer{Text: says(ix, rest, q.Bot), Aside: true}, nil
	}
	found, nearest := search(ix, questions)
	if len(found) > 0 {
		return Answer{Text: quotes(ix, questions, found)}, nil
	}
	return Answer{Text: declines(ix, questions, nearest), Aside: true}, nil
}

// calling grants a wish for a person, in the words of whoever asks.
func calling(texts []string) string {
	if say := phrasesFor(strings.Join(texts, " ")); say.failed != modelFailed {
		return say.handing()
	}
	return said[person]
}

// quotes returns the passages as an answer, in the words of whoever asks.
func quotes(ix *knowledge.Index, questions []string, found []knowledge.Passage) string {
	say := phrasesIn(strings.Join(questions, " "), ix.Language())
	var parts []string
	for _, p := range found {
		parts = append(parts, quoted(p, say))
	}
	text := strings.Join(parts, "\n\n")
	if found[0].Confidence < unsure {
		text += "\n\n" + say.unsureness()
	}
	return fit(text, say.unknown())
}

// sentenceBreaks are where a text is cut into sentences.
var sentenceBreaks = regexp.MustCompile(`[.!?]+(?:\s+|$)|[。！？؟]+|\n+`)

// sentences returns the sentences of the questions that are questions themselves: people
// tell a model more than they ask, and the rest hides the question.
func sentences(questions []string) []string {
	var out []string
	for _, s := range sentenceBreaks.Split(strings.Join(questions, "\n"), 4*maxEach) {
		if sortOf(s) == question {
			out = append(out, s)
		}
	}
	return out
}

// maxTopics is how many pages the bot names when it is asked what it knows.
const maxTopics = 15

// says is the answer to small talk. A request for help is answered with the topics.
func says(ix *knowledge.Index, s sort, name string) string {
	titles := ix.Titles()
	if s != help || len(titles) > maxTopics {
		return introduced(said[s], name)
	}
	var list strings.Builder
	for _, t := range titles {
		list.WriteString("- " + literal(t) + "\n")
	}
	return fit(introduced(iAm, name)+" I answer from these pages:\n\n"+list.String()+"\nWrite your question in a few words, and I will look for the answer. "+offer, said[s])
}

// declines says that there is no answer: in the visitor's language, if the bot knows it,
// and kindly if the visitor is angry. It names near matches and quotes none.
func declines(ix *knowledge.Index, questions []string, nearest []knowledge.Passage) string {
	all := strings.ToLower(strings.Join(questions, " "))
	if isAngry(all) {
		return said[upset]
	}
	say := phrasesIn(all, ix.Language())
	var list strings.Builder
	for _, p := range nearest {
		if line := "- " + source(p) + "\n"; p.Confidence >= near && !strings.Contains(list.String(), line) {
			list.WriteString(line)
		}
	}
	if list.Len() == 0 {
		return say.unknown()
	}
	return fit(say.near(list.String()), say.unknown())
}

// sorted separates the questions from the rest of a burst. A request for a person
// outweighs everything else; otherwise the last piece of small talk counts.
func sorted(texts []string) (questions []string, rest sort) {
	rest = wordless
	for _, t := range texts {
		switch s := sortOf(t); {
		case s == question:
			questions = append(questions, t)
		case rest != person && s != wordless:
			rest = s
		}
	}
	return questions, rest
}

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

// quoted is the passage as a block quote, with its source.
func quoted(p knowledge.Passage, say phrases) string {
	var b strings.Builder
	b.Grow(len(p.Text) + len(p.Text)/16 + len(p.Page) + len(p.Heading) + 64)
	for line := range strings.SplitSeq(p.Text, "\n") {
		b.WriteByte('>')
		if line = strings.TrimRight(line, " "); line != "" {
			b.WriteByte(' ')
			b.WriteString(line)
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	b.WriteString(say.from)
	b.WriteString(source(p))
	return b.String()
}

// source names the page and section of a passage.
func source(p knowledge.Passage) string {
	if p.Heading == "" {
		return "**" + literal(p.Page) + "**"
	}
	return "**" + literal(p.Page) + "**, " + literal(p.Heading)
}

var marks = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "~", `\~`)

// literal escapes a name so that it shows as it is, on one line and not too long.
func literal(name string) string {
	name = strings.Join(strings.Fields(name), " ")
	if len(name) > 160 {
		if r := []rune(name); len(r) > 160 {
			name = string(r[:159]) + "…"
		}
	}
	return marks.Replace(name)
}
