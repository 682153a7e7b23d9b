package bus

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// overlapping is how many pulls of a consumer in one stream may be open: the next one
	// is asked for while the one before still brings something.
	overlapping = 2
	// worthAsking is which part of the room must be free for the next pull while another
	// one is open. Smaller ones would cost as much as what they bring.
	worthAsking = 4
)

// pulls are the pulls of a consumer in one stream. Each has an inbox of its own, whose
// subscription stays, so a pull is one message to the server. Deliveries keep the subjects
// of their events, so they can only be told apart by inbox; what the server
// reports on a pull has a subject that names it, so that a late report on an earlier pull
// is recognized.
//
// It is used by one goroutine.
type pulls struct {
	conn   *Conn
	next   string        // the subject of requests
	room   chan struct{} // takes a token for each delivery that is asked for
	accept func(context.Context, *nats.Msg)
	// pause, if above 0, follows each pull that found all there was: see gulps.
	pause time.Duration

	messages chan *nats.Msg // of all inboxes
	inboxes  [overlapping]pullInbox
	asked    uint64        // pulls so far
	check    *time.Timer   // for pulls whose end never comes; nil: nothing was asked for yet
	checking bool          // the timer is set
	again    chan struct{} // has a token once the connection was made again
	emptied  bool          // the last pull found all there was, or failed: the next one has time
	forget   func()
}

// pullInbox is a subscription that stays, on which one pull at a time is answered.
type pullInbox struct {
	sub    *nats.Subscription // nil: it is subscribed with the next pull
	prefix string             // up to the pull's number
	reply  string             // of the open pull
	left   int                // how many deliveries the open pull may still bring; 0: none is open
	heard  time.Time          // when the server last showed that it knows of the pull
	ends   time.Time          // when the server should have ended it
}

func (c *Conn) newPulls(stream, consumer string, room chan struct{}, accept func(context.Context, *nats.Msg)) *pulls {
	p := &pulls{
		conn: c, next: "$JS.API.CONSUMER.MSG.NEXT." + stream + "." + consumer, room: room, accept: accept,
		// With place for what is asked for, for as much that comes on pulls that were given
		// up, and for what the server reports. If it is full, deliveries lapse.
		messages: make(chan *nats.Msg, 2*cap(room)+64), again: make(chan struct{}, 1),
	}
	p.forget = c.onTrouble(func() {
		select {
		case p.again <- struct{}{}:
		default:
		}
	}, func(*nats.Subscription) {})
	return p
}

// gulps has each pull end once it has brought what there is, and the next one begin after the
// pause, or at once if there was more. While no pull is open, an event costs neither the
// server nor this process anything: no consumer is woken for it, nothing is written, and
// nobody reads. It is for those who can wait. It must be called before the first step.
func (p *pulls) gulps(pause time.Duration) { p.pause = pause }

// step pulls, and hands over what arrives, until a pull has ended or the context does. It
// returns an error if the server ended a pull for one, or no longer confirms that it knows
// of it. Pulls that are open then stay so; end ends them.
//
// This is the only way in which a durable consumer is pulled from; decision
// 0025 says why it is not one of jetstream's, and 0040 why the inboxes stay.
func (p *pulls) step(ctx context.Context) error {
	if !p.open() {
		if p.rest(ctx) != nil {
			return nil
		}
		n, err := reserve(ctx, p.room)
		if err != nil {
			return nil
		}
		if err := p.ask(n); err != nil {
			return err
		}
	}
	p.checkLater(time.Now())
	for {
		select {
		case <-ctx.Done():
			return nil
		case msg := <-p.messages:
			if over, err := p.take(ctx, msg); over {
				return err
			}
		case <-p.again:
			return p.reconnected(ctx)
		case <-p.check.C:
			p.checking = false
			if over, err := p.overdue(ctx); over {
				return err
			}
		}
	}
}

