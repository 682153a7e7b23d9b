package limit

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// maxHops is how many entries of X-Forwarded-For, and of its relatives, are looked at.
const maxHops = 32

// ClientAddr returns the address that a request comes from: the peer's, or, if the
// peer is a trusted proxy, the one in X-Forwarded-For, or in Forwarded if there is no
// header X-Forwarded-…. It is read from the right, for as long as the proxy that wrote the
// entry is trusted, so nobody can choose an address by sending the header. IPv4 in IPv6
// becomes IPv4, zones are dropped. The zero Addr means that the peer has none (a Unix
// socket).
func ClientAddr(r *http.Request, trusted []netip.Prefix) netip.Addr {
	addr := parseHop(r.RemoteAddr)
	if !Within(trusted, addr) {
		return addr
	}
	for _, said := range slices.Backward(forwardedBy(r, "For")) {
		hop := parseHop(said)
		if !hop.IsValid() {
			return addr // "unknown", or nothing: the last proxy is all that is known
		}
		if addr = hop; !Within(trusted, addr) {
			return addr
		}
	}
	return addr
}

// SecureRequest reports whether the browser speaks TLS: with this server, or with a
// trusted proxy that says so in X-Forwarded-Proto or Forwarded.
func SecureRequest(r *http.Request, trusted []netip.Prefix) bool {
	if r.TLS != nil {
		return true
	}
	if !Within(trusted, parseHop(r.RemoteAddr)) {
		return false
	}
	protos := forwardedBy(r, "Proto")
	return len(protos) > 0 && strings.EqualFold(protos[len(protos)-1], "https")
}

// Block returns what a limit counts as one address: an IPv4 address, or an IPv6 /64
// network, since providers give each customer at least that.
func Block(addr netip.Addr) netip.Addr {
	addr = addr.Unmap().WithZone("")
	if !addr.Is6() {
		return addr
	}
	network, err := addr.Prefix(64)
	if err != nil {
		return addr // impossible: every IPv6 address has 64 bits
	}
	return network.Addr()
}

// Within reports whether one of the networks holds the address.
func Within(prefixes []netip.Prefix, addr netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// parseHop reads an address with or without a port; the zero Addr if there is none.
func parseHop(s string) netip.Addr {
	s = strings.TrimSpace(s)
	if with, err := netip.ParseAddrPort(s); err == nil {
		return with.Addr().Unmap().WithZone("")
	}
	s = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	addr, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}

// ParseProxies reads TRUSTED_PROXIES: addresses and networks separated by commas or
// spaces. The error has one sentence for each fault.
func ParseProxies(s string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	var faults []error
	for _, entry := range entries(s) {
		p, err := parsePrefix(entry)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("it holds %q, which is neither an address such as 10.0.0.7 nor a network such as 10.0.0.0/8", entry))
		case p.Bits() == 0:
			faults = append(faults, fmt.Errorf("it holds %q, which is every address there is: anybody could pretend to be anybody; name your proxies' network", entry))
		default:
			prefixes = append(prefixes, p)
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return prefixes, nil
}

func parsePrefix(s string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(s); err == nil {
		addr = addr.Unmap().WithZone("")
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}

// entries splits a list in an environment variable.
func entries(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' })
}
