package admission

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/bus"
)

// load is what one block of addresses used within about the last hour.
type load struct {
	block netip.Prefix // an IPv4 address or an IPv6 /64, or a network above it
	scale float64
	used  limit.Cost
}

// weight compares loads: beside its text, a message costs about as much as a kilobyte.
func (l load) weight() float64 { return l.used[textBytes] + 1000*l.messages() }

func (l load) messages() float64 { return l.used[messages] + l.used[requests] }

// Heaviest returns the n blocks that had most accepted at this gateway within about the
// last hour, the heaviest first. A network is among them where no single block within it
// had half of what it had.
func (a *Admission) Heaviest(n int) []bus.Load {
	var all []load
	a.budgets.addresses.Each(func(u limit.Used[netip.Prefix]) {
		if l := (load{u.Key, u.Scale, u.Cost}); u.Key.IsValid() && l.weight() > 0 {
			all = append(all, l)
		}
	})
	var list []bus.Load
	for _, l := range heaviest(all, n) {
		list = append(list, bus.Load{Block: blockName(l.block), Messages: int64(l.messages()), Bytes: int64(l.used[textBytes]), Share: a.budgets.shareOf(l)})
	}
	return list
}

// maxCandidates bounds how many loads are compared with each other.
const maxCandidates = 1000

func heaviest(all []load, n int) (list []load) {
	slices.SortFunc(all, func(a, b load) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), cmp.Compare(b.block.Bits(), a.block.Bits()), a.block.Addr().Compare(b.block.Addr()))
	})
	all = all[:min(len(all), maxCandidates)]
	for _, l := range all {
		if len(list) == n {
			break
		}
		if !slices.ContainsFunc(all, func(part load) bool { return within(part, l) && 2*part.weight() >= l.weight() }) {
			list = append(list, l)
		}
	}
	return list
}

// within reports whether part is a narrower block of the network.
func within(part, network load) bool {
	return part.block.Bits() > network.block.Bits() && network.block.Contains(part.block.Addr())
}

// shareOf returns how much of an hour's share was used: of that which was used most.
func (b *budgets) shareOf(l load) (share float64) {
	for i, row := range b.ofAddress {
		if row.Per == PerHour {
			hour := b.amounts[i] * l.scale
			share = max(share, l.used[row.kind]/hour)
		}
	}
	return share
}

// blockName writes a block as a person does: an IPv4 address without the length of a
// prefix.
func blockName(block netip.Prefix) string {
	if block.IsSingleIP() {
		return block.Addr().String()
	}
	return block.String()
}
