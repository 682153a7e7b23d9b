package admission

import (
	"net/netip"
	"sync"
	"time"

	"github.com/parley-chat/parley/gateway/limit"
)

const (
	// lately is how long after its last question an address counts as one of those among
	// which the slots are shared.
	lately = 30 * time.Second
	// maxAskers bounds the addresses that are counted. When there are more, those that want
	// nothing now are forgotten, however short ago they asked. Were there none of these, the
	// questions of an address beyond it would not be counted, and only bounded by the phase
	// of Control.
	maxAskers = 1 << 16
	// sweepAgain is how long after a sweep a full table is swept again at the earliest.
	sweepAgain = time.Second
)

// tooManyOpen is what a visitor reads whose address has as many open questions as it may.
const tooManyOpen = "Many questions from your network are waiting for an answer. Yours will be sent in a moment."

// questions counts the open questions of this gateway by address. Its methods may be
// called concurrently.
type questions struct {
	now func() time.Time

	mu     sync.Mutex // guards what follows
	askers map[netip.Prefix]*asker
	// networks are the IPv6 networks above these. Those of IPv4 are not counted: behind
	// each of their addresses is somebody else.
	networks map[netip.Prefix]*network
	parties  int // askers, but of the widest network no more than its scale
	open     int // of all
	within   int // of these, those within the floors of their addresses
	swept    time.Time

	look     demand // what the last look said: the fields that no address has of its own
	openThen int    // open at that time
}

// asker is an address with open questions, or visitors who wait for their turn to ask.
type asker struct {
	open    int
	waiting int
	last    time.Time
	above   []limit.Level[netip.Prefix]
}

// network is what the addresses of a network have together.
type network struct{ open, askers int }

func newQuestions(now func() time.Time) *questions {
	return &questions{now: now, askers: map[netip.Prefix]*asker{}, networks: map[netip.Prefix]*network{}, look: demand{gateways: 1}}
}

// looked takes over what a look at the bot said: of d the fields that no address has of
// its own. It returns how many questions are open here.
func (q *questions) looked(d demand) (open int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.look, q.openThen = d, q.open
	if now := q.now(); now.Sub(q.swept) > lately/4 {
		q.sweep(now, lately)
	}
	return q.open
}

// sweep forgets the addresses that want nothing and asked last before so long; with the
// lock held.
func (q *questions) sweep(now time.Time, before time.Duration) {
	q.swept = now
	for addr, a := range q.askers {
		if a.open == 0 && a.waiting == 0 && now.Sub(a.last) >= before {
			delete(q.askers, addr)
			q.join(a, -1)
		}
	}
}

// demand returns what there is for the address; with the lock held. Between two looks
// what was accepted and answered here is added to the last one.
func (q *questions) demand(a *asker) demand {
	d := q.look
	d.open, d.addresses = a.open, q.parties
	d.inSystem = max(0, d.inSystem+float64(q.open-q.openThen))
	for _, l := range a.above {
		d.crowded = d.crowded || d.fills(q.networks[l.Key].open, l.Scale)
	}
	return d
}

// of returns the address's entry, or nil if there is no room for it; with the lock held.
func (q *questions) of(at []limit.Level[netip.Prefix], now time.Time) *asker {
	addr := at[0].Key
	a := q.askers[addr]
	if a == nil {
		if len(q.askers) >= maxAskers && now.Sub(q.swept) >= sweepAgain {
			q.sweep(now, 0)
		}
		if len(q.askers) >= maxAskers {
			return nil
		}
		a = &asker{}
		if addr.Addr().Is6() {
			a.above = at[1:]
		}
		q.askers[addr] = a
		q.join(a, 1)
	}
	a.last = now
	return a
}

// join adds an asker to its networks, or with -1 takes it out; with the lock held.
func (q *questions) join(a *asker, n int) {
	counts := true
	for _, l := range a.above {
		w := q.networks[l.Key]
		if w == nil {
			w = &network{}
			q.networks[l.Key] = w
		}
		counts = float64(max(w.askers, w.askers+n)) <= l.Scale
		if w.askers += n; w.askers == 0 {
			delete(q.networks, l.Key)
		}
	}
	if counts { // as the last of them, the widest network, has it
		q.parties += n
	}
}

// ask counts a question of the address as open until answered is called, any number of
// times, from any goroutine. If the address may not ask now, it returns a refusal.
// waited says that the visitor waits for a turn already.
func (q *questions) ask(at []limit.Level[netip.Prefix], waited bool) (answered func(), err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	a := q.of(at, q.now())
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
	for _, l := range a.above {
		q.networks[l.Key].open += n
	}
	q.within += min(a.open, questionFloor) - before
}

// leave is called when a visitor who waited for a turn waits no more.
func (q *questions) leave(at []limit.Level[netip.Prefix]) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if a := q.askers[at[0].Key]; a != nil && a.waiting > 0 {
		a.waiting--
	}
}

// mayCome reports whether a newcomer from that address is admitted although the bot has
// too much to answer: most of that is of addresses that have more than their floor, and
// this one has not.
func (q *questions) mayCome(at []limit.Level[netip.Prefix]) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	a := q.askers[at[0].Key]
	return (a == nil || a.open < questionFloor) && q.open-q.within > q.within
}
