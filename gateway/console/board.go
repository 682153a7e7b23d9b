// Package console is what agents' consoles see besides chats: the desk, who is
// online, and the end of a session that was revoked. Waiting visitors learn their
// position in the queue from it.
package console

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/teams"
)

const (
	// positionsEvery is the shortest time between two updates of the positions in
	// the queue.
	positionsEvery = 150 * time.Millisecond
	// presentEvery is how often a gateway repeats which agents are here.
	presentEvery = 10 * time.Second
)

// Board is what this gateway knows of the desk: which chats wait or are live, and
// which agents are online. It sends consoles what changes, and waiting visitors
// their position.
type Board struct {
	conn     *bus.Conn
	log      zerolog.Logger
	regions  *bus.Regions
	mirror   *desk.Mirror
	teams    *teams.Site
	presence *bus.Bucket[desk.Presence]
	// Files is what consoles are told that may be sent; set it before Run.
	Files *frame.FileRules
	// sendToVisitors sends a frame to all visitors of a chat that are here.
	sendToVisitors func(chat.ID, frame.Signal)
	repeat         chan struct{} // has keepPresent repeat at once
	came           chan struct{} // has presentAfar repeat at once

	// mu guards what follows. It may be taken with the mirror's lock held, so the
	// mirror is never called with mu held.
	mu       sync.Mutex
	consoles map[*conn.Socket]*SignedIn
	told     *teams.Version             // the teams that consoles were told of; nil: none yet
	away     []chat.Region              // as consoles were told
	taken    map[line][]time.Time       // when the last chats of each line were taken
	mentions map[string][]frame.Mention // by account; those that were not seen
	sent     map[chat.ID]desk.Position  // what was sent to waiting visitors last
}

// NewBoard returns a board that sees nothing before Run. sendToVisitors sends a
// frame to all visitors of a chat that are connected here.
func NewBoard(ctx context.Context, regions *bus.Regions, site *teams.Site, sendToVisitors func(chat.ID, frame.Signal), log zerolog.Logger) (*Board, error) {
	bc := regions.Home()
	// The desk is opened only so that a gateway does not start without it.
	if _, err := bus.OpenBucket[desk.Entry](ctx, bc, bus.DeskBucket); err != nil {
		return nil, err
	}
	presence, err := bus.OpenBucket[desk.Presence](ctx, bc, bus.PresenceBucket)
	if err != nil {
		return nil, err
	}
	b := &Board{
		conn: bc, regions: regions, taken: map[line][]time.Time{}, teams: site, sendToVisitors: sendToVisitors, log: log, presence: presence,
		repeat: make(chan struct{}, 1), came: make(chan struct{}, 1), consoles: map[*conn.Socket]*SignedIn{}, sent: map[chat.ID]desk.Position{}, mentions: map[string][]frame.Mention{},
	}
	b.mirror = desk.NewMirror(bc, desk.Options{Own: regions.IsOwn, Observer: observer{b}, Without: "consoles and waiting visitors see the queue as it was"})
	return b, nil
}

// Run follows the desk and presence until the context ends.
func (b *Board) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return b.mirror.Run(ctx) })
	g.Go(func() error { b.presentAfar(ctx); return nil })
	g.Go(func() error { b.sendPositions(ctx); return nil })
	g.Go(func() error { b.regions.WithOthers(ctx, b.followAfar); return nil })
	g.Go(func() error { b.sayAway(ctx); return nil })
	g.Go(func() error { b.keepPresent(ctx); return nil })
	g.Go(func() error { b.followMentions(ctx); return nil })
	return g.Wait()
}

// observer sends consoles what changes in a board's mirror.
type observer struct{ b *Board }

// Listed implements desk.Observer.
func (o observer) Listed(was, now desk.Entry) {
	o.b.mu.Lock()
	defer o.b.mu.Unlock()
	if was.Status == chat.Waiting && now.Status == chat.Live {
		from := o.b.lineOf(o.b.teams.Now().Set, was)
		taken := o.b.taken[from]
		o.b.taken[from] = append(taken[max(0, len(taken)-desk.PaceOver):], time.Now())
	}
	o.b.tell(was, now)
}

// Unlisted implements desk.Observer.
func (o observer) Unlisted(id chat.ID) {
	o.b.mu.Lock()
	defer o.b.mu.Unlock()
	o.b.broadcast(frame.Desk{T: "desk", Gone: id})
}

// Online implements desk.Observer.
func (o observer) Online(agents []desk.Person) {
	o.b.mu.Lock()
	defer o.b.mu.Unlock()
	o.b.broadcast(frame.Online{T: "online", Agents: people(agents)})
}

