package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// address returns one of the loopback addresses that stand for the world: group
// is 1 to 250, n up to 62,000.
func address(group, n int) net.IP { return net.IPv4(127, byte(group), byte(n/250), byte(n%250+1)) }

// dial opens a visitor's socket from one of our addresses.
func dial(ctx context.Context, base string, from net.IP) (*wire.Socket, error) {
	return wire.DialTo(ctx, wire.Place{Base: base, From: from})
}

// closed says with which code a connection was closed.
func closed(code int) string {
	if code == 0 {
		return "cut"
	}
	return fmt.Sprintf("close %d", code)
}

// end says how a connection ended, in a word or two.
func end(err error) string {
	var refused *wire.RefusedError
	var failed *net.OpError
	switch {
	case wire.Code(err) != 0:
		return closed(wire.Code(err))
	case errors.As(err, &refused):
		return fmt.Sprintf("HTTP %d", refused.Status)
	case errors.As(err, &failed) && failed.Op == "dial":
		return "no connection"
	}
	return "cut"
}

// kind returns the frame's t, or of an error its code, without reading the JSON:
// the flood has to be cheaper than what it floods.
func kind(data []byte) string {
	field := func(name string) string {
		_, rest, ok := bytes.Cut(data, []byte(`"`+name+`":"`))
		if !ok {
			return ""
		}
		value, _, _ := bytes.Cut(rest, []byte(`"`))
		return string(value)
	}
	t := field("t")
	if t == "error" {
		return field("code")
	}
	return t
}
