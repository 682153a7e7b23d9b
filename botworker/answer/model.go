package answer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/pkg/chat"
)

// A model also gets passages that the bot would not quote on its own; it is instructed to
// say when they do not answer the question.
const (
	modelPassages   = 5
	modelConfidence = 0.25
)

// maxFits is how many prompts of one question are sent until one fits into the model's
// window. Each is refused at once, so nobody waits for them.
const maxFits = 5

// Metering returns the meter that a question is charged to.
type Metering func(Question) llm.Meter

// Model says which model answers, and from what. Client and Pages are needed.
type Model struct {
	Client *llm.Client
	Pages  Pages
	// Metering has each question charged; nil: everything is allowed.
	Metering Metering
	// Failed gets the reason when the model fails for good, for the log; it may be nil.
	// It is called concurrently.
	Failed func(chat.ID, error)
	// Worked is called concurrently, after each answer of the model; it may be nil.
	Worked func()
	// Paused is called when the model is asked no more, since it failed several times in
	// a row, with how long that is for at first; and with 0 when it answers again. It may
	// be nil.
	Paused func(time.Duration)
	// Context is how many tokens the model can read and write in all; 0: that is learned
	// from its endpoint's refusals.
	Context int
	Metrics prometheus.Registerer // registers the metrics, once; nil: none
	// Now is the clock; time.Now if nil.
	Now func() time.Time
}

type fromModel struct {
	Model
	window  *window
	breaker *breaker
	metrics *metrics
}

// FromModel returns a thinker that has a language model answer from the best passages and
// the last turns. If the model fails for good, or did so several times in a row a moment
// ago, the answer is quoted from the pages, or what comes close is offered; only if they
// have neither, a person is called. If the meter refuses, it's the same, but a person is
// offered instead of called.
func FromModel(m Model) Thinker {
	if m.Failed == nil {
		m.Failed = func(chat.ID, error) {}
	}
	if m.Worked == nil {
		m.Worked = func() {}
	}
	if m.Paused == nil {
		m.Paused = func(time.Duration) {}
	}
	if m.Metering == nil {
		m.Metering = func(Question) llm.Meter { return llm.Unmetered{} }
	}
	if m.Now == nil {
		m.Now = time.Now
	}
	b := &breaker{now: m.Now, changed: m.Paused}
	return &fromModel{Model: m, window: newWindow(m.Context), breaker: b, metrics: newMetrics(m.Metrics, b)}
}

// Think implements Thinker.
func (m *fromModel) Think(ctx context.Context, q Question, p Progress) (Answer, error) {
	var named string
	a, err := m.think(ctx, q, p, &named)
	if err != nil {
		return a, err
	}
	return q.routed(m.Pages.Current(), a, named), nil
}

// think thinks of the answer, and sets what the model called the team whose matter it is.
func (m *fromModel) think(ctx context.Context, q Question, p Progress, team *string) (Answer, error) {
	texts := q.texts()
	if ix := m.Pages.Current(); len(q.pressed(ix)) > 0 {
		return FromKnowledge(ix).Think(ctx, q, p)
	}
	if _, rest := sorted(texts); rest == person {
		return Answer{Text: calling(texts), Handover: true, Why: chat.NewWhy(chat.CauseAsked, ""), Aside: true}, nil
	}
	if q.onlyFiles() {
		return q.forFiles(), nil
	}
	if len(texts) == 0 {
		return Answer{Text: said[wordless], Aside: true}, nil
	}
	try := m.breaker.try()
	if try == nil {
		return m.without(ctx, q, p, whyPaused)
	}
	defer try.over()
	result, err := m.askWhile(ctx, try, q, texts, p)
	switch {
	case err != nil && ctx.Err() != nil:
		return Answer{}, fmt.Errorf("think about chat %s: %w", q.Chat, err)
	case errors.Is(err, errPaused):
		return m.without(ctx, q, p, whyPaused)
	case errors.Is(err, llm.ErrRefused):
		return m.quote(ctx, q, p)
	case err != nil:
		if !ofQuestion(err) {
			try.failed()
		}
		m.Failed(q.Chat, err)
		return m.without(ctx, q, p, whyFailed)
	}
	try.worked()
	m.Worked()
	*team = result.HandoverTeam
	return m.answer(ctx, q, p, result)
}

// askWhile asks until the model is left alone, which is errPaused.
func (m *fromModel) askWhile(ctx context.Context, try *attempt, q Question, texts []string, p Progress) (llm.Result, error) {
	w := &waiting{Progress: p}
	asking, stop := w.while(ctx, try)
	defer stop()
	result, err := m.ask(asking, q, texts, w)
	if err != nil && ctx.Err() == nil && asking.Err() != nil {
		return llm.Result{}, context.Cause(asking)
	}
	return result, err
}

// ask asks with a prompt that fits into the model's window: if it is refused as too long, a
// shorter one follows at once.
func (m *fromModel) ask(ctx context.Context, q Question, texts []string, p Progress) (llm.Result, error) {
	draft := llm.Draft{Name: q.Bot, Question: texts, Before: turns(q.Before), Sources: m.sources(texts), Teams: q.teamsFor()}
	room, meter := m.window.room(), m.Metering(q)
	for n := 1; ; n++ {
		prompt := draft.Prompt(room)
		size := prompt.Tokens()
		result, err := m.Client.Stream(ctx, prompt, meter, p)
		if err == nil {
			m.window.fitted(room, size, n > 1)
			return result, nil
		}
		smaller := shorter(size, windowIn(err))
		if !errors.Is(err, llm.ErrTooLong) || n == maxFits || draft.Prompt(smaller).Tokens() >= size {
			return llm.Result{}, err
		}
		room = smaller
	}
}

