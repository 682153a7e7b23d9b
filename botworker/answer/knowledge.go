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
	"github.com/parley-chat/parley/pkg/chat"
)

// In English, which small talk is in.
var (
	english = spoken[language.English]
	unknown = english.unknown()
)

// said are the bot's answers to messages that are not questions.
var said = map[sort]string{
	greeting: "Hello! " + iAm + " Ask me anything, and I'll look for the answer.",
	thanks:   "You're welcome! If there's anything else, just ask.",
	farewell: "Goodbye, and thanks for writing! You can come back to this chat any time.",
	feelings: "I'm fine, thanks. I'm a bot, so I always am. What can I do for you?",
	identity: iAm + " I answer from our pages.",
	wordless: "I'm a bot, and I can only read words. What would you like to know?",
	address:  "Thanks! Your email address is kept in this chat, where our team can read it.",
	person:   "Of course. I'm asking a person to take over.",
	unclear:  iAm + " If you'd rather talk to a person, I'll get one. Or ask me, and I'll look for the answer.",
	help:     iAm + " Write your question in a few words, and I'll look for the answer.",
	reaction: "All right. If there's anything else you'd like to know, just ask.",
	upset:    "I'm sorry. I'm a bot, and I only know what's on our pages. A person can help you better.",
}

// iAm introduces a bot without a name.
const iAm = "I'm a bot."

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
		am = "I'm " + shown + "."
	default:
		am = "I'm " + shown + ", a bot."
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
	return q.routed(ix, q.fromPages(ix), ""), nil
}

// fromPages is what the pages have to say.
func (q Question) fromPages(ix *knowledge.Index) Answer {
	if found := q.pressed(ix); len(found) > 0 {
		return q.laidOut(found, q.texts(), unknown)
	}
	if q.onlyFiles() {
		return q.forFiles()
	}
	questions, rest := sorted(q.texts())
	if rest == person {
		return Answer{Text: calling(q.texts()), Handover: true, Why: chat.NewWhy(chat.CauseAsked, ""), Aside: true}
	}
	if len(questions) == 0 {
		return q.smallTalk(ix, rest)
	}
	found, nearest := search(ix, questions, q.askedBefore())
	if len(found) > 0 {
		return q.quotes(ix, questions, found, nearest)
	}
	return declines(ix, questions, nearest)
}

// calling grants a wish for a person, in the words of whoever asks.
func calling(texts []string) string {
	if say := phrasesFor(strings.Join(texts, " ")); say.failed != modelFailed {
		return say.handing()
	}
	return said[person]
}

// quotes answers with the passages. If one is not sure to answer, it says so, and offers
// what else comes near, and a person.
func (q Question) quotes(ix *knowledge.Index, questions []string, found, nearest []knowledge.Passage) Answer {
	say := phrasesIn(strings.Join(questions, " "), ix.Language())
	a := q.laidOut(found, questions, say.unknown())
	if slices.ContainsFunc(found, func(p knowledge.Passage) bool { return p.Sureness < knowledge.Sure }) {
		a.Text = fit(say.hedge+"\n\n"+a.Text+"\n\n"+say.meant, a.Text)
		if whole := a.Parts.Passage; whole != "" {
			a.Parts.Passage = fit(say.hedge+"\n\n"+whole, whole) // shown in place of the text
		}
		others := slices.DeleteFunc(slices.Clone(nearest), func(p knowledge.Passage) bool { return sameTitle(p, found) })
		a.Parts.Choices = append(choicesOf(others, maxAnswers-1), talk)
		a.Why = whyUnsure
	}
	return a
}

// smallTalk answers what is no question. Who may want a person is offered one.
func (q Question) smallTalk(ix *knowledge.Index, s sort) Answer {
	a := Answer{Text: says(ix, s, q.Bot), Aside: true}
	if s == help || s == unclear || s == upset || s == identity {
		a.Parts = offersPerson
	}
	return a
}

// offersPerson is shared by all replies that offer nothing else. It never changes.
var offersPerson = &chat.Parts{Choices: []chat.Choice{talk}}

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
	return fit(introduced(iAm, name)+" I answer from these pages:\n\n"+list.String()+"\nWrite your question in a few words, and I'll look for the answer.", said[s])
}

// declines says that there is no answer: in the visitor's language, if the bot knows it,
// and kindly if the visitor is angry. It offers near matches and quotes none, and where one
// may well be the answer it says that it is not sure.
func declines(ix *knowledge.Index, questions []string, nearest []knowledge.Passage) Answer {
	all := strings.ToLower(strings.Join(questions, " "))
	if isAngry(all) {
		a := offering(said[upset], nearest)
		a.Why = whyNothing
		return a
	}
	say := phrasesIn(all, ix.Language())
	a := offering(say.unknown(), nearest)
	a.Why = whyNothing
	switch {
	case len(a.Parts.Choices) == 1:
	case nearest[0].Sureness >= knowledge.Close:
		a.Text, a.Why = say.unsure+" "+say.nearest, whyUnsure
	default:
		a.Text = say.none + " " + say.nearest
	}
	return a
}

// Why many answers are none, or no sure ones. They never change.
var (
	whyNothing = chat.NewWhy(chat.CauseNothing, "")
	whyUnsure  = chat.NewWhy(chat.CauseUnsure, "")
)

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
