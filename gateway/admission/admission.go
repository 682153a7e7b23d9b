package admission

import (
	"cmp"
	"context"
	"math"
	"net/netip"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

const (
	// maxAppends bounds the visitors' messages being stored. Of this and of maxReads each
	// other region has as many of its own: what waits for a region that hangs must not hold
	// up the chats at home.
	maxAppends = 512
	// maxReads bounds the chats and pages being read, and the resent messages being
	// looked for.
	maxReads = 32
	// slotPatience is how long a frame waits for one of these.
	slotPatience = 2 * time.Second
	// enterPatience is how long a hello waits for one. After an outage of the network
	// everybody says hello at once. To come again would cost both sides another frame, and
	// the client its place in line: in this time tens of thousands are let in.
	enterPatience = 8 * time.Second
)

// The reasons for shedding, as the metric counts them.
const (
	shedAddress     = "address"     // the connections of one address
	shedConnections = "connections" // all connections
	shedHandshakes  = "handshakes"  // connections that are not WebSockets
	shedIdle        = "idle"        // connections that were idle while others wanted in
	shedBacklog     = "backlog"     // messages that wait for the bot
	shedBusy        = "busy"        // messages being stored, chats being read
	shedRoom        = "room"        // room on the disk
	shedRefused     = "refused"     // refused frames of one connection
	shedQuestions   = "questions"   // open questions of one address
)

// Options of an Admission. Conn and the rates are needed.
type Options struct {
	Conn *bus.Conn
	// Regions says where a chat is at home; nil: all are in the own region.
	Regions        *bus.Regions
	TrustedProxies []netip.Prefix
	// RatePerConnection and RatePerAddress are frames a second; four seconds' worth
	// may come at once.
	RatePerConnection float64
	RatePerAddress    float64
	// Shares are what one address, and one chat, may have accepted and read.
	Shares Amounts
	// MaxConnections bounds the visitors' WebSockets (0: 20,000).
	MaxConnections int
	// Room returns an error while there is no room to store anything; nil: there
	// always is. It must be quick, and is called concurrently.
	Room    func() error
	Metrics Metrics
	Now     func() time.Time // the clock of the shares that come back with time; nil: time.Now
	Log     zerolog.Logger
}

// Metrics are called for what admission sees; quickly, and concurrently. Each may
// be nil.
type Metrics struct {
	Shed    func(reason string) // something was refused because there is too much of it
	Refused func(share string)  // a share was used up; by its name in Shares
	// Backlog was looked at: messages that wait for the bot, and how many it can
	// think about at once.
	Backlog func(messages, slots uint64)
	// Questions is called with each look, with the open questions of this gateway.
	Questions func(open int)
}

// Admission holds the limits that a gateway's connections share. Its methods may be
// called concurrently.
type Admission struct {
	opts      Options
	shedder   *loadShedder
	budgets   *budgets
	questions *questions
	visitors  *limit.Seats
	consoles  *consoles
	transfers transfers
	slots                           // for chats of the own region
	afar      map[chat.Region]slots // of each other one; never changed
}

// slots bound what is done at once with the chats of one region.
type slots struct{ appends, reads *semaphore }

func newSlots() slots {
	return slots{newSemaphore(maxAppends, slotPatience), newSemaphore(maxReads, slotPatience)}
}

// New returns an Admission that lets everybody in before Run has seen a backlog.
func New(opts Options) *Admission {
	if opts.Metrics.Shed == nil {
		opts.Metrics.Shed = func(string) {}
	}
	if opts.Metrics.Refused == nil {
		opts.Metrics.Refused = func(string) {}
	}
	if opts.Metrics.Backlog == nil {
		opts.Metrics.Backlog = func(uint64, uint64) {}
	}
	if opts.Metrics.Questions == nil {
		opts.Metrics.Questions = func(int) {}
	}
	q := newQuestions(time.Now)
	afar := map[chat.Region]slots{}
	if opts.Regions != nil {
		for _, region := range opts.Regions.Elsewhere() {
			afar[region] = newSlots()
		}
	}
	return &Admission{
		opts:      opts,
		questions: q,
		shedder: newLoadShedder(opts.Conn, func(l Look, a ability, gateways int) {
			opts.Metrics.Backlog(l.Backlog(), l.Slots)
			opts.Metrics.Questions(q.looked(demandOf(l, a, gateways)))
		}, opts.Log),
		visitors: visitorSeats(cmp.Or(opts.MaxConnections, defaultConnections), nil),
		consoles: newConsoles(),

		transfers: newTransfers(),
		slots:     newSlots(),
		afar:      afar,
		budgets:   newBudgets(opts),
	}
}

// burst is how many frames may come at once at a rate.
func burst(perSecond float64) int { return max(1, int(math.Ceil(4*perSecond))) }

// Run watches the bot's backlog until the context ends.
func (a *Admission) Run(ctx context.Context) error { return a.shedder.run(ctx) }

// BotSeen reports whether a bot was there within the last seconds and said how much it can
// do. While none is, what one address may ask is bounded otherwise, see demand.share.
func (a *Admission) BotSeen() bool { return a.shedder.bot.slots(time.Now()) > 0 }

// of returns the slots for a chat. A chat of a region that nobody knows takes one of the own
// region's, and fails at once.
func (a *Admission) of(id chat.ID) slots {
	if a.opts.Regions == nil || id == "" || a.opts.Regions.Origin(id) == a.opts.Regions.Home().Region() { // not its present home: a slot goes back to where it came from
		return a.slots
	}
	if s, ok := a.afar[a.opts.Regions.Origin(id)]; ok {
		return s
	}
	return a.slots
}

// Read waits for a slot in which that chat may be read. The caller releases it.
func (a *Admission) Read(ctx context.Context, id chat.ID) (release func(), err error) {
	reads := a.of(id).reads
	if err := reads.acquire(ctx); err != nil {
		return nil, err
	}
	return reads.release, nil
}

// Enter is Read for a client that says hello, or opens a chat: it is more patient. An empty
// id is that of a visitor whom nobody knows yet, who is met in the own region.
func (a *Admission) Enter(ctx context.Context, id chat.ID) (release func(), err error) {
	reads := a.of(id).reads
	if err := reads.acquireWithin(ctx, enterPatience); err != nil {
		return nil, err
	}
	return reads.release, nil
}

// cameFrom is the key of a context's address.
type cameFrom struct{}

// From returns a context that tells NewVisitor the visitor's address.
func From(ctx context.Context, addr netip.Addr) context.Context {
	return context.WithValue(ctx, cameFrom{}, limit.AddressLevels(addr))
}

// NewVisitor admits a visitor whom nobody knows yet, from the address in the context (see
// From), or returns why not.
func (a *Admission) NewVisitor(ctx context.Context) error {
	if err := a.Room(); err != nil {
		return err
	}
	at, ok := ctx.Value(cameFrom{}).([]limit.Level[netip.Prefix])
	if !ok {
		at = limit.AddressLevels(netip.Addr{})
	}
	return a.newcomer(at)
}

// newcomer admits a newcomer from that address, or refuses.
func (a *Admission) newcomer(at []limit.Level[netip.Prefix]) error {
	if !a.shedder.open() && a.questions.mayCome(at) {
		return nil
	}
	return a.shedder.newcomer()
}

// overloaded is a refusal through nobody's fault.
func overloaded(reason, sentence string, retry time.Duration) *frame.Refusal {
	r := frame.Refuse(codes.Unavailable, sentence)
	r.Shed, r.Retry = reason, retry
	return r
}