// rest waits until the next gulp is due.
func (p *pulls) rest(ctx context.Context) error {
	if p.pause == 0 || !p.emptied {
		return nil
	}
	p.emptied = false
	over := time.NewTimer(p.pause)
	defer over.Stop()
	select {
	case <-over.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// open reports whether a pull is open.
func (p *pulls) open() bool {
	for i := range p.inboxes {
		if p.inboxes[i].left > 0 {
			return true
		}
	}
	return false
}

// ask asks for n deliveries, for which there are tokens of the room, to an inbox that is free.
func (p *pulls) ask(n int) error {
	l := &p.inboxes[0]
	for i := range p.inboxes {
		if l = &p.inboxes[i]; l.left == 0 {
			break
		}
	}
	err := p.askOn(l, n)
	if err != nil {
		p.release(n)
	}
	return err
}

func (p *pulls) askOn(l *pullInbox, n int) error {
	if l.sub == nil {
		inbox := p.conn.nc.NewInbox() + "."
		sub, err := p.conn.nc.ChanSubscribe(inbox+"*", p.messages)
		if err != nil {
			return err
		}
		l.sub, l.prefix = sub, inbox
	}
	p.asked++
	reply := l.prefix + strconv.FormatUint(p.asked, 36)
	if err := p.conn.nc.PublishRequest(p.next, reply, nextRequest(n, p.pause > 0)); err != nil {
		return err
	}
	now := time.Now()
	l.reply, l.left, l.heard, l.ends = reply, n, now, now.Add(pullWait+pullSlack)
	p.checkLater(now)
	return nil
}

// nextRequest is the body of a pull. One that gulps waits for its first delivery, too, but
// for no further ones.
func nextRequest(n int, gulp bool) []byte {
	b := strconv.AppendInt(append(make([]byte, 0, 96), `{"batch":`...), int64(n), 10)
	if gulp {
		b = append(b, `,"no_wait":true`...)
	}
	b = strconv.AppendInt(append(b, `,"expires":`...), int64(pullWait), 10)
	b = strconv.AppendInt(append(b, `,"idle_heartbeat":`...), int64(pullSign), 10)
	return append(b, '}')
}

// take handles one message, and reports whether that ended a pull, and how.
func (p *pulls) take(ctx context.Context, msg *nats.Msg) (over bool, err error) {
	var l *pullInbox
	for i := range p.inboxes {
		if p.inboxes[i].sub == msg.Sub {
			l = &p.inboxes[i]
		}
	}
	event, end := statusOf(msg)
	switch {
	case event && l != nil && l.left > 0:
		l.left--
		l.heard = time.Now()
		p.accept(ctx, msg)
		return l.left == 0, p.askMore()
	case event:
		p.stray(ctx, msg)
		return false, nil
	case l == nil || l.left == 0 || msg.Subject != l.reply:
		return false, nil // on a pull that was given up
	case end == nil:
		l.heard = time.Now()
		return false, nil
	}
	p.close(l)
	p.emptied = true
	if errors.Is(end, errPullOver) {
		return true, nil
	}
	// What one pull ends with is usually the end of the others, too.
	for {
		select {
		case msg := <-p.messages:
			_, _ = p.take(ctx, msg)
		default:
			return true, end
		}
	}
}

// stray takes a delivery of a pull that was given up, if there is room: the server has
// given it to this replica. Otherwise another one has it at once.
func (p *pulls) stray(ctx context.Context, msg *nats.Msg) {
	select {
	case p.room <- struct{}{}:
		p.accept(ctx, msg)
	default:
		_ = (&pulled{Msg: msg, nc: p.conn.nc}).Nak() // if that is lost, it lapses
	}
}

// askMore asks for the next deliveries while a pull still brings some, if enough can be
// asked for. That is asked at each delivery: without any, nothing more is needed.
func (p *pulls) askMore() error {
	free := false
	for i := range p.inboxes {
		free = free || p.inboxes[i].left == 0
	}
	if p.pause > 0 || !free || !p.open() || (cap(p.room)-len(p.room))*worthAsking < cap(p.room) {
		return nil
	}
	n := reserveAll(p.room)
	if n == 0 {
		return nil
	}
	return p.ask(n)
}

func (p *pulls) close(l *pullInbox) {
	n := l.left
	l.left = 0
	p.release(n)
}

func (p *pulls) release(n int) {
	for range n {
		<-p.room
	}
}

// checkLater sets the timer if it is not set: for when the first of the open pulls may be
// overdue.
func (p *pulls) checkLater(now time.Time) {
	at := now.Add(2 * pullSign)
	for i := range p.inboxes {
		l := &p.inboxes[i]
		if l.left == 0 {
			continue
		}
		for _, due := range []time.Time{l.heard.Add(2 * pullSign), l.ends} {
			if due.Before(at) {
				at = due
			}
		}
	}
	switch {
	case p.checking:
		return
	case p.check == nil:
		p.check = time.NewTimer(at.Sub(now))
	default:
		p.check.Reset(at.Sub(now))
	}
	p.checking = true
}

// overdue gives up a pull that the server no longer confirms, with an error, or that it
// should have ended. What arrived meanwhile is taken first: perhaps this process was not
// running.
func (p *pulls) overdue(ctx context.Context) (over bool, err error) {
	for queued := len(p.messages); queued > 0; queued-- {
		if _, end := p.take(ctx, <-p.messages); end != nil {
			err = end
		}
	}
	now := time.Now()
	for i := range p.inboxes {
		l := &p.inboxes[i]
		switch {
		case l.left == 0:
		case now.Sub(l.heard) >= 2*pullSign:
			p.close(l)
			over, err = true, jetstream.ErrNoHeartbeat
		case !now.Before(l.ends):
			p.close(l)
			over = true
		}
	}
	over = over || err != nil || !p.open()
	if !over {
		p.checkLater(now)
	}
	return over, err
}

// reconnected gives up the open pulls: they ended with the connection. The inboxes are
// new ones, so that a server that still has one of the pulls finds that nobody listens there any more.
func (p *pulls) reconnected(ctx context.Context) error {
	for queued := len(p.messages); queued > 0; queued-- {
		_, _ = p.take(ctx, <-p.messages)
	}
	for i := range p.inboxes {
		l := &p.inboxes[i]
		p.close(l)
		if l.sub != nil {
			_ = l.sub.Drain() // one that was asked for after the connection was made may bring something
		}
		*l = pullInbox{}
	}
	return nil
}

// end ends the open pulls once the context has ended, and hands over what arrived until the
// server knew. After that, everything that this replica was given has been handed over, and
// the server sends it nothing more. (If the connection is lost at that moment, deliveries
// lapse.)
func (p *pulls) end(ctx context.Context) {
	p.forget()
	known := p.conn.nc.IsConnected()
	for i := range p.inboxes {
		if sub := p.inboxes[i].sub; sub != nil && sub.Drain() != nil {
			known = false
		}
	}
	if !known || p.conn.flush(context.WithoutCancel(ctx)) != nil {
		p.conn.log.Debug().Msg("NATS does not know yet that a pull has ended")
	}
	for {
		select {
		case msg := <-p.messages:
			p.last(ctx, msg)
			continue
		default:
		}
		break
	}
	for i := range p.inboxes {
		p.close(&p.inboxes[i])
	}
	if p.check != nil {
		p.check.Stop()
	}
}

// last is take without another pull.
func (p *pulls) last(ctx context.Context, msg *nats.Msg) {
	if event, _ := statusOf(msg); !event {
		return
	}
	for i := range p.inboxes {
		if l := &p.inboxes[i]; l.sub == msg.Sub && l.left > 0 {
			l.left--
			p.accept(ctx, msg)
			return
		}
	}
	p.stray(ctx, msg)
}
