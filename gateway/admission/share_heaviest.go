package admission

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/parley-chat/parley/gateway/limit"
)

// Load is what one block of addresses had accepted within about the last hour.
type Load struct {
	// Block is an IPv4 address or an IPv6 /64, or a network above it.
	Block    netip.Prefix
	Messages int64 // requests too
	Bytes    int64 // of text
}

// weight compares loads: beside its text, a message costs about as much as a kilobyte.
func (l Load) weight() int64 { return l.Bytes + 1000*l.Messages }

// Heaviest returns the n blocks that had most accepted at this gateway within about the
// last hour, the heaviest first. A network is among them where no single block within it
// had half of what it had.
func (a *Admission) Heaviest(n int) []Load {
	var all []Load
	a.budgets.addresses.Each(func(u limit.Used[netip.Prefix]) {
		if count := u.Cost[messages] + u.Cost[requests]; count > 0 && u.Key.IsValid() {
			all = append(all, Load{Block: u.Key, Messages: int64(count), Bytes: int64(u.Cost[textBytes])})
		}
	})
	return heaviest(all, n)
}

func heaviest(all []Load, n int) []Load {
	slices.SortFunc(all, func(a, b Load) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), cmp.Compare(b.Block.Bits(), a.Block.Bits()), a.Block.Addr().Compare(b.Block.Addr()))
	})
	var list []Load
	for _, l := range all {
		if len(list) == n {
			break
		}
		if !slices.ContainsFunc(all, func(part Load) bool { return within(part, l) && 2*part.weight() >= l.weight() }) {
			list = append(list, l)
		}
	}
	return list
}

// within reports whether part is a narrower block of the network.
func within(part, network Load) bool {
	return part.Block.Bits() > network.Block.Bits() && network.Block.Contains(part.Block.Addr())
}

// Name writes the block as a person does: an IPv4 address without the length of a prefix.
func (l Load) Name() string {
	if l.Block.IsSingleIP() {
		return l.Block.Addr().String()
	}
	return l.Block.String()
}
