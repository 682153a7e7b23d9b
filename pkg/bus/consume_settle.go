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
	// waitingTurn is for deliveries that failed before, while others like them are
	// being handled.
	waitingTurn = backoff.Policy{Min: time.Second, Max: time.Second}
)

// errPanic marks an error that was a panic.
var errPanic = errors.New("the handler panicked")

// deal handles one delivery and reports the outcome to NATS. A crash at any point
// leaves the delivery with NATS, and what was recorded so far in the bucket.
func (q *queue) deal(ctx context.Context, h *held) {
	var a attempt
	if h.tries > 1 {
		var err error
		if a, err = q.conn.attempts.of(ctx, q.key(h)); err != nil {
			q.again(ctx, h, retry, a, err)
			return
		}
	}
	leave, ok := q.admit(a)
	if !ok {
		q.sent(h, h.NakWithDelay(waitingTurn.Delay(1)))
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

// admit keeps failures from taking all workers. Events that the handler failed at get
// half of them at most. Events during which a process crashed are handled one at a
// time, so that the next crash shows which of them caused it and none is blamed for
// another. What is not admitted goes back to NATS for a moment, so nothing waits
// behind it.
func (q *queue) admit(a attempt) (leave func(), ok bool) {
	var room chan struct{}
	switch {
	case len(a.InFlight) > 0:
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

// try handles a delivery and settles it, unless it is to be given up: then the
// returned record, which is stored, says why.
func (q *queue) try(ctx context.Context, h *held, a attempt) attempt {
	mark, err := "", h.unreadable
	switch {
	case err != nil:
	case a.crashLoops():
		err = Permanent(errCrashLoop)
	default:
		alone := q.nothingBehind(h)
		mark, err = q.tracked(ctx, h, func(ctx context.Context) error { return h.handle(ctx, alone) })
	}
	o := outcomeOf(err, ctx.Err() != nil)
	q.metrics.settled[o].Inc()
	switch {
	case o == ack:
		q.sent(h, h.Ack())
		q.settled(ctx, h, h.tries > 1)
		return attempt{}
	case o == retry && mark == "":
	default:
		recorded, recordErr := q.conn.attempts.changeSurely(ctx, q.key(h), func(a attempt) attempt { return a.after(mark, o, err, q.tries) })
		if recordErr != nil {
			q.log(h).Warn().AnErr("cause", err).Err(recordErr).Msg("could not record the outcome of a delivery")
			o, recorded = retry, attempt{}
		}
		a = recorded
	}
	if a.GivenUp == "" {
		q.again(ctx, h, o, a, err)
	}
	return a
}

// giveUp finishes a delivery that was given up: Consumer.GaveUp is called, the dead
// letter is recorded, the delivery ends. Each step may be repeated, and after a crash
// those that may not have happened are.
func (q *queue) giveUp(ctx context.Context, h *held, a attempt) {
	notified := h.gaveUp == nil
	if !notified && a.mayNotify(q.tries) {
		mark, err := q.tracked(ctx, h, h.gaveUp)
		o := outcomeOf(err, ctx.Err() != nil)
		if mark != "" || o == retryCounted || o == terminate {
			recorded, recordErr := q.conn.attempts.changeSurely(ctx, q.key(h), func(a attempt) attempt { return a.afterNotify(mark, o, err, q.tries) })
			if recordErr != nil {
				q.again(ctx, h, retry, a, errors.Join(err, recordErr))
				return
			}
			a = recorded
		}
		if notified = o == ack; !notified && (o == retry || a.mayNotify(q.tries)) {
			q.again(ctx, h, o, a, fmt.Errorf("report that it was given up: %w", err))
			return
		}
	}
	letter := newDeadLetter(q.role, h.origin, a.Failed, a.reason(notified))
	if err := q.conn.record(ctx, letter); err != nil {
		q.again(ctx, h, retry, a, fmt.Errorf("record the dead letter: %w", err))
		return
	}
	q.log(h).Error().Str("reason", letter.Reason).Int("failures", a.Failed).Msg("gave up on a delivery: recorded as a dead letter")
	q.sent(h, h.TermWithReason("recorded as a dead letter"))
	q.settled(ctx, h, true)
}

// tracked runs f. If the event was delivered often, a record says that f started,
// and stays should the process crash in it; mark is what to remove it by.
func (q *queue) tracked(ctx context.Context, h *held, f func(context.Context) error) (mark string, err error) {
	if h.tries > untrackedTries {
		if mark, err = q.conn.attempts.begin(ctx, q.key(h)); err != nil {
			// It may have been recorded all the same: mark removes it.
			return mark, fmt.Errorf("%w: record that handling starts: %w", ErrUnavailable, err)
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

// handBack gives a delivery to another replica at once, since this one is stopping.
func (q *queue) handBack(h *held) {
	<-q.silent
	q.sent(h, h.Nak())
}

// again gives a delivery back to NATS, to be delivered later.
func (q *queue) again(ctx context.Context, h *held, o outcome, a attempt, cause error) {
	if ctx.Err() != nil {
		q.handBack(h)
		return
	}
	delay := a.pause(o, h.tries)
	level := zerolog.WarnLevel
	if o == retry && !q.conn.nc.IsConnected() { // the outage is logged once for all
		level = zerolog.DebugLevel
	}
	q.log(h).WithLevel(level).Err(cause).Int("failures", a.Failed).Dur("again_in", delay).Msg("delivery failed, it will come again")
	q.sent(h, h.NakWithDelay(delay))
}

// settled cleans up after a delivery that will not come again. recorded: there may be
// a record of its attempts.
func (q *queue) settled(ctx context.Context, h *held, recorded bool) {
	if h.settled != nil {
		h.settled(ctx)
	}
	if recorded {
		q.conn.attempts.forget(ctx, q.key(h))
	}
}

// sent logs that an outcome did not reach NATS.
func (q *queue) sent(h *held, err error) {
	if err != nil {
		q.log(h).Debug().Err(err).Msg("delivery not settled, it will come again")
	}
}

// key names the record of a delivery's attempts, which almost none has.
func (q *queue) key(h *held) string { return attemptKey(q.role, h.stream, h.seq) }

func (q *queue) log(h *held) *zerolog.Logger {
	with := q.conn.log.With().Str("consumer", q.role).Str("chat", string(h.chat)).Uint64("seq", h.seq).Int("deliveries", h.tries)
	if id := telemetry.TraceIn(h.trace); id != "" {
		with = with.Str("trace", id)
	}
	log := with.Logger()
	return &log
}
