package admission

import (
	"net/netip"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/codes"
)

const (
	// defaultConnections bounds the visitors' WebSockets if no setting does.
	defaultConnections = 20_000
	// addressShare is the part of all seats that one address gets: a quarter.
	addressShare = 4
	// maxConsoles bounds the agents' consoles. They have seats of their own, so that
	// visitors in need of help don't lock out those who give it.
	maxConsoles = 2000
	// seatAgain is when to try again for a seat.
	seatAgain = 3 * time.Second
)

const (
	connectTooFast = "Too many connections from your address. Try again in a moment."
	addressFull    = "There are too many connections from your address. Close one, or try again later."
	allFull        = "Too many visitors are here right now. It is tried again in a moment."
)

// newSeats returns seats of which one address gets a share.
func newSeats(n int) *limit.Seats { return limit.NewSeats(n, max(1, n/addressShare)) }

// Connect gives a new connection a seat, until leave is called, or a refusal.
func (a *Admission) Connect(addr netip.Addr, from frame.Side) (leave func(), no *frame.Refusal) {
	if wait := a.budgets.frame(limit.AddressLevels(addr)); wait > 0 {
		return nil, rateLimited(connectTooFast, wait)
	}
	seats := a.visitors
	if from == frame.Agent {
		seats = a.agents
	}
	leave, why := seats.Take(addr)
	switch why {
	case limit.AddressFull:
		no = rateLimited(addressFull, spread(seatAgain))
		no.Shed = shedAddress
	case limit.AllFull:
		no = overloaded(shedConnections, allFull, spread(seatAgain))
	}
	return leave, no
}

// maxShown bounds the chats that one console is shown at once.
const maxShown = 200

const tooManyShown = "This console watches too many chats already."

// MayShow refuses to show a console another chat beside so many others.
func MayShow(others int) error {
	if others < maxShown {
		return nil
	}
	return frame.Refuse(codes.RateLimited, tooManyShown)
}

// Crowded reports whether most seats of visitors are taken: then silent clients lose
// theirs.
func (a *Admission) Crowded() bool { return a.visitors.Crowded() }

// Connections returns how many WebSockets are open.
func (a *Admission) Connections() (visitors, agents int) { return a.visitors.Taken(), a.agents.Taken() }
