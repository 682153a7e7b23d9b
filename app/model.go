package app

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/botworker/meter"
	"github.com/parley-chat/parley/pkg/chat"
)

// askedModel is the language model that a bot worker asks, and what is wrong with it.
type askedModel struct {
	*system
	client   *llm.Client
	counting *meter.Meter

	asked atomic.Bool // a question was asked
	first chan bool   // whether the first one was answered

	mu    sync.Mutex // guards wrong
	wrong string     // in a sentence; empty: nothing, as far as is known
}

func newAskedModel(s *system, client *llm.Client, counting *meter.Meter) *askedModel {
	return &askedModel{system: s, client: client, counting: counting, first: make(chan bool, 1)}
}

// checkAfter is how long after the start the model is checked. A question that is asked
// until then says as much, and costs nothing.
const checkAfter = 3 * time.Second

// paused is what operators read while the model is left alone.
const paused = "The language model failed several times in a row: the bot quotes its pages, and tries the model again now and then."

// trouble says what is wrong with the model, for the operator page; "" if nothing is.
func (m *askedModel) trouble() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.wrong
}

func (m *askedModel) set(wrong string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wrong = wrong
}

// check says in the log what is wrong with the settings of the model, beside the start. The
// function that it returns ends it and waits for that.
func (m *askedModel) check(ctx context.Context) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if m.due(ctx) {
			if found, err := m.client.Check(ctx, m.counting.ForAll()); err == nil {
				m.report(found)
			}
		}
	}()
	return func() { cancel(); <-done }
}

// due waits until a check is due: nobody asks anything, or the first question failed. It
// returns false if the first was answered, or the context ends.
func (m *askedModel) due(ctx context.Context) bool {
	wait := time.NewTimer(checkAfter)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case answered := <-m.first:
			return !answered
		case <-wait.C:
			if !m.asked.Load() {
				return true
			}
		}
	}
}

func (m *askedModel) report(found llm.Finding) {
	switch {
	case found.Sentence == "":
		m.log.Info().Str("model", m.LLMModel).Msg("the language model answers")
	case found.Works:
		m.log.Warn().Msg(found.Sentence)
	default:
		m.log.Error().Msg(found.Sentence + " Meanwhile the bot quotes its pages.")
		m.set("The language model does not answer. " + found.Sentence)
	}
}

// ended notes how a question ended.
func (m *askedModel) ended(answered bool) {
	select {
	case m.first <- answered:
	default: // nobody waits for more than the first
	}
}

// thinker returns the thinker that asks the model.
func (m *askedModel) thinker(pages answer.Pages) answer.Thinker {
	return answer.FromModel(answer.Model{
		Client: m.client, Pages: pages, Metering: m.charge, Context: m.LLMContext, Metrics: m.registerer(),
		Failed: func(id chat.ID, err error) {
			m.ended(false)
			m.log.Error().Str("chat", string(id)).Err(err).Msg("the model failed; the bot quotes its pages, or calls a person")
		},
		Worked: func() { m.ended(true); m.set("") },
		Paused: func(pause time.Duration) {
			if pause == 0 {
				m.log.Info().Msg("the model answers again")
				return
			}
			m.log.Warn().Dur("for", pause).Msg("the model failed several times in a row: the bot quotes its pages, and tries the model again now and then")
			if m.trouble() == "" {
				m.set(paused)
			}
		},
	})
}

// charge notes that a question is asked, and returns the meter that it is charged to.
func (m *askedModel) charge(q answer.Question) llm.Meter {
	m.asked.Store(true)
	return m.counting.For(q)
}
