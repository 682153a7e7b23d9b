package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/parley-chat/parley/pkg/chat"
)

// maxAppends bounds the appends of one connection that are not acknowledged yet. What
// comes on top fails with errCrowded: at once if it has somewhere else to report that,
// otherwise it waits until its context ends.
const maxAppends = 16_384

var errCrowded = fmt.Errorf("%w: too many messages wait to be stored", ErrUnavailable)

// publisher sends what streams are to store and takes their acknowledgments, for all
// appends of a connection: with one subscription, one timer and no goroutine of an append's
// own. jetstream's PublishMsg has a context, a timer and a channel for each.
type publisher struct {
	conn  *Conn
	nc    *nats.Conn
	inbox string      // of all acknowledgments, up to the append's token
	timer *time.Timer // runs sweep, at wake
	most  int         // how many may be open: maxAppends, except in tests

	mu     sync.Mutex         // guards what follows
	sub    *nats.Subscription // to the inbox; nil before the first append
	last   uint64             // token
	open   map[uint64]*pending
	wake   time.Time // zero: the timer is not set
	closed bool
}

func newPublisher(c *Conn, nc *nats.Conn) *publisher {
	p := &publisher{conn: c, nc: nc, inbox: nc.NewInbox() + ".", most: maxAppends, open: map[uint64]*pending{}}
	p.timer = time.AfterFunc(time.Hour, p.sweep)
	p.timer.Stop()
	return p
}

// pending is an append that is not acknowledged.
type pending struct {
	msg  nats.Msg
	ctx  context.Context // ends it, as end does
	end  time.Time       // zero: only the context does
	once time.Duration   // how long its only try may take; 0: it is tried until ctx or end
	done func(Stored, error)
	// input is the chat of an input that is stored only if its hint is right, and expected
	// the visitor's last event that the hint names; else "" and 0.
	input    chat.ID
	inputs   Subject // all inputs of that chat
	moves    int     // after how many moves of its chat
	expected uint64
	appending

	values  [6]string // of its headers
	headers int

	// The publisher's lock guards what follows.
	token   uint64
	tries   int
	waiting bool      // for its next try, rather than for an answer
	due     time.Time // when the next try is made, or this one is given up
	err     error     // of the last try
}

// set gives the message a header; six of them cost no allocation of their own.
func (a *pending) set(key, value string) {
	if a.msg.Header == nil {
		a.msg.Header = nats.Header{}
	}
	if a.headers == len(a.values) {
		a.msg.Header.Set(key, value)
		return
	}
	a.values[a.headers] = value
	a.msg.Header[key] = a.values[a.headers : a.headers+1 : a.headers+1]
	a.headers++
}

// finish reports how the append ended. It is called once, without the publisher's lock.
func (a *pending) finish(stored Stored, err error) {
	if err != nil {
		err = fmt.Errorf("append to %s: %w", a.msg.Subject, err)
	}
	a.appending.end(stored, err)
	a.done(stored, err)
}

// next is when something has to be done about it, if nothing else happens.
func (a *pending) next() time.Time {
	if !a.end.IsZero() && a.end.Before(a.due) {
		return a.end
	}
	return a.due
}

// ended returns why it may not be tried any longer, or nil.
func (a *pending) ended(now time.Time) error {
	if err := a.ctx.Err(); err != nil {
		return err
	}
	if !a.end.IsZero() && !now.Before(a.end) {
		return context.DeadlineExceeded
	}
	return nil
}

// begin publishes the message of an append, and reports by a.done, once, how it ended: not
// before it returns nil, and never if it returns an error.
func (p *publisher) begin(a *pending) error {
	if at, ok := a.ctx.Deadline(); ok && (a.end.IsZero() || at.Before(a.end)) {
		a.end = at
	}
	p.mu.Lock()
	err := p.enter(a)
	p.mu.Unlock()
	if err != nil {
		return err
	}
	p.send(a)
	return nil
}

// wait publishes the message of an append and returns how it ended. A table that is full is
// waited for.
func (p *publisher) wait(a *pending) (stored Stored, err error) {
	ended := make(chan struct{})
	a.done = func(s Stored, e error) { stored, err = s, e; close(ended) }
	if err := retryUnavailable(a.ctx, func(int) error { return p.begin(a) }); err != nil {
		a.finish(Stored{}, err)
		return stored, err
	}
	select {
	case <-ended:
	case <-a.ctx.Done():
		p.withdraw(a)
		<-ended
	}
	return stored, err
}

// enter gives an append its place and its token. The lock is held.
func (p *publisher) enter(a *pending) error {
	if p.closed {
		return translate(nats.ErrConnectionClosed)
	}
	if len(p.open) >= p.most {
		return errCrowded
	}
	if p.sub == nil {
		sub, err := p.nc.Subscribe(p.inbox+"*", p.answered)
		if err != nil {
			return translate(err)
		}
		p.sub = sub
	}
	p.last++
	a.token = p.last
	var buf [96]byte
	a.msg.Reply = string(strconv.AppendUint(append(buf[:0], p.inbox...), a.token, 36))
	p.open[a.token] = a
	p.try(a, time.Now())
	p.wakeAt(a.next())
	return nil
}

