// Package console is what agents' consoles see besides chats: the desk, who is
// online, and the end of a session that was revoked. Waiting visitors learn their
// position in the queue from it.
package console

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/outage"
)

const (
	// boardEvery bounds how often places in the queue are worked out and told.
	boardEvery = 150 * time.Millisecond
	// presentEvery is how often a gateway says which agents are here.
	presentEvery = 10 * time.Second
)

// sightGrace is how long a bucket may be out of sight without a line: it is after
// each reconnect, for a moment.
const sightGrace = 5 * time.Second

var watching = backoff.Policy{Min: 200 * time.Millisecond, Max: 5 * time.Second}

// Board is what this gateway knows of the desk: which chats wait or are live,
// and which agents are online. It tells consoles what changes, and waiting
// visitors their place.
type Board struct {
	conn     *bus.Conn
	log      zerolog.Logger
	desk     *bus.Bucket[bus.DeskEntry]
	presence *bus.Bucket[bus.Presence]
	// sendToVisitors sends a frame to all visitors of a chat that are here.
	sendToVisitors func(chat.ID, frame.Signal)

	mu       sync.Mutex // guards what follows
	entries  map[chat.ID]bus.DeskEntry
	online   map[string]bus.Presence
	consoles map[*conn.Socket]chat.Agent
	taken    []time.Time          // when the last chats were taken
	told     map[chat.ID]position // what waiting visitors were told last
}

// NewBoard returns a board that sees nothing before Run. sendToVisitors sends a
// frame to all visitors of a chat that are connected here.
func NewBoard(ctx context.Context, bc *bus.Conn, sendToVisitors func(chat.ID, frame.Signal), log zerolog.Logger) (*Board, error) {
	desk, err := bus.OpenBucket[bus.DeskEntry](ctx, bc, bus.DeskBucket)
	if err != nil {
		return nil, err
	}
	presence, err := bus.OpenBucket[bus.Presence](ctx, bc, bus.PresenceBucket)
	if err != nil {
		return nil, err
	}
	return &Board{
		conn: bc, sendToVisitors: sendToVisitors, log: log, desk: desk, presence: presence, entries: map[chat.ID]bus.DeskEntry{},
		online: map[string]bus.Presence{}, consoles: map[*conn.Socket]chat.Agent{}, told: map[chat.ID]position{},
	}, nil
}

// Run follows the desk and presence until the context ends.
func (b *Board) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return follow(ctx, b, "who waits for a person", b.desk, b.listed, b.sawDesk) })
	g.Go(func() error { return follow(ctx, b, "agents who are online", b.presence, b.present, b.sawPresence) })
	g.Go(func() error { b.sendPositions(ctx); return nil })
	g.Go(func() error { b.keepPresent(ctx); return nil })
	return g.Wait()
}

// follow watches a bucket until the context ends, anew where the watch fails.
// known returns the keys that are known, so that those which went away
// meanwhile are seen as gone.
func follow[T any](ctx context.Context, b *Board, what string, bucket *bus.Bucket[T], known func() []string, see func(bus.Entry[T])) error {
	sight := outage.New(b.log, "NATS' bucket of "+what, "what is shown of it is old", sightGrace)
	for try := 1; ; try++ {
		listed := map[string]bool{}
		current := false
		err := bucket.Watch(ctx, func(e bus.Entry[T]) {
			switch {
			case e.Current:
				current = true
				sight.Up()
				for _, key := range known() {
					if !listed[key] {
						see(bus.Entry[T]{Key: key, Gone: true})
					}
				}
				return
			case !current:
				listed[e.Key] = !e.Gone
			}
			see(e)
		})
		if ctx.Err() != nil {
			return nil
		}
		b.log.Debug().Err(err).Msg("lost sight of a bucket, looking again")
		if b.conn.Ready() == nil { // else the connection tells of it
			sight.Down(err)
		}
		if watching.Wait(ctx, try) != nil {
			return nil
		}
	}
}

func (b *Board) listed() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	keys := make([]string, 0, len(b.entries))
	for id := range b.entries {
		keys = append(keys, string(id))
	}
	return keys
}

func (b *Board) sawDesk(e bus.Entry[bus.DeskEntry]) {
	id := chat.ID(e.Key)
	b.mu.Lock()
	defer b.mu.Unlock()
	before, was := b.entries[id]
	if e.Gone {
		if was {
			delete(b.entries, id)
			b.broadcast(frame.Encode(frame.Desk{T: "desk", Gone: id}))
		}
		return
	}
	if was && before.Status == chat.Waiting && e.Value.Status == chat.Live {
		b.taken = append(b.taken[max(0, len(b.taken)-paceOver):], time.Now())
	}
	b.entries[id] = e.Value
	b.broadcast(frame.Encode(frame.Desk{T: "desk", Set: &e.Value}))
}

