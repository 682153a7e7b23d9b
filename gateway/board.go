package gateway

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

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

// board is what this gateway knows of the desk: which chats wait or are live,
// and which agents are online. It tells consoles what changes, and waiting
// visitors their place.
type board struct {
	hub      *hub
	log      zerolog.Logger
	desk     *bus.Bucket[bus.DeskEntry]
	presence *bus.Bucket[bus.Presence]

	mu       sync.Mutex // guards what follows
	entries  map[chat.ID]bus.DeskEntry
	online   map[string]bus.Presence
	consoles map[*socket]chat.Agent
	taken    []time.Time      // when the last chats were taken
	told     map[chat.ID]spot // what waiting visitors were told last
}

func newBoard(ctx context.Context, conn *bus.Conn, h *hub, log zerolog.Logger) (*board, error) {
	desk, err := bus.OpenBucket[bus.DeskEntry](ctx, conn, bus.DeskBucket)
	if err != nil {
		return nil, err
	}
	presence, err := bus.OpenBucket[bus.Presence](ctx, conn, bus.PresenceBucket)
	if err != nil {
		return nil, err
	}
	return &board{
		hub: h, log: log, desk: desk, presence: presence, entries: map[chat.ID]bus.DeskEntry{},
		online: map[string]bus.Presence{}, consoles: map[*socket]chat.Agent{}, told: map[chat.ID]spot{},
	}, nil
}

func (b *board) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return follow(ctx, b, "who waits for a person", b.desk, b.listed, b.sawDesk) })
	g.Go(func() error { return follow(ctx, b, "agents who are online", b.presence, b.present, b.sawPresence) })
	g.Go(func() error { b.tellPlaces(ctx); return nil })
	g.Go(func() error { b.keepPresent(ctx); return nil })
	return g.Wait()
}

// follow watches a bucket until the context ends, anew where the watch fails.
// known returns the keys that are known, so that those which went away
// meanwhile are seen as gone.
func follow[T any](ctx context.Context, b *board, what string, bucket *bus.Bucket[T], known func() []string, see func(bus.Entry[T])) error {
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
		if b.hub.conn.Ready() == nil { // else the connection tells of it
			sight.Down(err)
		}
		if watching.Wait(ctx, try) != nil {
			return nil
		}
	}
}

type deskFrame struct {
	T    string         `json:"t"`
	Set  *bus.DeskEntry `json:"set,omitempty"`
	Gone chat.ID        `json:"gone,omitempty"`
}

type onlineFrame struct {
	T      string       `json:"t"`
	Agents []agentFrame `json:"agents"`
}

func (b *board) listed() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	keys := make([]string, 0, len(b.entries))
	for id := range b.entries {
		keys = append(keys, string(id))
	}
	return keys
}

func (b *board) sawDesk(e bus.Entry[bus.DeskEntry]) {
	id := chat.ID(e.Key)
	b.mu.Lock()
	defer b.mu.Unlock()
	before, was := b.entries[id]
	if e.Gone {
		if was {
			delete(b.entries, id)
			b.broadcast(encode(deskFrame{T: "desk", Gone: id}))
		}
		return
	}
	if was && before.Status == chat.Waiting && e.Value.Status == chat.Live {
		b.taken = append(b.taken[max(0, len(b.taken)-paceOver):], time.Now())
	}
	b.entries[id] = e.Value
	b.broadcast(encode(deskFrame{T: "desk", Set: &e.Value}))
}

func (b *board) present() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Keys(b.online))
}

func (b *board) sawPresence(e bus.Entry[bus.Presence]) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before, was := b.online[e.Key]
	if e.Gone {
		delete(b.online, e.Key)
	} else {
		b.online[e.Key] = e.Value
	}
	if was == e.Gone || before.Name != e.Value.Name && !e.Gone {
		b.broadcast(encode(b.onlineFrame()))
	}
}

// broadcast tells every console; with the lock held.
func (b *board) broadcast(frame []byte) {
	for sock := range b.consoles {
		sock.send(frame)
	}
}