// windowIn returns how large the model's window is, if its endpoint says so; 0 otherwise.
func windowIn(err error) int {
	if failure, ok := errors.AsType[*llm.Error](err); ok {
		return failure.Window
	}
	return 0
}

// ofQuestion reports whether a failure may lie in the question: the next one may well be
// answered. It says nothing of the endpoint, so nobody can have the model left alone by
// asking what it can't answer.
func ofQuestion(err error) bool {
	failure, ok := errors.AsType[*llm.Error](err)
	return ok && (failure.TooLong || failure.Status == 400 || failure.Status == 422)
}

// answer makes the answer from what the model wrote.
func (m *fromModel) answer(ctx context.Context, q Question, p Progress, r llm.Result) (Answer, error) {
	text := fit(r.Text, "")
	if !shows(text) {
		text = ""
	}
	switch {
	case r.Handover && text == "":
		return Answer{Text: phrasesFor(strings.Join(q.texts(), " ")).handing(), Handover: true, Why: chat.NewWhy(chat.CauseModel, r.HandoverReason), Aside: true}, nil
	case r.Handover:
		return Answer{Text: text, Handover: true, Why: chat.NewWhy(chat.CauseModel, r.HandoverReason)}, nil
	case r.Finish == llm.Filter:
		// What was written is not shown: nobody knows what it lacks.
		p.Restart()
		return m.without(ctx, q, p, whyFiltered)
	case text == "":
		p.Restart()
		return m.without(ctx, q, p, whyEmpty)
	case r.Finish == llm.Length:
		return Answer{Text: cutShort(text), Parts: m.cited(q)}, nil
	}
	return Answer{Text: text, Parts: m.cited(q)}, nil
}

// without answers in place of the model. Where the pages only come close, what they have is
// offered, and a person with it. One is called only if they have nothing either; if the
// model would not answer this question, one is offered.
func (m *fromModel) without(ctx context.Context, q Question, p Progress, why string) (Answer, error) {
	m.metrics.fellBack(why)
	questions, _ := sorted(q.texts())
	if len(questions) == 0 {
		return FromKnowledge(m.Pages).Think(ctx, q, p)
	}
	ix := m.Pages.Current()
	say := phrasesIn(strings.Join(questions, " "), ix.Language())
	passages, nearest := search(ix, questions, "")
	if len(passages) == 0 {
		passages = each(ix, sentences(questions))
	}
	if len(passages) > 0 {
		a := q.quotes(ix, questions, passages, nearest)
		if why != whyFiltered && len(a.Parts.Choices) == 0 { // a hedge leads to the quote, too
			a.Text = fit(say.quoting+"\n\n"+a.Text, a.Text)
		}
		return a, nil
	}
	if len(nearest) > 0 && nearest[0].Sureness >= knowledge.Close {
		return declines(ix, questions, nearest), nil
	}
	if why == whyFiltered {
		return Answer{Text: say.filtered(), Aside: true, Parts: offersPerson}, nil
	}
	return Answer{Text: say.failed, Handover: true, Why: chat.NewWhy(chat.CauseFailed, ""), Aside: true}, nil
}

// quote answers from the pages alone. Nobody is called: those whom a ceiling meets would
// fill the line.
func (m *fromModel) quote(ctx context.Context, q Question, p Progress) (Answer, error) {
	a, err := FromKnowledge(m.Pages).Think(ctx, q, p)
	for _, say := range spoken {
		if a.Text == say.unknown() {
			a.Text = say.quotesOnly()
		}
	}
	return a, err
}

func (m *fromModel) sources(texts []string) []llm.Source {
	var out []llm.Source
	// The end of a burst comes first, since only the beginning of a long text is searched
	// for, and the prompt has the end, too.
	latest := slices.Clone(texts)
	slices.Reverse(latest)
	for _, p := range m.Pages.Current().Search(strings.Join(latest, "\n"), modelPassages) {
		if p.Confidence >= modelConfidence {
			out = append(out, llm.Source{Page: p.Page, Heading: p.Heading, Text: p.Text})
		}
	}
	return out
}

// maxCited is how many pages an answer of the model's names: those that its question fits best.
const maxCited = 2

// cited are the pages that the model most likely wrote from: of the passages that it was
// given, those which the bot would have quoted. Nil if there are none.
func (m *fromModel) cited(q Question) *chat.Parts {
	questions, _ := sorted(q.texts())
	if len(questions) == 0 {
		return nil
	}
	var sure []knowledge.Passage
	for _, p := range m.Pages.Current().Search(strings.Join(questions, "\n"), maxCited) {
		if p.Confidence >= knowledge.Threshold {
			sure = append(sure, p)
		}
	}
	if len(sure) == 0 {
		return nil
	}
	return &chat.Parts{Citations: q.laidOut(sure, questions, "").Parts.Citations}
}
