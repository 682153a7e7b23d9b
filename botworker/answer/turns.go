package answer

import (
	"slices"
	"strings"

	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/pkg/chat"
)

// turns are the earlier events with the words of the visitor, the bot or an agent. Bots
// get no event that visitors may not see. What the bot said by rote is left out: a model
// that reads it as its own words goes on apologizing.
func turns(before []chat.Event) []llm.Turn {
	var out []llm.Turn
	for _, e := range before {
		t := llm.Turn{Text: e.Text}
		switch e.Kind {
		case chat.Message:
		case chat.Reply:
			if e.Aside {
				continue
			}
			t.Bot, t.Text = true, withoutRote(e.Text)
		case chat.Say:
			t.Agent = e.From.Name
			if t.Agent == "" {
				t.Agent = "an agent"
			}
		default:
			continue
		}
		if strings.TrimSpace(t.Text) != "" {
			out = append(out, t)
		}
	}
	return out
}

// withoutRote returns the bot's words without the sentences around what it quotes, and
// without set phrases that an earlier version stored unmarked.
func withoutRote(text string) string { return strings.TrimSpace(rote.Replace(text)) }

var rote = strings.NewReplacer(rotes()...)

// rotes are all set phrases, each followed by nothing. Where two begin at one place, the
// first counts, so the longest come first.
func rotes() []string {
	list := []string{Sorry}
	for _, l := range spoken {
		list = append(list, l.meant, l.quotesOnly(), l.filtered(), l.failed, l.handing(), l.quoting, l.more, l.unknown())
	}
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, sentence := range list {
		pairs = append(pairs, sentence, "")
	}
	return pairs
}

// Sorry is what the visitor reads when there can be no answer at all.
const Sorry = "Sorry, I couldn't answer this, so I'm getting a person to help you."

// SorryFor is Sorry in the language of a message that can't be answered, if the bot knows
// it.
func SorryFor(text string) string {
	if say := phrasesFor(text); say.failed != modelFailed {
		return say.failed
	}
	return Sorry
}
