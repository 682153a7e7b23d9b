package visitor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/workload/tally"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

const (
	// sureFor is how long the stream surely knows an id: a little less than its ten
	// minutes.
	sureFor = 8 * time.Minute
	// lastWords is how long the reader may take to find a close frame after a
	// write has failed.
	lastWords = 5 * time.Second

	floodFrames = 40
	floodEvery  = 200 * time.Millisecond
	floodID     = "flood-"
	floodSize   = 50 << 10
)

// connection holds one connection until it ends, and reports whether the client
// was let in.
func (v *Visitor) connection(ctx context.Context, base string) (in bool, err error) {
	sock, err := wire.DialTo(ctx, wire.Place{Base: base, From: v.o.From, Header: v.o.Header})
	if err != nil {
		v.notLetIn(err)
		return false, nil
	}
	if v.gone() { // since the connection was begun
		sock.Drop(false)
		return false, nil
	}
	v.opened(base)
	stop, heard := make(chan struct{}), make(chan error, 1)
	go func() { heard <- v.listen(sock, stop) }()
	end, ended := v.talk(ctx, sock, heard)
	close(stop)
	way, in := v.closed(end)
	switch {
	case way == freezes:
		v.mu.Lock()
		until := v.until
		v.mu.Unlock()
		wire.Wait(ctx, time.Until(until))
		sock.Drop(true)
	case way == closes || ctx.Err() != nil:
		sock.Close()
	default:
		sock.Drop(way == resets)
	}
	if !ended {
		<-heard
	}
	var fault *faultError
	if errors.As(end, &fault) {
		return in, end
	}
	return in, nil
}

// notLetIn records the server's response instead of a socket.
func (v *Visitor) notLetIn(err error) {
	var refused *wire.RefusedError
	if !errors.As(err, &refused) {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.counts.Failed(fmt.Sprintf("HTTP %d", refused.Status), 1)
	if refused.After > 0 {
		v.until = time.Now().Add(refused.After)
	}
}

// gone reports whether the client is to stay disconnected now.
func (v *Visitor) gone() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return time.Until(v.until) > 0
}

// faultError is why the client can't go on.
type faultError struct{ error }

func (v *Visitor) opened(base string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.conn++
	v.counts.Connections++
	v.open, v.helloed, v.in, v.caughtUp, v.deaf = true, false, false, false, false
	v.ending, v.after, v.slowUntil, v.page = stays, time.Time{}, time.Time{}, nil
	for _, m := range v.pending {
		m.flying = false
	}
	v.write(history.Entry{Op: history.Open, Gateway: base})
	v.change()
}

// closed records the end of the connection, and returns how the client ended it.
func (v *Visitor) closed(end error) (way ending, in bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	way, in = v.ending, v.in
	if v.leaving && way == stays {
		way = closes
	}
	code := 0
	if way == stays {
		code = wire.Code(end)
		v.counts.Closed(code, 1)
	}
	v.write(history.Entry{Op: history.End, Close: code, Own: way != stays})
	if v.endedAt.IsZero() && v.chat != "" {
		v.endedAt = time.Now()
		v.away = tally.Away{Code: code, Own: way != stays, Meant: v.away.Meant}
	}
	v.open, v.in, v.caughtUp, v.deaf, v.ending, v.page = false, false, false, true, stays, nil
	v.change()
	return way, in
}

// talk writes the frames that are due until the connection ends or is to end. If ended is
// set the error is the reader's.
func (v *Visitor) talk(ctx context.Context, sock *wire.Socket, heard <-chan error) (end error, ended bool) {
	for {
		v.mu.Lock()
		due := v.due()
		over := v.ending != stays || v.leaving
		changed, next := v.changed, v.next()
		v.mu.Unlock()
		for _, r := range due {
			if sock.Write(r) == nil {
				continue
			}
			if over {
				return nil, false
			}
			t := time.NewTimer(lastWords)
			defer t.Stop()
			select {
			case end := <-heard:
				return end, true
			case <-t.C:
			case <-ctx.Done():
			}
			return nil, false
		}
		if over {
			return nil, false
		}
		t := time.NewTimer(next)
		select {
		case <-changed:
		case <-t.C:
		case end := <-heard:
			t.Stop()
			return end, true
		case <-ctx.Done():
			t.Stop()
			return nil, false
		}
		t.Stop()
	}
}

