package answer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/pkg/chat"
)

const (
	modelFailed = "I am sorry, I can't answer just now. I am asking a person to take over."
	handingOver = "I am asking a person to take over."
)

// A model also gets passages that the bot would not quote on its own; it is instructed to
// say when they do not answer the question.
const (
	modelPassages   = 5
	modelConfidence = 0.25
)

// Metering returns the meter that a question is charged to.
type Metering func(Question) llm.Meter

type fromModel struct {
	client   *llm.Client
	ix       *knowledge.Index
	metering Metering
	failed   func(chat.ID, error)
}

// FromModel returns a thinker that has a language model answer from the best passages and
// the last turns. If the model fails for good, the answer says so and hands the chat
// over; failed (it may be nil) gets the reason, for the log. If the meter refuses, the
// answer is quoted from the pages, and offers a person instead of calling one. Without
// metering everything is allowed.
func FromModel(client *llm.Client, ix *knowledge.Index, metering Metering, failed func(chat.ID, error)) Thinker {
	if failed == nil {
		failed = func(chat.ID, error) {}
	}
	if metering == nil {
		metering = func(Question) llm.Meter { return llm.Unmetered{} }
	}
	return fromModel{client, ix, metering, failed}
}

// Think implements Thinker.
func (m fromModel) Think(ctx context.Context, q Question, p Progress) (Answer, error) {
	texts := q.texts()
	if _, rest := sorted(texts); rest == person {
		return Answer{Text: said[person], Handover: true}, nil
	}
	if len(texts) == 0 {
		return Answer{Text: said[wordless]}, nil
	}
	result, err := m.client.Stream(ctx, llm.Build(texts, turns(q.Before), m.sources(texts)), m.metering(q), p)
	switch {
	case err != nil && ctx.Err() != nil:
		return Answer{}, fmt.Errorf("think about chat %s: %w", q.Chat, err)
	case errors.Is(err, llm.ErrRefused):
		return m.quote(ctx, q, p)
	case err != nil:
		m.failed(q.Chat, err)
		return Answer{Text: modelFailed, Handover: true}, nil
	}
	return Answer{Text: fit(result.Text, otherwise(result)), Handover: result.Handover}, nil
}

// quote answers from the pages alone. Nobody is called: those whom a ceiling meets would
// fill the line.
func (m fromModel) quote(ctx context.Context, q Question, p Progress) (Answer, error) {
	a, err := FromKnowledge(m.ix).Think(ctx, q, p)
	if a.Text == unknown {
		a.Text = quotesOnly
	}
	return a, err
}

// otherwise is the text if the model wrote none.
func otherwise(r llm.Result) string {
	if r.Handover {
		return handingOver
	}
	return unknown
}

func (m fromModel) sources(texts []string) []llm.Source {
	var out []llm.Source
	// The end of a burst comes first, since only the beginning of a long text is searched
	// for, and the prompt has the end, too.
	latest := slices.Clone(texts)
	slices.Reverse(latest)
	for _, p := range m.ix.Search(strings.Join(latest, "\n"), modelPassages) {
		if p.Confidence >= modelConfidence {
			out = append(out, llm.Source{Page: p.Page, Heading: p.Heading, Text: p.Text})
		}
	}
	return out
}

// turns are the earlier events with the words of the visitor, the bot or an agent. Bots
// get no event that visitors may not see.
func turns(before []chat.Event) []llm.Turn {
	var out []llm.Turn
	for _, e := range before {
		t := llm.Turn{Text: e.Text}
		switch e.Kind {
		case chat.Message:
		case chat.Reply:
			t.Bot = true
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
