package agent

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

const (
	signedOut = 4401
	// mostRefusals is how often a sign-in may be refused: an account that was just
	// made may not be known everywhere yet.
	mostRefusals = 5
)

// connection signs in if necessary and holds one connection until it ends. It reports
// whether the agent was let in.
func (a *Agent) connection(ctx context.Context, base string) (in bool, err error) {
	if err := a.signIn(ctx, base); err != nil {
		var no *RefusedError
		if errors.As(err, &no) && no.After == 0 && no.Status < 500 {
			if a.refusals++; a.refusals >= mostRefusals {
				return false, err
			}
		}
		if no != nil {
			a.mu.Lock()
			a.after = time.Now().Add(no.After)
			a.mu.Unlock()
		}
		return false, nil
	}
	a.mu.Lock()
	header := http.Header{"Cookie": {a.cookie.Name + "=" + a.cookie.Value}, "Origin": {base}}
	maps.Copy(header, a.o.Header)
	a.mu.Unlock()
	sock, err := wire.DialTo(ctx, wire.Place{Base: base, Agent: true, Header: header})
	if err != nil {
		a.notLetIn(err)
		return false, nil
	}
	a.opened(base)
	heard := make(chan error, 1)
	go func() { heard <- a.listen(sock) }()
	end, ended := a.talk(ctx, sock, heard)
	own, in := a.closed(end)
	if own && ctx.Err() == nil {
		sock.Drop(false)
	} else {
		sock.Close()
	}
	if !ended {
		<-heard
	}
	var nonsense *wire.NonsenseError
	if errors.As(end, &nonsense) {
		return in, end
	}
	return in, nil
}

// notLetIn records the server's response instead of a socket.
func (a *Agent) notLetIn(err error) {
	var refused *wire.RefusedError
	if !errors.As(err, &refused) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if refused.Status == http.StatusUnauthorized {
		a.cookie = nil
	}
	a.after = time.Now().Add(refused.After)
}

func (a *Agent) opened(base string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.conn++
	a.tally.Connections++
	a.base, a.in, a.drop, a.deaf, a.leaves, a.after = base, false, false, false, nil, time.Time{}
	for _, c := range a.calls {
		c.flying = false
	}
	for _, w := range a.watched {
		w.flying, w.opened = false, false
	}
	a.write(history.Entry{Op: history.Open, Gateway: base})
	a.change()
}

// closed records the end of the connection, and returns whether the agent dropped it.
func (a *Agent) closed(end error) (own, in bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	own, in = a.drop, a.in
	code := 0
	if !own && !a.leaving {
		code = wire.Code(end)
		a.tally.Closed(code, 1)
	}
	if code == signedOut {
		a.cookie = nil
	}
	a.write(history.Entry{Op: history.End, Close: code})
	a.in, a.drop, a.deaf, a.base = false, false, true, ""
	a.change()
	return own, in
}

// talk writes the frames that are due until the connection ends or is to end. If ended is
// set the error is the reader's.
func (a *Agent) talk(ctx context.Context, sock *wire.Socket, heard <-chan error) (end error, ended bool) {
	const lastWords = 5 * time.Second
	for {
		a.mu.Lock()
		due := a.due()
		over := a.drop || a.leaving
		changed, next := a.changed, time.Hour
		if a.waits() {
			next = time.Until(a.after)
		}
		a.mu.Unlock()
		failed := false
		for _, r := range due {
			if failed = sock.Write(r) != nil; failed {
				next, changed = lastWords, nil
				break
			}
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
		if failed {
			return nil, false
		}
	}
}

// waits reports whether nothing is sent for now; with the lock held.
func (a *Agent) waits() bool { return time.Now().Before(a.after) }

// listen reads until the connection ends.
func (a *Agent) listen(sock *wire.Socket) error {
	for {
		f, err := sock.Read()
		if err != nil {
			return err
		}
		a.hear(f)
	}
}

// hear handles a frame and records it.
func (a *Agent) hear(f wire.Frame) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.deaf {
		return
	}
	defer a.change()
	switch f.T {
	case "welcome":
		a.in = true
		clear(a.desk)
		for _, d := range f.Desk {
			a.desk[d.Chat] = d
		}
	case "desk":
		if f.Set != nil {
			a.desk[f.Set.Chat] = *f.Set
		}
		delete(a.desk, f.Gone)
	case "mentions":
		a.mentioned(f.Mentions)
	case "opened":
		a.write(history.Entry{Op: history.Watched, Chat: f.Chat, ID: f.ID, Seq: f.Seq, Status: f.Status, Agent: f.Agent.Name, More: f.More})
		if w := a.watched[f.Chat]; w != nil && w.id == f.ID {
			w.opened, w.end, w.status = true, f.Seq, f.Status
			w.tell(Answer{Seq: f.Seq, More: f.More})
		}
	case "event":
		a.see(f)
	case "ack":
		a.write(history.Entry{Op: history.Ack, Chat: f.Chat, ID: a.step(f), Seq: f.Seq})
		a.answered(f.ID, Answer{Seq: f.Seq})
	case "page":
		events := f.Page()
		a.write(history.Entry{Op: history.Page, Chat: f.Chat, ID: f.ID, Events: events, More: f.More})
		a.tally.Pages++
		a.answered(f.ID, Answer{Events: events, More: f.More})
	case "error":
		a.refused(f)
	}
}

// tell answers Watch, the first time.
func (w *watching) tell(with Answer) {
	if w.told == nil {
		w.told = &with
	}
}

// see takes an event; with the lock held.
func (a *Agent) see(f wire.Frame) {
	told := f.Recorded()
	a.write(history.Entry{Op: history.Told, Chat: f.Chat, Event: &told})
	a.tally.Told++
	w := a.watched[f.Chat]
	if w == nil {
		return
	}
	missed := !w.caughtUp()
	w.last = max(w.last, f.Seq)
	if f.Status != "" {
		w.status = f.Status
	}
	if missed && f.Event.ID != "" && f.From.User == a.o.User {
		a.answered(f.Event.ID, Answer{Seq: f.Seq}) // done, although its answer was lost
	}
}

// refused handles an error frame: what may succeed later is resent then. With the lock
// held.
func (a *Agent) refused(f wire.Frame) {
	a.write(history.Entry{Op: history.Error, Chat: f.Chat, ID: a.step(f), Code: f.Code, Retry: f.Retry})
	a.tally.Failed(f.Code, 1)
	if f.Retry > 0 {
		a.after = time.Now().Add(time.Duration(f.Retry) * time.Millisecond)
		for _, c := range a.calls {
			if c.id == f.ID {
				c.flying = false
			}
		}
	}
	for chat, w := range a.watched {
		switch {
		case w.id != f.ID:
		case f.Retry > 0:
			w.flying = false
		default:
			w.tell(Answer{Code: f.Code, Says: f.Message})
			delete(a.watched, chat)
		}
	}
	if f.Retry == 0 {
		a.answered(f.ID, Answer{Code: f.Code, Says: f.Message})
	}
}