// onlineFrame must be called with the lock held.
func (b *board) onlineFrame() onlineFrame {
	f := onlineFrame{T: "online", Agents: []agentFrame{}}
	for _, p := range b.online {
		f.Agents = append(f.Agents, agentFrame{User: p.User, Name: p.Name})
	}
	slices.SortFunc(f.Agents, func(x, y agentFrame) int { return cmp.Compare(x.User, y.User) })
	return f
}

// agentsOnline returns who has a console open.
func (b *board) agentsOnline() []bus.Presence {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Values(b.online))
}

// attend welcomes a console and tells it what changes until leave is called.
func (b *board) attend(who chat.Agent, role string, sock *socket) (leave func()) {
	b.mu.Lock()
	w := agentWelcome{T: "welcome", Agent: agentFrame{User: who.User, Name: who.Name, Role: role}, Desk: slices.Collect(maps.Values(b.entries)), Online: b.onlineFrame().Agents}
	if w.Desk == nil {
		w.Desk = []bus.DeskEntry{}
	}
	slices.SortFunc(w.Desk, bus.CompareWaiting)
	sock.send(encode(w))
	b.consoles[sock] = who
	b.mu.Unlock()
	b.say(b.hub.ctx, who)
	return func() {
		b.mu.Lock()
		delete(b.consoles, sock)
		here := slices.ContainsFunc(slices.Collect(maps.Values(b.consoles)), func(a chat.Agent) bool { return a.User == who.User })
		b.mu.Unlock()
		if !here {
			b.unsay(who)
		}
	}
}

// say marks an agent as online.
func (b *board) say(ctx context.Context, who chat.Agent) {
	ctx, cancel := context.WithTimeout(ctx, presentEvery/2)
	defer cancel()
	if err := b.presence.Put(ctx, who.User, bus.Presence{User: who.User, Name: who.Name, At: time.Now().UTC()}); err != nil && ctx.Err() == nil && b.hub.conn.Ready() == nil {
		b.log.Warn().Err(err).Str("agent", who.User).Msg("can't say that an agent is online")
	}
}

// unsay marks an agent as gone. A console of the same agent at another gateway
// says the contrary within seconds.
func (b *board) unsay(who chat.Agent) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.hub.ctx), presentEvery/5)
	defer cancel()
	if err := b.presence.Delete(ctx, who.User); err != nil {
		b.log.Debug().Err(err).Str("agent", who.User).Msg("presence not removed, it lapses")
	}
}

// keepPresent repeats who is here, and forgets those who were not heard of.
func (b *board) keepPresent(ctx context.Context) {
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
			b.broadcast(encode(b.onlineFrame()))
		}
		b.mu.Unlock()
		for _, who := range here {
			b.say(ctx, who)
		}
	}
}

// tellPlaces tells waiting visitors their place whenever it changes.
func (b *board) tellPlaces(ctx context.Context) {
	t := time.NewTicker(boardEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		b.mu.Lock()
		now := places(b.entries, pace(b.taken, time.Now()))
		changed := map[chat.ID]spot{}
		for id, s := range now {
			if b.told[id] != s {
				changed[id] = s
			}
		}
		b.told = now
		b.mu.Unlock()
		for id, s := range changed {
			if w := b.hub.find(id); w != nil {
				frame := encode(s.frame())
				w.visitors(func(sock *socket) { sock.send(frame) })
			}
		}
	}
}

// tellPlace tells one visitor who just came, if the chat waits.
func (b *board) tellPlace(id chat.ID, sock *socket) {
	b.mu.Lock()
	s, ok := b.told[id]
	b.mu.Unlock()
	if ok {
		sock.send(encode(s.frame()))
	}
}

func (s spot) frame() signalFrame {
	return signalFrame{T: "signal", What: "queue", Place: s.place, Waiting: s.waiting, AboutMS: s.about.Milliseconds()}
}