// next returns after what time a frame may be due although nothing changes; with the
// lock held.
func (v *Visitor) next() time.Duration {
	next := time.Hour
	if wait := time.Until(v.after); wait > 0 {
		next = wait
	}
	if time.Now().Before(v.slowUntil) {
		next = min(next, floodEvery)
	}
	return next
}

// due returns the frames to be sent now, and records them: the hello, and once the client
// has seen everything that it missed, what is neither confirmed nor on the way, in order.
// With the lock held.
func (v *Visitor) due() []wire.Request {
	now := time.Now()
	if now.Before(v.after) {
		return nil
	}
	if !v.in {
		if v.helloed {
			return nil
		}
		v.helloed = true
		hello, vouched := wire.Request{T: "hello", Name: v.o.Name, Token: v.token, Since: v.last, Team: v.o.Team}, ""
		if v.o.Sign != nil {
			hello.About = &wire.About{Attributes: map[string]string{wire.VouchedFor: "what the page says"}}
			if v.chat == "" || v.o.Rand.IntN(2) == 0 { // the page was loaded anew
				hello.Token, vouched = v.o.Sign(v.o.Rand)
			}
		}
		v.write(history.Entry{Op: history.Hello, Since: v.last, Signed: vouched})
		return []wire.Request{hello}
	}
	if !v.caughtUp {
		return nil
	}
	var out []wire.Request
	for _, m := range v.pending {
		if !m.flying {
			out = append(out, v.send(m, now))
		}
	}
	if p := v.page; p != nil && !p.flying {
		p.flying = true
		v.write(history.Entry{Op: history.Ask, Chat: v.chat, ID: p.id, Before: p.before, Limit: p.limit})
		out = append(out, wire.Request{T: "page", ID: p.id, Before: p.before, Limit: p.limit})
	}
	if now.Before(v.slowUntil) && now.Sub(v.flooded) >= floodEvery {
		v.flooded = now
		for range floodFrames {
			out = append(out, wire.Request{T: "flood", ID: floodID + strings.Repeat("x", floodSize)})
		}
	}
	return out
}

// send returns the frame of what the visitor said; with the lock held.
func (v *Visitor) send(m *said, now time.Time) wire.Request {
	again := m.tries > 0
	if again {
		v.counts.Resent++
	} else {
		m.first = now
	}
	if v.o.Careless && now.Sub(m.first) < sureFor {
		again = false
	}
	m.flying = true
	m.tries++
	list, files := m.attached()
	v.write(history.Entry{Op: history.Send, Chat: v.chat, ID: m.id, What: m.what, Text: m.text, Email: m.email, Called: m.called, Choice: m.choice, Files: list, Score: m.score, Again: again})
	t := m.what
	if t == "message" {
		t = "send"
	}
	return wire.Request{T: t, ID: m.id, Name: m.called, Text: m.text, Choice: m.choice, Email: m.email, Score: m.score, Again: again, Files: files}
}

// listen reads until the connection ends or the client no longer hears.
func (v *Visitor) listen(sock *wire.Socket, stop <-chan struct{}) error {
	for {
		v.mu.Lock()
		pause, deaf := time.Until(v.slowUntil), v.deaf
		v.mu.Unlock()
		if deaf {
			return nil
		}
		if pause > 0 {
			t := time.NewTimer(pause)
			select {
			case <-t.C:
			case <-stop:
				t.Stop()
				return nil
			}
		}
		f, err := sock.Read()
		var nonsense *wire.NonsenseError
		if errors.As(err, &nonsense) {
			return &faultError{err}
		}
		if err != nil {
			return err
		}
		if err := v.hear(f); err != nil {
			return &faultError{err}
		}
	}
}
