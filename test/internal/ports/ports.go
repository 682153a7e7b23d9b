// Package ports finds ports for processes that are told where to listen.
package ports

import (
	"errors"
	mrand "math/rand/v2"
	"net"
	"strconv"
)

// The ports are below the range for outgoing connections, one of which could otherwise take a
// port before its process listens there, or while it is down.
const (
	first = 15000
	last  = 32000
)

// Free returns n different loopback ports on which nobody listens.
func Free(n int) (ports []int, err error) {
	var taken []net.Listener
	defer func() {
		for _, l := range taken {
			_ = l.Close()
		}
	}()
	for tries := 0; len(ports) < n; tries++ {
		if tries > 100*n {
			return nil, errors.New("find free ports: too many are taken")
		}
		port := first + mrand.IntN(last-first)
		l, err := net.Listen("tcp", Loopback(port))
		if err != nil {
			continue
		}
		taken, ports = append(taken, l), append(ports, port)
	}
	return ports, nil
}

// Address returns an address of this machine, for itself only, on which nobody listens.
func Address() (string, error) {
	found, err := Free(1)
	if err != nil {
		return "", err
	}
	return Loopback(found[0]), nil
}

// Loopback returns the address of a port of this machine, for itself only.
func Loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
