package meter

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/outage"
	"github.com/parley-chat/parley/pkg/spent"
)

// Options of a Meter.
type Options struct {
	Ceilings spent.Ceilings
	Metrics  prometheus.Registerer // registers the metrics, once; nil: none
	Log      zerolog.Logger
	// Now is the clock, for the day; time.Now if nil.
	Now func() time.Time
}

const (
	// patience is how long one question waits for the counters; the visitor waits with it.
	patience = 3 * time.Second
	// pause is how long the counters are left alone after they did not answer.
	pause = 10 * time.Second
)

// Meter is one replica's. Its methods may be called concurrently.
type Meter struct {
	opts    Options
	conn    *bus.Conn
	metrics *metrics
	outage  *outage.Log
	known   known
	// finishing are corrections on their way: at most one for each call and each refusal
	// of the last seconds.
	finishing sync.WaitGroup

	mu     sync.Mutex // guards silent
	silent time.Time  // until when the counters are left alone
}

// New returns a meter that has counted nothing. The caller calls Close.
func New(opts Options, conn *bus.Conn) *Meter {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	m := &Meter{opts: opts, conn: conn, outage: outage.New(opts.Log, "The count of model calls", "the bot quotes its pages", 0)}
	m.metrics = newMetrics(opts.Metrics, opts.Ceilings, func() string { return spent.Today(opts.Now()) })
	return m
}

// Close waits for corrections that are on their way, for some seconds at most. No call
// may be open.
func (m *Meter) Close() { m.finishing.Wait() }

// For returns the meter that one question's calls are charged to.
func (m *Meter) For(q answer.Question) llm.Meter {
	return &account{meter: m, spenders: bus.Spenders(q.Chat, q.Source)}
}

// ForAll returns a meter for calls that no visitor causes: they count for the day alone.
func (m *Meter) ForAll() llm.Meter {
	return &account{meter: m, spenders: []bus.Spender{{Scope: spent.Day}}}
}

// account counts the calls for one question. One goroutine uses it.
type account struct {
	meter    *Meter
	spenders []bus.Spender
	// day and reserved are of the call that began last.
	day      string
	reserved int64
}

var errSilent = errors.New("what was spent is not known")

// Begin implements llm.Meter.
func (a *account) Begin(ctx context.Context, tokens int64) error {
	m, day := a.meter, spent.Today(a.meter.opts.Now())
	for _, s := range a.spenders {
		if m.known.full(day, s) {
			return m.refuse(string(s.Scope))
		}
	}
	call := spent.Amount{Calls: 1, Tokens: tokens}
	totals, err := m.spend(ctx, day, a.spenders, call)
	switch {
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("count a model call: %w", err)
	case err != nil && m.opts.Ceilings == spent.Ceilings{}:
		a.day = "" // not counted, and nothing to correct
		return nil
	case err != nil:
		return m.refuse(uncounted)
	}
	m.mark(day, a.spenders, totals)
	if scope, passed := m.opts.Ceilings.Decide(totals); passed {
		m.known.fill(day, spenderOf(a.spenders, scope))
		m.correct(day, a.spenders, call.Minus())
		return m.refuse(string(scope))
	}
	m.metrics.counted(day, totals[spent.Day])
	a.day, a.reserved = day, tokens
	return nil
}

// End implements llm.Meter. What was used is charged to the day on which the call began.
func (a *account) End(tokens int64) {
	if a.day != "" && tokens != a.reserved {
		a.meter.correct(a.day, a.spenders, spent.Amount{Tokens: tokens - a.reserved})
	}
}

// refuse returns why no call may be made.
func (m *Meter) refuse(scope string) error {
	m.metrics.refused.WithLabelValues(scope).Inc()
	if scope == uncounted {
		return errSilent
	}
	return fmt.Errorf("today's ceiling (%s) is reached", scope)
}

// spend counts, unless the counters did not answer a moment ago.
func (m *Meter) spend(ctx context.Context, day string, spenders []bus.Spender, more spent.Amount) (map[spent.Scope]spent.Amount, error) {
	m.mu.Lock()
	silent := time.Now().Before(m.silent)
	m.mu.Unlock()
	if silent {
		return nil, errSilent
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	totals, err := m.conn.Spend(limited, day, spenders, more)
	if err == nil {
		m.outage.Up()
		return totals, nil
	}
	if ctx.Err() == nil {
		m.outage.Down(err)
		m.mu.Lock()
		m.silent = time.Now().Add(pause)
		m.mu.Unlock()
	}
	return nil, err
}

// correct changes what was counted. If that fails, too much stays counted.
func (m *Meter) correct(day string, spenders []bus.Spender, by spent.Amount) {
	m.finishing.Go(func() {
		if err := m.conn.CorrectSpent(context.Background(), day, spenders, by); err != nil {
			m.opts.Log.Debug().Err(err).Msg("a count of the model's use stays too high")
		}
	})
}

// mark has operators see who is near a ceiling: of the addresses all, of the chats those
// that have reached it. The day needs no mark. A network has one in the log alone.
func (m *Meter) mark(day string, spenders []bus.Spender, totals map[spent.Scope]spent.Amount) {
	for _, s := range spenders {
		ceiling, total := m.opts.Ceilings.Share(s.Scope, totals[spent.Day]), totals[s.Scope]
		near := s.Scope == spent.Address && ceiling.Used(total) >= spent.Near || s.Scope != spent.Day && ceiling.Passed(total)
		if !near || !m.known.mark(day, s) {
			continue
		}
		m.opts.Log.Warn().Str("scope", string(s.Scope)).Str("of", s.Of).Int64("calls", total.Calls).Int64("tokens", total.Tokens).Msg("near today's ceiling of model calls or tokens")
		if s.Scope == spent.Subnet || s.Scope == spent.Network {
			continue
		}
		m.finishing.Go(func() {
			if err := m.conn.MarkSpender(context.Background(), day, s); err != nil {
				m.opts.Log.Debug().Err(err).Msg("not marked as near its ceiling")
			}
		})
	}
}

func spenderOf(list []bus.Spender, scope spent.Scope) bus.Spender {
	for _, s := range list {
		if s.Scope == scope {
			return s
		}
	}
	return bus.Spender{}
}
