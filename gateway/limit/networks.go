package limit

import "net/netip"

// Networks lists the networks above an address, from the narrowest to the widest, and how
// many times the share of an address each has. A provider gives an IPv6 customer a /64, a /56
// or even a /48, so one with a /48 must not have 65,536 shares. An IPv4 /24 is what a
// carrier or a hosting company rents out at once: 16 shares leave it enough for
// thousands who write behind shared addresses.
var (
	Networks4 = []Network{{24, 16}}
	Networks6 = []Network{{56, 4}, {48, 16}}
)

// Network is the length of a prefix, and how many shares of an address such a network
// has.
type Network struct {
	Bits  int
	Scale float64
}

// AddressLevels returns the levels of an address: its block (see Block) and the networks
// above it. An address that is not known is a block of its own.
func AddressLevels(addr netip.Addr) []Level[netip.Prefix] {
	block := Block(addr)
	if !block.IsValid() {
		return []Level[netip.Prefix]{{Scale: 1}}
	}
	bits, networks := 32, Networks4
	if block.Is6() {
		bits, networks = 64, Networks6
	}
	levels := make([]Level[netip.Prefix], 0, 1+len(networks))
	levels = append(levels, Level[netip.Prefix]{Key: netip.PrefixFrom(block, bits).Masked(), Scale: 1})
	for _, n := range networks {
		levels = append(levels, Level[netip.Prefix]{Key: netip.PrefixFrom(block, n.Bits).Masked(), Scale: n.Scale})
	}
	return levels
}
