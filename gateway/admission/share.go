package admission

import (
	"time"

	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
)

// Holder is whose share a row bounds.
type Holder string

// The holders, from the narrowest to the widest. An address is an IPv4 address or an
// IPv6 /64 network (see limit.Block). Where a share of an address has a span, the
// networks above it have a multiple of it: see limit.Networks.
const (
	OfConnection Holder = "a connection"
	OfChat       Holder = "a chat"
	OfAddress    Holder = "an address"
	OfAccount    Holder = "an agent's account"
	OfAll        Holder = "all together"
)

// Span is the time in which a share may be used up. What was used comes back evenly
// over that time.
type Span time.Duration

// The spans. AtOnce is none: the share is what may be held at one moment.
const (
	AtOnce    Span = 0
	PerSecond Span = Span(time.Second)
	PerMinute Span = Span(time.Minute)
	PerHour   Span = Span(time.Hour)
	PerDay    Span = Span(24 * time.Hour)
)

// String is how the page of fair sharing puts it.
func (s Span) String() string {
	switch s {
	case PerSecond:
		return "a second"
	case PerMinute:
		return "a minute"
	case PerHour:
		return "an hour"
	case PerDay:
		return "a day"
	}
	return "at once"
}

// Share is one bound on what one holder gets of what all have: a row of the table that
// docs/fair-share.md shows.
type Share struct {
	// Name is its word in metrics and logs.
	Name string
	// What is counted, in the plural.
	What string
	Of   Holder
	// Amount is how much by default, Per in which time.
	Amount int64
	Per    Span
	// Setting, if there is one, changes Amount, which is Times its value (0: once).
	Setting string
	Times   int64
	// Code and Sentence are the refusal's; "%s" stands for when it goes on. If both are
	// empty, nobody is refused: Beyond says what happens.
	Code, Sentence string
	Beyond         string
}

// Shares is the table of what one holder may have of what all share, from the outside
// in: connections, frames, what is stored, what is read, what is thought about, and
// persons. A mechanism that bounds a share takes its sentence from here or from a
// constant that this table names.
var Shares = []Share{
	{Name: "pending-address", What: "connections that are no WebSocket", Of: OfAddress, Amount: maxPending / addressShare, Per: AtOnce, Beyond: "closed without an answer"},
	{Name: "pending", What: "connections that are no WebSocket", Of: OfAll, Amount: maxPending, Per: AtOnce, Beyond: "closed without an answer"},
	{Name: "seats-address", What: "WebSockets of visitors", Of: OfAddress, Amount: defaultConnections / addressShare, Per: AtOnce, Setting: "MAX_CONNECTIONS", Code: codes.RateLimited, Sentence: addressFull},
	{Name: "seats", What: "WebSockets of visitors", Of: OfAll, Amount: defaultConnections, Per: AtOnce, Setting: "MAX_CONNECTIONS", Code: codes.Unavailable, Sentence: allFull},
	{Name: "consoles", What: "WebSockets of agents", Of: OfAll, Amount: maxConsoles, Per: AtOnce, Code: codes.Unavailable, Sentence: allFull},
	{Name: "shown-console", What: "chats in view", Of: OfConnection, Amount: maxShown, Per: AtOnce, Code: codes.RateLimited, Sentence: tooManyShown},

	{Name: "frames-connection", What: "frames", Of: OfConnection, Amount: 5, Per: PerSecond, Setting: "RATE_PER_CONNECTION", Code: codes.RateLimited, Sentence: codes.Sentence(codes.RateLimited)},
	{Name: "frames-address", What: "frames and new connections", Of: OfAddress, Amount: 50, Per: PerSecond, Setting: "RATE_PER_ADDRESS", Code: codes.RateLimited, Sentence: codes.Sentence(codes.RateLimited)},

	{Name: "places-address", What: "chats that wait for a person", Of: OfAddress, Amount: desk.DefaultPerSource, Per: AtOnce, Setting: "WAITING_PER_ADDRESS", Beyond: staysWithBot + desk.AddressFullText},
	{Name: "places", What: "chats that wait for a person", Of: OfAll, Amount: desk.DefaultMax, Per: AtOnce, Setting: "MAX_WAITING", Beyond: staysWithBot + desk.LineFullText},

	{Name: "appends", What: "messages being stored", Of: OfAll, Amount: maxAppends, Per: AtOnce, Code: codes.Unavailable, Sentence: tooBusy},
	{Name: "reads", What: "chats and pages being read", Of: OfAll, Amount: maxReads, Per: AtOnce, Code: codes.Unavailable, Sentence: tooBusy},
}

// staysWithBot is what becomes of a chat for which there is no place in line: the
// escalation worker decides that, for all gateways together.
const staysWithBot = "the chat stays with the bot: "

// times returns how many times the setting's value the share is.
func (s Share) times() int64 { return max(1, s.Times) }
