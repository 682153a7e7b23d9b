// Package agent is an agent's client: it signs in, watches chats, takes them, speaks and
// releases them, loses its connection and comes back as docs/agent-protocol.md requires,
// and records everything that it did and received. It never judges what it received.
package agent

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/workload/tally"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// Options says who the agent is.
type Options struct {
	Account
	Recorder *history.Recorder // of this client alone; its maker closes it after Run
	Gateways func() []string   // the base URLs of the gateways that serve now
	First    int               // the number of the gateway to begin with
	Header   http.Header       // of its connections and of its sign-in; nil for none
	Rand     *rand.Rand        // the client's own
}

// Agent is one console. Its methods may be called concurrently.
type Agent struct {
	o        Options
	refusals int           // of signing in; Run's own
	ended    chan struct{} // closed when Run returns

	mu      sync.Mutex // guards what follows, and Options.Rand
	changed chan struct{}
	tally   Tally
	made    int // ids

	// What outlives a connection.
	cookie  *http.Cookie // of the session; nil before sign-in
	desk    map[string]wire.Desk
	watched map[string]*watching // by chat
	calls   []*call              // not answered, in the order in which they were made
	over    bool                 // Run has returned
	leaving bool
	resting bool

	// The present connection.
	conn     int
	base     string
	in       bool // welcomed
	after    time.Time
	drop     bool
	dropNext bool // with the next call
	deaf     bool
	leaves   []string       // chats that are no longer watched, to be sent
	unseen   []wire.Mention // where it was mentioned
}

// Tally is what an agent counts.
type Tally struct {
	tally.Counts
	SignIns int
	Taken   int // chats that it got
	Beaten  int // chats that another agent got at the same time
	// SteppedIn counts the missed chats that it stepped into, and Dealt those that it
	// marked as dealt with.
	SteppedIn, Dealt int
	// PassedOn counts the chats that it gave to another agent, and TakenOver those that it
	// took from one.
	PassedOn, TakenOver int
	// Snoozed counts the times that it snoozed a chat, and Unseen those that it was asked before
	// it said something over what it had not seen.
	Snoozed, Unseen int
	// Assigned counts the chats that it gave to somebody out of the queue, and Others those
	// that it could not take since they waited for another team.
	Assigned, Others int
}

// Add adds another agent's.
func (t *Tally) Add(o Tally) {
	t.Counts.Add(o.Counts)
	t.SignIns += o.SignIns
	t.Taken += o.Taken
	t.Beaten += o.Beaten
	t.SteppedIn += o.SteppedIn
	t.Dealt += o.Dealt
	t.PassedOn += o.PassedOn
	t.TakenOver += o.TakenOver
	t.Snoozed += o.Snoozed
	t.Unseen += o.Unseen
	t.Assigned += o.Assigned
	t.Others += o.Others
}

// ErrEnded ends a call of an agent that no longer runs.
var ErrEnded = errors.New("the agent has ended")

// New returns an agent that does nothing before Run.
func New(o Options) *Agent {
	return &Agent{o: o, ended: make(chan struct{}), changed: make(chan struct{}), desk: map[string]wire.Desk{}, watched: map[string]*watching{}}
}

// Run keeps the agent connected until Leave is called or the context ends. The error is
// why it could not go on. It is called once.
func (a *Agent) Run(ctx context.Context) error {
	a.o.Recorder.Record(history.Entry{Op: history.Begin, Role: "agent", Name: a.o.Name, User: a.o.User})
	err := a.run(ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
	close(a.ended)
	a.change()
	return err
}

func (a *Agent) run(ctx context.Context) error {
	at := a.o.First
	for failed := 0; ; failed++ {
		if all := a.o.Gateways(); len(all) > 0 {
			in, err := a.connection(ctx, all[at%len(all)])
			at++
			if err != nil {
				return fmt.Errorf("agent %s: %w", a.o.User, err)
			}
			if in {
				failed = -1
			}
		}
		a.mu.Lock()
		leaving, wait := a.leaving, max(wire.Backoff(failed+1, a.o.Rand), time.Until(a.after))
		if leaving {
			a.write(history.Entry{Op: history.Done})
		}
		a.mu.Unlock()
		if leaving || !wire.Wait(ctx, wait) {
			return nil
		}
	}
}

// Drop ends the TCP connection without a close frame, after the pending frames were
// written.
func (a *Agent) Drop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.conn > 0 {
		a.drop, a.deaf = true, true
		a.change()
	}
}

// DropOnCall ends the connection as Drop does, right after the next call was written: its
// answer is not read.
func (a *Agent) DropOnCall() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.dropNext = true
}

// Leave makes Run close the connection and return.
func (a *Agent) Leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.leaving = true
	a.change()
}

// Tally returns what happened so far.
func (a *Agent) Tally() Tally {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.tally
	t.Counts = t.Clone()
	return t
}

// Seen is what a condition may ask. It holds only inside of Await.
type Seen struct{ a *Agent }

// Welcomed reports whether the agent is connected and knows the desk.
func (s Seen) Welcomed() bool { return s.a.in }

// Desk is a chat's status on the desk: waiting, live, or "" if it is not there.
func (s Seen) Desk(chat string) string { return s.a.desk[chat].Status }

// Count is how many chats have that status on the desk.
func (s Seen) Count(status string) (n int) {
	for _, d := range s.a.desk {
		if d.Status == status {
			n++
		}
	}
	return n
}

// Own are the chats that the agent has on the desk.
func (s Seen) Own() (chats []string) {
	for id, d := range s.a.desk {
		if d.Status == "live" && d.Agent.User == s.a.o.User {
			chats = append(chats, id)
		}
	}
	return chats
}

// Last is the last event seen of a watched chat.
func (s Seen) Last(chat string) uint64 {
	if w := s.a.watched[chat]; w != nil {
		return w.last
	}
	return 0
}

// Status is the status of a watched chat in its events.
func (s Seen) Status(chat string) string {
	if w := s.a.watched[chat]; w != nil {
		return w.status
	}
	return ""
}

// Look calls the function with what the agent knows now.
func (a *Agent) Look(at func(Seen)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at(Seen{a})
}

// Await waits until the condition holds for what the agent knows. The condition must not
// call the agent's methods.
func (a *Agent) Await(ctx context.Context, what string, holds func(Seen) bool) error {
	for {
		a.mu.Lock()
		ok, over, changed := holds(Seen{a}), a.over, a.changed
		a.mu.Unlock()
		switch {
		case ok:
			return nil
		case over:
			return fmt.Errorf("%s waits for %s: %w", a.o.User, what, ErrEnded)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%s waits for %s: %w", a.o.User, what, ctx.Err())
		}
	}
}

// Desk returns the chats that wait or are live, as far as the agent knows.
func (a *Agent) Desk() map[string]wire.Desk {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.desk)
}

// write writes an entry; with the lock held, so that entries are in the order in which
// the client acted.
func (a *Agent) write(e history.Entry) {
	e.Conn = a.conn
	a.o.Recorder.Record(e)
}

// change wakes everything that waits; with the lock held.
func (a *Agent) change() {
	close(a.changed)
	a.changed = make(chan struct{})
}