// broadcast sends a frame to every console; b.mu is held.
func (b *Board) broadcast(f any) {
	data := frame.Encode(f)
	for sock := range b.consoles {
		sock.Send(data)
	}
}

// Say sends a frame to every console of an agent, or to all of them if user is empty. It does
// not block, and may be called concurrently.
func (b *Board) Say(user string, f any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	data := frame.Encode(f)
	for sock, signedIn := range b.consoles {
		if user == "" || signedIn.Agent().User == user {
			sock.Send(data)
		}
	}
}

func people(agents []desk.Person) []frame.Person {
	list := make([]frame.Person, 0, len(agents))
	for _, a := range agents {
		list = append(list, frame.Person{User: a.User, Name: a.Name, Away: a.Away})
	}
	return list
}

// TeamsChanged tells consoles which teams there are now, if they are others than before: they are
// read again after each cut. It does not block.
func (b *Board) TeamsChanged() {
	b.mu.Lock()
	defer b.mu.Unlock()
	was, now := b.told, b.teams.Now()
	if b.told = now; was != nil && was.Revision == now.Revision && was.By == now.By && was.At.Equal(now.At) {
		return
	}
	b.broadcast(frame.TeamsOf(now.Set))
	if now.Own || was != nil && was.Own {
		b.beginAgain()
	}
}

// Waiting returns how many chats wait in the line of that team, in all regions.
func (b *Board) Waiting(team string) (n int) {
	set := b.teams.Now().Set
	for _, e := range b.mirror.Entries(chat.Waiting) {
		if set.Line(e.Team) == team {
			n++
		}
	}
	return n
}

// Online returns the agents with a console open.
func (b *Board) Online() []chat.Agent { return b.mirror.Online() }

// Duty returns what is set for an agent's work.
func (b *Board) Duty(user string) desk.Duty {
	s, _ := b.mirror.Duty(user)
	return s
}

// Available returns those of Online who are not away.
func (b *Board) Available() []chat.Agent {
	var list []chat.Agent
	for _, p := range b.mirror.Present() {
		if !p.Away {
			list = append(list, p.Agent)
		}
	}
	return list
}

// About returns how long somebody who asks for a person now waits, in whole minutes, as the
// positions in the queue say it; 0 if that is unknown. It may be called concurrently.
func (b *Board) About() time.Duration {
	own := line{region: b.conn.Region()}
	waiting := len(b.lines(b.teams.Now().Set)[own])
	b.mu.Lock()
	defer b.mu.Unlock()
	return desk.About(waiting+1, desk.Pace(b.taken[own], time.Now()))
}

// Attend welcomes a console and sends it what changes until leave is called.
func (b *Board) Attend(ctx context.Context, signedIn *SignedIn, sock *conn.Socket) (leave func()) {
	agent := signedIn.Agent()
	who := agent.Chat()
	away := b.Duty(who.User).Away
	b.mirror.View(func(entries []desk.Entry, online []desk.Person) {
		entries = b.readable(signedIn, entries)
		slices.SortFunc(entries, desk.CompareWaiting)
		for i, e := range entries {
			entries[i] = frame.EntryOf(e)
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		all := frame.TeamsOf(b.teams.Now().Set)
		sock.Send(frame.Encode(frame.AgentWelcome{
			T: "welcome", Agent: frame.Person{User: who.User, Name: who.Name, Role: string(agent.Role), Away: away}, Desk: entries, Online: people(online), Away: b.away, Teams: all.Teams, Into: all.Into, Files: b.Files,
		}))
		b.consoles[sock] = signedIn
		b.sendMentions(who.User, sock)
	})
	if signedIn.Present() {
		b.signOn(ctx, who, b.elsewhere(b.conn))
	}
	select {
	case b.came <- struct{}{}:
	default: // it is about to look
	}
	return func() {
		b.mu.Lock()
		delete(b.consoles, sock)
		here := false
		for _, s := range b.consoles {
			here = here || s.Agent().User == who.User && s.Present()
		}
		b.mu.Unlock()
		if !here && signedIn.Present() {
			b.signOff(ctx, who)
		}
	}
}

// Renamed says that an agent with an open console has a new name or role. One who may read other
// chats than before gets another list, and watches none of those: see beginAgain. It does not block.
func (b *Board) Renamed(now *SignedIn, was accounts.Agent) {
	if b.teams.Now().Own && now.Agent().Role.May(rights.ReadAll) != was.Role.May(rights.ReadAll) {
		now.sock.Close(conn.GoingAway)
	}
	select {
	case b.repeat <- struct{}{}:
	default: // all names are about to be repeated
	}
}

// signOn marks an agent as online.
func (b *Board) signOn(ctx context.Context, who chat.Agent, elsewhere map[string]int) {
	ctx, cancel := context.WithTimeout(ctx, presentEvery/2)
	defer cancel()
	if err := b.presence.Put(ctx, who.User, presenceOf(who, elsewhere)); err != nil && ctx.Err() == nil && b.conn.Ready() == nil {
		b.log.Warn().Err(err).Str("agent", who.User).Msg("could not mark an agent as online")
	}
}

func presenceOf(who chat.Agent, elsewhere map[string]int) desk.Presence {
	return desk.Presence{User: who.User, Name: who.Name, At: time.Now().UTC(), Elsewhere: elsewhere[who.User]}
}

// signOff marks an agent as gone. If the agent has a console at another gateway,
// that one marks the agent as online again within seconds.
func (b *Board) signOff(ctx context.Context, who chat.Agent) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), presentEvery/5)
	defer cancel()
	if err := b.presence.Delete(ctx, who.User); err != nil {
		b.log.Debug().Err(err).Str("agent", who.User).Msg("presence not removed, it expires by itself")
	}
}

