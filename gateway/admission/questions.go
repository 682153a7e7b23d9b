package admission

import (
	"net/netip"
	"sync"
	"time"
)

const (
	// lately is how long after its last question an address counts as one of those among
	// which the slots are shared.
	lately = 30 * time.Second
	// maxAskers bounds the addresses that are counted. Questions of those beyond it are
	// not counted, and only bounded by the phase of Control.
	maxAskers = 1 << 16
)

// tooManyOpen is what a visitor reads whose address has as many open questions as it may.
const tooManyOpen = "Many questions from your network wait for an answer. Yours is sent in a moment."

// questions counts the open questions of this gateway by address. Its methods may be
// called concurrently.
type questions struct {
	now func() time.Time

	mu     sync.Mutex // guards what follows
	askers map[netip.Addr]*asker
	open   int // of all
	within int // of these, those within the floors of their addresses
	swept  time.Time

	look     demand // what the last look said: the fields that no address has of its own
	openThen int    // open at that time
}

// asker is an address with open questions, or visitors who wait for their turn to ask.
type asker struct {
	open    int
	waiting int
	last    time.Time
}

func newQuestions(now func() time.Time) *questions {
	return &questions{now: now, askers: map[netip.Addr]*asker{}, look: demand{gateways: 1}}
}

// looked takes over what a look at the bot said: of d the fields that no address has of
// its own. It returns how many questions are open here.
func (q *questions) looked(d demand) (open int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.look, q.openThen = d, q.open
	if now := q.now(); now.Sub(q.swept) > lately/4 {
		q.sweep(now)
	}
	return q.open
}

// sweep forgets the addresses that don't count any more; with the lock held.
func (q *questions) sweep(now time.Time) {
	q.swept = now
	for addr, a := range q.askers {
		if a.open == 0 && a.waiting == 0 && now.Sub(a.last) > lately {
			delete(q.askers, addr)
		}
	}
}

// demand returns what there is for the address; with the lock held. Between two looks
// what was accepted and answered here is added to the last one.
func (q *questions) demand(a *asker) demand {
	d := q.look
	d.open, d.addresses = a.open, len(q.askers)
	d.inSystem = max(0, d.inSystem+float64(q.open-q.openThen))
	return d
}

// of returns the address's entry, or nil if there is no room for it; with the lock held.
func (q *questions) of(addr netip.Addr, now time.Time) *asker {
	a := q.askers[addr]
	if a == nil {
		if len(q.askers) >= maxAskers {
			return nil
		}
		a = &asker{}
		q.askers[addr] = a
	}
	a.last = now
	return a
}

// ask counts a question of the address as open until answered is called, any number of
// times, from any goroutine. If the address may not ask now, it returns a refusal.
// waited says that the visitor waits for a turn already.
func (q *questions) ask(addr netip.Addr, waited bool) (answered func(), err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	a := q.of(addr, q.now())
	if a == nil {
		return func() {}, nil
	}
	d := q.demand(a)
	if !d.mayAsk() {
		if !waited {
			a.waiting++
		}
		no := rateLimited(tooManyOpen, spread(d.askAgain(a.waiting)))
		no.Shed = shedQuestions
		return nil, no
	}
	if waited {
		a.waiting--
	}
	q.add(a, 1)
	var once sync.Once
	return func() {
		once.Do(func() {
			q.mu.Lock()
			defer q.mu.Unlock()
			q.add(a, -1)
			a.last = q.now()
		})
	}, nil
}

// add adds to the address's open questions; with the lock held.
func (q *questions) add(a *asker, n int) {
	before := min(a.open, questionFloor)
	a.open += n
	q.open += n
	q.within += min(a.open, questionFloor) - before
}

// leave is called when a visitor who waited for a turn waits no more.
func (q *questions) leave(addr netip.Addr) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if a := q.askers[addr]; a != nil && a.waiting > 0 {
		a.waiting--
	}
}

// mayCome reports whether a newcomer from that address is admitted although the bot has
// too much to answer: most of that is of addresses that have more than their floor, and
// this one has not.
func (q *questions) mayCome(addr netip.Addr) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	a := q.askers[addr]
	return (a == nil || a.open < questionFloor) && q.open-q.within > q.within
}
