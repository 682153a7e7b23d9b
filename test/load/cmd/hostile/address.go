package main

import (
	"net"
	"net/http"
	"net/netip"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// origin is an address that clients come from. A loopback address is one that the client
// really has; any other is what a proxy would say in X-Forwarded-For.
type origin netip.Addr

// The groups of addresses: no two of them share a block.
const (
	ofGuests = iota + 1
	ofOwners
	ofAttackers
	ofCrowd
)

// origin returns an address of a group; n is up to 60,000.
func (t *target) origin(group, n int) origin {
	first := byte(127)
	if t.forwarded {
		first = 10
	}
	return origin(netip.AddrFrom4([4]byte{first, byte(100 + group), byte(n / 240), byte(n%240 + 1)}))
}

// own returns the address that the client has itself, nil for any.
func (o origin) own() net.IP {
	if a := netip.Addr(o); a.IsLoopback() {
		return a.AsSlice()
	}
	return nil
}

// header returns what a proxy adds to a request from the address, nil for nothing.
func (o origin) header() http.Header {
	a := netip.Addr(o)
	if a.IsLoopback() {
		return nil
	}
	return http.Header{"X-Forwarded-For": {a.String()}}
}

// place is where a visitor from the address connects.
func (t *target) place(o origin) wire.Place {
	return wire.Place{Base: t.base, From: o.own(), Header: o.header()}
}

// client makes HTTP requests from the address.
func (o origin) client() *http.Client {
	dial := net.Dialer{}
	if ip := o.own(); ip != nil {
		dial.LocalAddr = &net.TCPAddr{IP: ip}
	}
	return &http.Client{Transport: &http.Transport{DialContext: dial.DialContext, MaxIdleConnsPerHost: 4}, Timeout: patience}
}
