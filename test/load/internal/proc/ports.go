package proc

import (
	"errors"
	mrand "math/rand/v2"
	"net"
	"strconv"
)

// Ports for processes that come back at the same address. They are below the range for
// outgoing connections, one of which could otherwise take the port while its process is
// down.
const (
	firstPort = 15000
	lastPort  = 32000
)

// FreePorts returns different loopback ports on which nobody listens.
func FreePorts(n int) (ports []int, err error) {
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
		port := firstPort + mrand.IntN(lastPort-firstPort)
		l, err := net.Listen("tcp", Loopback(port))
		if err != nil {
			continue
		}
		taken, ports = append(taken, l), append(ports, port)
	}
	return ports, nil
}

// Loopback returns the address of a port of this machine, for itself only.
func Loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
