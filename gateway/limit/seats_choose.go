package limit

import (
	"cmp"
	"container/heap"
	"maps"
	"net/netip"
	"slices"
	"time"
)

// seatNetworks are the networks above an address, and how many times the share of an
// address each has: a provider gives one customer an IPv6 /56 or even a /48, so one with
// a /48 must not have 65,536 shares.
var (
	seatNetworks4 = []seatNetwork{{24, 4}}
	seatNetworks6 = []seatNetwork{{56, 2}, {48, 4}}
)

type seatNetwork struct {
	bits  int
	times float64
}

// counts counts seats by the blocks and the networks above them.
type counts map[netip.Prefix]int

func (c counts) add(block netip.Addr, n int) {
	each(block, func(p netip.Prefix, _ float64) {
		if c[p] += n; c[p] == 0 {
			delete(c, p)
		}
	})
}

// block returns the count of the block alone.
func (c counts) block(block netip.Addr) int { return c[prefix(block)] }

// load returns how full the block is: how many seats it has, or, if that is more, the
// network above it has for each of the shares that are its own.
func (c counts) load(block netip.Addr) (load float64) {
	each(block, func(p netip.Prefix, times float64) { load = max(load, float64(c[p])/times) })
	return load
}

func prefix(block netip.Addr) netip.Prefix {
	if block.Is6() {
		return netip.PrefixFrom(block, 64)
	}
	return netip.PrefixFrom(block, block.BitLen())
}

func each(block netip.Addr, f func(p netip.Prefix, times float64)) {
	f(prefix(block), 1)
	above := seatNetworks4
	switch {
	case !block.IsValid():
		return
	case block.Is6():
		above = seatNetworks6
	}
	for _, n := range above {
		if p, err := block.Prefix(n.bits); err == nil {
			f(p, n.times)
		}
	}
}

// The weights of a seat: how many times as much it counts, by its stage, in the
// comparison of whose goes. One that acted just now counts least.
var seatWeights = [stages]float64{Silent: 8, Here: 4, Worked: 2}

const youngWeight = 1

// weight returns the seat's, by its stage and how long ago it acted.
func (s *Seats) weight(seat *Seat, now time.Time) float64 {
	stage := seat.stage.Load()
	if seat.idle(now) < s.opts.Young[stage] {
		return youngWeight
	}
	return seatWeights[stage]
}

// choose returns up to n of the seats, in the order in which they are taken away. It is
// called with mu held.
//
// The busy ones stay, up to the fair share of their network: the rest of them count as if
// they had acted just now. Of the others, one of the fullest network goes, where those
// who never said hello count eight times, those who never worked four times, and those
// who worked twice; within the address, who counts most and has been idle longest. Then
// the network is one less full.
func (s *Seats) choose(from []*Seat, n int, now time.Time) []victim {
	var free []candidate
	var busy []victim
	for _, seat := range from {
		v := victim{seat, seat.last.Load(), seat.kept()}
		switch {
		case seat.evict == nil:
		case s.busy(seat, now):
			busy = append(busy, v)
		default:
			free = append(free, candidate{v, s.weight(seat, now)})
		}
	}
	slices.SortFunc(busy, func(a, b victim) int {
		if a.kept != b.kept {
			return cmp.Compare(btoi(b.kept), btoi(a.kept))
		}
		return cmp.Compare(b.last, a.last)
	})
	safe := counts{}
	for _, v := range busy {
		if safe.load(v.seat.addr) < float64(s.opts.Fair) {
			safe.add(v.seat.addr, 1)
		} else {
			free = append(free, candidate{v, youngWeight})
		}
	}
	slices.SortFunc(free, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.last, b.last))
	})
	return s.order(free, n)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// candidate is a seat that can be taken away, and how much it counts.
type candidate struct {
	victim
	weight float64
}

// order returns the first n of the candidates, which are in the order within their
// addresses, in the order over all.
func (s *Seats) order(free []candidate, n int) (chosen []victim) {
	// All that a network has counts, not only what can be taken away.
	left := maps.Clone(s.counts)
	queues := map[netip.Addr]*queue{}
	for _, c := range free {
		q := queues[c.seat.addr]
		if q == nil {
			q = &queue{addr: c.seat.addr}
			queues[c.seat.addr] = q
		}
		q.candidates = append(q.candidates, c)
	}
	var order fullest
	for _, q := range queues {
		q.rank = q.candidates[0].weight * left.load(q.addr)
		order = append(order, q)
	}
	heap.Init(&order)
	for len(order) > 0 && len(chosen) < n {
		q := order[0]
		if rank := q.candidates[0].weight * left.load(q.addr); rank < q.rank { // the network above it got emptier
			q.rank = rank
			heap.Fix(&order, 0)
			continue
		}
		chosen = append(chosen, q.candidates[0].victim)
		left.add(q.addr, -1)
		if q.candidates = q.candidates[1:]; len(q.candidates) == 0 {
			heap.Pop(&order)
			continue
		}
		q.rank = q.candidates[0].weight * left.load(q.addr)
		heap.Fix(&order, 0)
	}
	return chosen
}

// queue is the seats of one address, who goes first in front.
type queue struct {
	addr       netip.Addr
	candidates []candidate
	rank       float64
}

// fullest is a heap of queues, the one of highest rank on top. Between equals, whose
// client has been idle longest.
type fullest []*queue

func (f fullest) Len() int { return len(f) }
func (f fullest) Less(i, j int) bool {
	if f[i].rank != f[j].rank {
		return f[i].rank > f[j].rank
	}
	return f[i].candidates[0].last < f[j].candidates[0].last
}
func (f fullest) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *fullest) Push(x any)   { *f = append(*f, x.(*queue)) }
func (f *fullest) Pop() any {
	last := len(*f) - 1
	q := (*f)[last]
	*f = (*f)[:last]
	return q
}