func (b *Board) present() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Keys(b.online))
}

func (b *Board) sawPresence(e bus.Entry[bus.Presence]) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before, was := b.online[e.Key]
	if e.Gone {
		delete(b.online, e.Key)
	} else {
		b.online[e.Key] = e.Value
	}
	if was == e.Gone || before.Name != e.Value.Name && !e.Gone {
		b.broadcast(frame.Encode(b.onlineFrame()))
	}
}

// broadcast tells every console; with the lock held.
func (b *Board) broadcast(frame []byte) {
	for sock := range b.consoles {
		sock.Send(frame)
	}
}

// onlineFrame must be called with the lock held.
func (b *Board) onlineFrame() frame.Online {
	f := frame.Online{T: "online", Agents: []frame.Person{}}
	for _, p := range b.online {
		f.Agents = append(f.Agents, frame.Person{User: p.User, Name: p.Name})
	}
	slices.SortFunc(f.Agents, func(x, y frame.Person) int { return cmp.Compare(x.User, y.User) })
	return f
}

// Online returns who has a console open.
func (b *Board) Online() []bus.Presence {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Values(b.online))
}

// Attend welcomes a console and tells it what changes until leave is called.
func (b *Board) Attend(ctx context.Context, who chat.Agent, role string, sock *conn.Socket) (leave func()) {
	b.mu.Lock()
	w := frame.AgentWelcome{T: "welcome", Agent: frame.Person{User: who.User, Name: who.Name, Role: role}, Desk: slices.Collect(maps.Values(b.entries)), Online: b.onlineFrame().Agents}
	if w.Desk == nil {
		w.Desk = []bus.DeskEntry{}
	}
	slices.SortFunc(w.Desk, bus.CompareWaiting)
	sock.Send(frame.Encode(w))
	b.consoles[sock] = who
	b.mu.Unlock()
	b.say(ctx, who)
	return func() {
		b.mu.Lock()
		delete(b.consoles, sock)
		here := slices.ContainsFunc(slices.Collect(maps.Values(b.consoles)), func(a chat.Agent) bool { return a.User == who.User })
		b.mu.Unlock()
		if !here {
			b.unsay(ctx, who)
		}
	}
}

// say marks an agent as online.
func (b *Board) say(ctx context.Context, who chat.Agent) {
	ctx, cancel := context.WithTimeout(ctx, presentEvery/2)
	defer cancel()
	if err := b.presence.Put(ctx, who.User, bus.Presence{User: who.User, Name: who.Name, At: time.Now().UTC()}); err != nil && ctx.Err() == nil && b.conn.Ready() == nil {
		b.log.Warn().Err(err).Str("agent", who.User).Msg("can't say that an agent is online")
	}
}

// unsay marks an agent as gone. A console of the same agent at another gateway
// says the contrary within seconds.
func (b *Board) unsay(ctx context.Context, who chat.Agent) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), presentEvery/5)
	defer cancel()
	if err := b.presence.Delete(ctx, who.User); err != nil {
		b.log.Debug().Err(err).Str("agent", who.User).Msg("presence not removed, it lapses")
	}
}

// keepPresent repeats who is here, and forgets those who were not heard of.
func (b *Board) keepPresent(ctx context.Context) {
	t := time.NewTicker(presentEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		b.mu.Lock()
		here := map[string]chat.Agent{}
		for _, who := range b.consoles {
			here[who.User] = who
		}
		lapsed := false
		for user, p := range b.online {
			if time.Since(p.At) > bus.PresenceTTL {
				delete(b.online, user)
				lapsed = true
			}
		}
		if lapsed {
			b.broadcast(frame.Encode(b.onlineFrame()))
		}
		b.mu.Unlock()
		for _, who := range here {
			b.say(ctx, who)
		}
	}
}

// sendPositions tells waiting visitors their place whenever it changes.
func (b *Board) sendPositions(ctx context.Context) {
	t := time.NewTicker(boardEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		b.mu.Lock()
		now := positions(b.entries, pace(b.taken, time.Now()))
		changed := map[chat.ID]position{}
		for id, s := range now {
			if b.told[id] != s {
				changed[id] = s
			}
		}
		b.told = now
		b.mu.Unlock()
		for id, s := range changed {
			b.sendToVisitors(id, s.frame())
		}
	}
}

// SendPosition tells one visitor who just came, if the chat waits.
func (b *Board) SendPosition(id chat.ID, sock *conn.Socket) {
	b.mu.Lock()
	s, ok := b.told[id]
	b.mu.Unlock()
	if ok {
		sock.Send(frame.Encode(s.frame()))
	}
}

func (s position) frame() frame.Signal { return frame.Queue(s.place, s.waiting, s.about) }