// try begins the next try. The lock is held.
func (p *publisher) try(a *pending, now time.Time) {
	a.tries++
	a.waiting = false
	limit := a.once
	if limit == 0 {
		limit = appendTime(a.tries)
	}
	a.due = now.Add(limit)
}

// send publishes the message, without the lock: a write may block.
func (p *publisher) send(a *pending) {
	if err := p.nc.PublishMsg(&a.msg); err != nil {
		p.failed(a, err)
	}
}

// answered takes one acknowledgment. It may be that of an earlier try: what was stored by
// that is stored.
func (p *publisher) answered(msg *nats.Msg) {
	text, ok := strings.CutPrefix(msg.Subject, p.inbox)
	token, err := strconv.ParseUint(text, 36, 64)
	if !ok || err != nil {
		return
	}
	stored, err := parseAck(msg)
	p.conn.stored(err)
	p.mu.Lock()
	a := p.open[token]
	if a != nil && err == nil {
		delete(p.open, token)
	}
	p.mu.Unlock()
	switch {
	case a == nil:
	case err == nil:
		a.finish(stored, nil)
	default:
		p.failed(a, err)
	}
}

// failed ends a try, and the append with it unless another one may succeed.
func (p *publisher) failed(a *pending, err error) {
	p.mu.Lock()
	over := p.open[a.token] == a && !a.waiting && p.lose(a, err, time.Now())
	if !over {
		p.wakeAt(a.next())
	}
	p.mu.Unlock()
	if over {
		a.finish(Stored{}, a.err)
	}
}

// lose notes that a try failed, and reports whether the append is over: then it has left
// the table. The lock is held. A NATS without room is not waited for: whoever writes should
// learn it, and whoever has time tries again.
func (p *publisher) lose(a *pending, err error, now time.Time) (over bool) {
	full := fullBecause(err)
	a.err = translate(err)
	if full != nil {
		a.err = full
	}
	if full != nil || a.once > 0 || !errors.Is(a.err, ErrUnavailable) {
		delete(p.open, a.token)
		return true
	}
	a.waiting = true
	a.due = now.Add(publishing.Delay(a.tries))
	return false
}

// withdraw ends an append whose context has ended; its message may be stored all the same.
func (p *publisher) withdraw(a *pending) {
	p.mu.Lock()
	mine := p.open[a.token] == a
	if mine {
		p.leave(a, a.ctx.Err())
	}
	p.mu.Unlock()
	if mine {
		a.finish(Stored{}, a.err)
	}
}

// leave takes an append that has no more time out of the table. The lock is held.
func (p *publisher) leave(a *pending, cause error) {
	delete(p.open, a.token)
	if !a.waiting || a.err == nil {
		a.err = translate(cause)
	}
}

// sweepEvery is how often the table is looked through at most.
const sweepEvery = 5 * time.Millisecond

// wakeAt has sweep run then, if not before. The lock is held.
func (p *publisher) wakeAt(at time.Time) {
	if !p.wake.IsZero() && !at.Before(p.wake) {
		return
	}
	p.wake = at
	p.timer.Reset(max(sweepEvery, time.Until(at)))
}

// sweep does what is due: tries again, gives up tries, ends appends that have no more time.
// Almost all appends are acknowledged long before, so it hardly ever runs.
func (p *publisher) sweep() {
	var again, over []*pending
	now := time.Now()
	p.mu.Lock()
	p.wake = time.Time{}
	for _, a := range p.open {
		switch no := a.ended(now); {
		case no != nil:
			p.leave(a, no)
			over = append(over, a)
			continue
		case now.Before(a.due):
		case a.waiting:
			p.try(a, now)
			again = append(again, a)
		case p.lose(a, context.DeadlineExceeded, now):
			over = append(over, a)
			continue
		}
		p.wakeAt(a.next())
	}
	p.mu.Unlock()
	for _, a := range over {
		a.finish(Stored{}, a.err)
	}
	for _, a := range again {
		p.send(a)
	}
}

// disconnected ends all tries: their acknowledgments are lost with the connection.
func (p *publisher) disconnected() { p.failAll(nats.ErrDisconnected, false) }

// close ends all appends, and refuses those to come.
func (p *publisher) close() { p.failAll(nats.ErrConnectionClosed, true) }

func (p *publisher) failAll(why error, closed bool) {
	var over []*pending
	now := time.Now()
	p.mu.Lock()
	p.closed = p.closed || closed
	for _, a := range p.open {
		switch {
		case closed:
			p.leave(a, why)
			over = append(over, a)
		case a.waiting:
		case p.lose(a, why, now):
			over = append(over, a)
		default:
			p.wakeAt(a.next())
		}
	}
	p.mu.Unlock()
	for _, a := range over {
		a.finish(Stored{}, a.err)
	}
}
