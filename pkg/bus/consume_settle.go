package bus

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/telemetry"
)

var (
	redelivering = backoff.Policy{Min: 200 * time.Millisecond, Max: 30 * time.Second}
	// waitingTurn is for deliveries that went wrong before, while others of
	// these are handled.
	waitingTurn = backoff.Policy{Min: time.Second, Max: time.Second}
)

// errPanic marks an error that was a panic.
var errPanic = errors.New("the handler panicked")

// deal handles one delivery and tells NATS what became of it. A crash at any
// point leaves the delivery with NATS, and what is noted so far in the bucket.
func (q *queue) deal(ctx context.Context, h *held) {
	var a attempt
	if h.tries > 1 {
		var err error
		if a, err = q.conn.attempts.of(ctx, h.key); err != nil {
			q.again(ctx, h, later, a, err)
			return
		}
	}
	leave, ok := q.admit(a)
	if !ok {
		q.told(h, h.msg.NakWithDelay(waitingTurn.Delay(1)))
		return
	}
	defer leave()
	select {
	case q.workers <- struct{}{}:
		defer func() { <-q.workers }()
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		q.handBack(h)
		return
	}
	if a.GivenUp == "" {
		if a = q.try(ctx, h, a); a.GivenUp == "" {
			return
		}
	}
	q.giveUp(ctx, h, a)
}

// admit keeps what goes wrong from taking everything. Of the deliveries that the
// handler failed at half of the workers at most are given to; and those in whose
// handling a process ended come one at a time, so that when it ends again it is
// known which of them did it, and none is blamed for another. Who is not admitted
// goes back to NATS for a moment, so nobody waits behind it.
func (q *queue) admit(a attempt) (leave func(), ok bool) {
	var room chan struct{}
	switch {
	case len(a.Began) > 0:
		room = q.alone
	case a.Failed > 0:
		room = q.retries
	default:
		return func() {}, true
	}
	select {
	case room <- struct{}{}:
		return func() { <-room }, true
	default:
		return nil, false
	}
}

// try handles a delivery and settles it. Only a delivery that is to be given up
// is not settled: that is noted, and the returned note says why.
func (q *queue) try(ctx context.Context, h *held, a attempt) attempt {
	mark, err := "", h.unreadable
	switch {
	case err != nil:
	case a.endsProcesses():
		err = Permanent(errEnds)
	default:
		mark, err = q.watched(ctx, h, h.handle)
	}
	v := judge(err, ctx.Err() != nil)
	q.conn.metrics.settledAs(q.role, v, 1)
	switch {
	case v == handled:
		q.told(h, h.msg.Ack())
		q.settled(ctx, h, h.tries > 1)
		return attempt{}
	case v == later && mark == "":
	default:
		noted, noteErr := q.conn.attempts.noteSurely(ctx, h.key, func(a attempt) attempt { return a.after(mark, v, err, q.tries) })
		if noteErr != nil {
			q.log(h).Warn().AnErr("cause", err).Err(noteErr).Msg("could not note how a delivery went")
			v, noted = later, attempt{}
		}
		a = noted
	}
	if a.GivenUp == "" {
		q.again(ctx, h, v, a, err)
	}
	return a
}

// giveUp brings a delivery that was given up to its end: the role tells whom it
// concerns, the letter is recorded, the delivery ends. Each step may be repeated,
// and after a crash all that are not done for sure are.
func (q *queue) giveUp(ctx context.Context, h *held, a attempt) {
	told := h.gaveUp == nil
	if !told && a.tellable(q.tries) {
		mark, err := q.watched(ctx, h, h.gaveUp)
		v := judge(err, ctx.Err() != nil)
		if mark != "" || v == failed || v == hopeless {
			noted, noteErr := q.conn.attempts.noteSurely(ctx, h.key, func(a attempt) attempt { return a.afterTelling(mark, v, err, q.tries) })
			if noteErr != nil {
				q.again(ctx, h, later, a, errors.Join(err, noteErr))
				return
			}
			a = noted
		}
		if told = v == handled; !told && (v == later || a.tellable(q.tries)) {
			q.again(ctx, h, v, a, fmt.Errorf("tell that it was given up: %w", err))
			return
		}
	}
	letter := newLetter(q.role, h.origin, a.Failed, a.reason(told))
	if err := q.conn.record(ctx, letter); err != nil {
		q.again(ctx, h, later, a, fmt.Errorf("record the dead letter: %w", err))
		return
	}
	q.log(h).Error().Str("reason", letter.Reason).Int("failures", a.Failed).Msg("gave up on a delivery: recorded as a dead letter")
	q.told(h, h.msg.TermWithReason("recorded as a dead letter"))
	q.settled(ctx, h, true)
}

// watched runs f. Where the event was delivered often, a note tells that it began,
// which stays should the process end within; the mark is what to remove it by.
func (q *queue) watched(ctx context.Context, h *held, f func(context.Context) error) (mark string, err error) {
	if h.tries > quietTries {
		if mark, err = q.conn.attempts.begin(ctx, h.key); err != nil {
			// It may have been noted all the same: mark removes it.
			return mark, fmt.Errorf("%w: note that handling begins: %w", ErrUnavailable, err)
		}
	}
	return mark, safely(ctx, func() *zerolog.Logger { return q.log(h) }, f)
}

// safely turns a panic into an error.
func safely(ctx context.Context, log func() *zerolog.Logger, f func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errPanic, p)
			log().Error().Err(err).Str("stack", string(debug.Stack())).Msg("handler panicked")
		}
	}()
	return f(ctx)
}

// handBack lets another replica have a delivery at once, since this one goes away.
func (q *queue) handBack(h *held) {
	<-q.silent
	q.told(h, h.msg.Nak())
}

// again gives a delivery back to NATS.
func (q *queue) again(ctx context.Context, h *held, v verdict, a attempt, cause error) {
	if ctx.Err() != nil {
		q.handBack(h)
		return
	}
	delay := a.pause(v, h.tries)
	level := zerolog.WarnLevel
	if v == later && !q.conn.nc.IsConnected() { // it is told once for all
		level = zerolog.DebugLevel
	}
	q.log(h).WithLevel(level).Err(cause).Int("failures", a.Failed).Dur("again_in", delay).Msg("delivery failed, it will come again")
	q.told(h, h.msg.NakWithDelay(delay))
}

// settled cleans up behind a delivery that will not come again. noted: there may
// be a note on it.
func (q *queue) settled(ctx context.Context, h *held, noted bool) {
	if h.settled != nil {
		h.settled(ctx)
	}
	if noted {
		q.conn.attempts.forget(ctx, h.key)
	}
}

func (q *queue) told(h *held, err error) {
	if err != nil {
		q.log(h).Debug().Err(err).Msg("delivery not settled, it will come again")
	}
}

func (q *queue) log(h *held) *zerolog.Logger {
	with := q.conn.log.With().Str("consumer", q.role).Str("chat", string(h.chat)).Uint64("seq", h.seq).Int("deliveries", h.tries)
	if id := telemetry.TraceIn(h.trace); id != "" {
		with = with.Str("trace", id)
	}
	log := with.Logger()
	return &log
}
