// Package visitor is a visitor's client. It does what docs/protocol.md requires of a
// client, misbehaves as networks and people do, and records everything that it did and
// received. It never judges what it received.
package visitor

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/workload/tally"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// Options says who the visitor is.
type Options struct {
	Name  string // the visitor's; tabs of one visitor share it
	Tab   string // a prefix of its ids, different for each tab; empty for the only tab
	Team  string // what the page calls the team that it is for; empty: it names none
	Token string // "claim:…" or from a welcome; tabs share it. Empty: a secret is made up
	// Sign makes up a token of the visitor's site, and tells what it vouches for; nil: the site
	// signs nothing. A client says hello with a new one now and then.
	Sign     func(*rand.Rand) (token, vouched string)
	Recorder *history.Recorder // of this client alone, nil to record nothing; its maker closes it after Run
	Gateways func() []string   // the base URLs of the gateways that serve now
	First    int               // the number of the gateway to begin with
	From     net.IP            // the client's own address; nil for any
	Header   http.Header       // of its requests; nil for none
	Rand     *rand.Rand        // the client's own: for delays, pages, and how a connection is lost
	// Careless makes the client resend without "again", for as long as the stream itself
	// surely knows the id.
	Careless bool
	// Hasty makes the client resend, with "again", even what it has meanwhile seen to be
	// stored.
	Hasty bool
}

// Visitor is one client of a visitor: a tab. Its methods may be called
// concurrently; they return at once, except Run and Await.
type Visitor struct {
	o Options

	mu      sync.Mutex // guards what follows, and Options.Rand
	changed chan struct{}
	counts  tally.Counts
	samples tally.Samples

	// What outlives a connection.
	token, chat   string
	last          uint64  // the last event that was seen
	pending       []*said // what is not confirmed, in order; bounded by the callers of Send
	made          int     // ids
	awaiting      []asked // acknowledged messages that no event covers yet
	mine          uint64  // the last message of this tab that was acknowledged
	through       uint64  // the sequence up to which the chat's state covers messages
	status, agent string
	offered       []wire.Choice // what the last reply with choices offered to press
	states        int           // changes of status that were seen
	over          bool          // Run has returned
	fault         error         // why it could not go on
	leaving       bool

	// The present connection.
	conn      int // its number, the present or the last one's
	open      bool
	helloed   bool // hello was sent and is not refused
	in        bool // welcomed
	caughtUp  bool
	welcome   uint64    // the last event of the chat at the welcome
	after     time.Time // nothing is sent before
	page      *paging
	pageNext  bool // a page is asked for with the next acknowledgement
	ending    ending
	deaf      bool // what still comes is ignored
	slowUntil time.Time
	flooded   time.Time

	// Between two connections.
	endedAt time.Time
	away    tally.Away
	until   time.Time // when it comes back
}

// said is what the visitor wrote or asked for.
type said struct {
	id, what, text string
	email, called  string // the address that is left, the name that is given
	choice         string // that is pressed
	score          int
	files          []File    // that a message names
	at, first      time.Time // when it was written, and first sent
	tries          int
	flying         bool // sent on this connection, and no answer yet
	own            bool // it waited for this very client
}

// asked is an acknowledged message that waits for its reply.
type asked struct {
	seq uint64
	at  time.Time
	own bool // it waited for this very client
}

// paging is a page that was asked for.
type paging struct {
	id     string
	before uint64
	limit  int
	flying bool
}

// ending is how the client ends its connection.
type ending int

const (
	stays   ending = iota
	drops          // the TCP connection ends
	resets         // and what was under way is lost
	freezes        // the socket stays open and nobody is there
	closes         // with a close frame
)

// ErrEnded ends a wait for a client that no longer runs.
var ErrEnded = errors.New("the client has ended")

// New returns a client that does nothing before Run.
func New(o Options) *Visitor {
	v := &Visitor{o: o, changed: make(chan struct{}), token: o.Token, status: "bot"}
	if v.token == "" {
		v.token = Secret(o.Rand)
	}
	return v
}

// Secret makes up the token of a new visitor. It is random enough for tests only.
func Secret(r *rand.Rand) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
	secret := []byte("claim:")
	for range 40 {
		secret = append(secret, letters[r.IntN(len(letters))])
	}
	return string(secret)
}

// Run keeps the client connected until Leave is called or the context ends. It does not
// close the recorder. The error is why it could not go on. It is called once.
func (v *Visitor) Run(ctx context.Context) error {
	v.record(history.Entry{Op: history.Begin, Role: "visitor", Name: v.o.Name})
	err := v.run(ctx)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.over, v.fault = true, err
	v.change()
	return err
}

func (v *Visitor) run(ctx context.Context) error {
	at := v.o.First
	for failed := 0; ; failed++ {
		if v.left() {
			v.record(history.Entry{Op: history.Done})
			return nil
		}
		if all := v.o.Gateways(); len(all) > 0 {
			in, err := v.connection(ctx, all[at%len(all)])
			at++ // the next connection is to another one
			if err != nil {
				return fmt.Errorf("visitor %s: %w", v.o.Name, err)
			}
			if in {
				failed = -1
			}
		}
		if ctx.Err() != nil {
			return nil
		}
		v.stayAway(ctx, failed+1)
		if ctx.Err() != nil {
			return nil
		}
	}
}

// stayAway waits until it is time to reconnect.
func (v *Visitor) stayAway(ctx context.Context, failed int) {
	v.mu.Lock()
	soonest := time.Now().Add(wire.Backoff(failed, v.o.Rand))
	v.mu.Unlock()
	for {
		v.mu.Lock()
		changed, leaving, wait := v.changed, v.leaving, time.Until(laterOf(soonest, v.until))
		v.mu.Unlock()
		if leaving || wait <= 0 {
			return
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-changed:
		case <-ctx.Done():
		}
		t.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

func (v *Visitor) left() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.leaving
}

// record writes an entry of the present connection.
func (v *Visitor) record(e history.Entry) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.write(e)
}

// write writes an entry; with the lock held, so that entries are in the order in which
// the client acted.
func (v *Visitor) write(e history.Entry) {
	if v.o.Recorder != nil {
		e.Conn = v.conn
		v.o.Recorder.Record(e)
	}
}

// ownDoing marks everything that waits as waiting because of this client; with the lock
// held.
func (v *Visitor) ownDoing() {
	for _, m := range v.pending {
		m.own = true
	}
	for i := range v.awaiting {
		v.awaiting[i].own = true
	}
}

// change wakes everything that waits; with the lock held.
func (v *Visitor) change() {
	close(v.changed)
	v.changed = make(chan struct{})
}