// keepPresent repeats which agents are here until the context ends.
func (b *Board) keepPresent(ctx context.Context) {
	t := time.NewTicker(presentEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		case <-b.repeat:
			for user := range b.hereAs(false) { // perhaps of late
				b.signOff(ctx, chat.Agent{User: user})
			}
		}
		elsewhere := b.elsewhere(b.conn)
		for _, who := range b.here() {
			b.signOn(ctx, who, elsewhere)
		}
	}
}

// here returns the agents with a console at this gateway who count as online, by account.
func (b *Board) here() map[string]chat.Agent { return b.hereAs(true) }

// hereAs returns those with a console at this gateway who count as online, or the others.
func (b *Board) hereAs(present bool) map[string]chat.Agent {
	b.mu.Lock()
	defer b.mu.Unlock()
	here := map[string]chat.Agent{}
	for _, s := range b.consoles {
		if who := s.Chat(); s.Present() == present {
			here[who.User] = who
		}
	}
	return here
}

// line names a line in which visitors have their positions: that of a team, or of everybody,
// in one region.
type line struct {
	region chat.Region
	team   string // empty: everybody's
}

func (b *Board) lineOf(set teams.Set, e desk.Entry) line {
	return line{b.regions.HomeOf(e.Chat), set.Line(e.Team)}
}

// lines returns the chats that wait, by their line.
func (b *Board) lines(set teams.Set) map[line][]desk.Entry {
	lines := map[line][]desk.Entry{}
	for _, e := range b.mirror.Entries(chat.Waiting) {
		in := b.lineOf(set, e)
		lines[in] = append(lines[in], e)
	}
	return lines
}

// sendPositions sends waiting visitors their position whenever it changes, until the
// context ends.
func (b *Board) sendPositions(ctx context.Context) {
	t := time.NewTicker(positionsEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		set, staff := b.teams.Now().Set, b.mirror.Staff()
		lines := b.lines(set)
		b.mu.Lock()
		now, changed := map[chat.ID]desk.Position{}, map[chat.ID]desk.Position{}
		for in, waiting := range lines {
			nobody, busy := staff.Line(set.Serving(in.team, staff.Available).May)
			for id, p := range desk.Positions(waiting, desk.Pace(b.taken[in], time.Now())) {
				// Who has an estimate needs no reason: a long line does not hear of each change.
				p.Nobody, p.Busy = nobody, busy && p.About == 0
				now[id] = p
				if b.sent[id] != p {
					changed[id] = p
				}
			}
		}
		b.sent = now
		b.mu.Unlock()
		for id, p := range changed {
			b.sendToVisitors(id, signal(p))
		}
	}
}

// SendPosition sends a visitor who has just come the position, if the chat waits.
func (b *Board) SendPosition(id chat.ID, sock *conn.Socket) {
	b.mu.Lock()
	p, ok := b.sent[id]
	b.mu.Unlock()
	if ok {
		sock.Send(frame.Encode(signal(p)))
	}
}

func signal(p desk.Position) frame.Signal {
	s := frame.Queue(p.Place, p.Waiting, p.About)
	s.Nobody, s.Busy = p.Nobody, p.Busy
	return s
}
