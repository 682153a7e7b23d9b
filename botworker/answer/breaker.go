package answer

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// errPaused ends the wait of a question that began before the model was left alone.
var errPaused = errors.New("the model failed several times in a row meanwhile")

const (
	// failuresInARow is after how many failures in a row the model is left alone: each
	// may have taken a minute, in which a visitor waited.
	failuresInARow = 3
	// firstPause is how long it is left alone at first. The pause doubles with every
	// question that tries it again in vain, up to longestPause.
	firstPause   = 15 * time.Second
	longestPause = 2 * time.Minute
)

// breaker is a circuit breaker: a model that failed several times in a row is not asked for
// a while, so that visitors don't wait in vain, those who wait already included. Then one
// question tries it again. Its methods may be called concurrently.
type breaker struct {
	now     func() time.Time
	changed func(time.Duration) // called without the lock

	mu      sync.Mutex // guards what follows
	row     int        // failures in a row
	pause   time.Duration
	until   time.Time               // when the model may be tried again, if pause is not 0
	probing bool                    // a question is trying it
	asked   context.Context         // of all questions since it last answered, until it is left alone
	giveUp  context.CancelCauseFunc // ends asked; nil if nobody asked yet
}

// attempt is one question to the model. The first of worked, failed and over ends it; one
// goroutine uses it.
type attempt struct {
	breaker *breaker
	asked   context.Context // ends when the model is left alone; nil for a probe
	probe   bool            // it tries whether the model answers again
	ended   bool
}

// try returns an attempt if the model may be asked, or nil.
func (b *breaker) try() *attempt {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.pause == 0:
		if b.giveUp == nil {
			b.asked, b.giveUp = context.WithCancelCause(context.Background())
		}
		return &attempt{breaker: b, asked: b.asked}
	case b.probing || b.now().Before(b.until):
		return nil
	}
	b.probing = true
	return &attempt{breaker: b, probe: true}
}

// open reports whether the model is being left alone.
func (b *breaker) open() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pause > 0
}

// end ends the attempt with the lock held; false: it had ended before.
func (a *attempt) end() bool {
	if a.ended {
		return false
	}
	if a.ended = true; a.probe {
		a.breaker.probing = false
	}
	return true
}

// over ends an attempt that did not show whether the model answers.
func (a *attempt) over() {
	a.breaker.mu.Lock()
	defer a.breaker.mu.Unlock()
	a.end()
}

// worked notes an answer: the model may be asked by all.
func (a *attempt) worked() {
	b := a.breaker
	b.mu.Lock()
	was := b.pause
	if a.end() {
		b.row, b.pause = 0, 0
	}
	b.mu.Unlock()
	if was > 0 {
		b.changed(0)
	}
}

// failed notes a failure of the model.
func (a *attempt) failed() {
	if began := a.count(); began > 0 {
		a.breaker.changed(began)
	}
}

// count returns for how long the model is left alone, if that begins now.
func (a *attempt) count() (began time.Duration) {
	b := a.breaker
	b.mu.Lock()
	defer b.mu.Unlock()
	if !a.end() {
		return 0
	}
	b.row++
	switch {
	case b.pause == 0 && b.row >= failuresInARow:
		b.pause, began = firstPause, firstPause
		b.giveUp(errPaused) // try made it
		b.giveUp = nil
	case b.pause > 0 && a.probe:
		b.pause = min(2*b.pause, longestPause)
	default: // it began before the pause did, or there is none yet
		return 0
	}
	b.until = b.now().Add(b.pause)
	return began
}

// waiting passes an answer on, and ends the question's context with errPaused if the model
// is left alone before it wrote a word. A model that writes has not failed this visitor.
type waiting struct {
	Progress
	wrote atomic.Bool
}

// while returns the context to ask the model with, and what stops the watch. The caller
// calls that when the model has answered.
func (w *waiting) while(ctx context.Context, a *attempt) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	if a.asked == nil {
		return ctx, func() { cancel(nil) }
	}
	stop := context.AfterFunc(a.asked, func() {
		if !w.wrote.Load() {
			cancel(errPaused)
		}
	})
	return ctx, func() { stop(); cancel(nil) }
}

// Delta implements Progress.
func (w *waiting) Delta(text string) {
	w.wrote.Store(true)
	w.Progress.Delta(text)
}

// Restart implements Progress: the wait begins anew.
func (w *waiting) Restart() {
	w.wrote.Store(false)
	w.Progress.Restart()
}
