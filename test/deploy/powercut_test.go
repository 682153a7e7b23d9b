package deploy

import (
	"net"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"
)

// A client whose machine loses power falls silent, and its connection stays. While NATS
// believes that it is alive, it gets messages that nobody handles.
func TestNATSMissesAClientWithoutPower(t *testing.T) {
	c := startNATS(t, "local", nil)
	power := &outlet{off: make(chan struct{})}
	t.Cleanup(power.cut)
	before := c.nodes[0].NumClients()
	c.connect("botworker", nats.SetCustomDialer(power), nats.NoReconnect())
	eventually(t, "the bot is connected", func() bool { return c.nodes[0].NumClients() > before })
	power.cut()
	// By default NATS takes more than four minutes; this test doesn't wait that long.
	eventually(t, "the bot is missed", func() bool { return c.nodes[0].NumClients() <= before })
}

// outlet dials connections that go silent when its power is cut.
type outlet struct {
	once sync.Once
	off  chan struct{}
}

func (o *outlet) cut() { o.once.Do(func() { close(o.off) }) }

func (o *outlet) Dial(network, address string) (net.Conn, error) {
	conn, err := net.Dial(network, address)
	return &silenced{Conn: conn, off: o.off}, err
}

type silenced struct {
	net.Conn
	off chan struct{}
}

func (s *silenced) Write(p []byte) (int, error) {
	select {
	case <-s.off:
		return len(p), nil
	default:
		return s.Conn.Write(p)
	}
}

// Close keeps the connection if the power is off: nobody is left to close it.
func (s *silenced) Close() error {
	select {
	case <-s.off:
		return nil
	default:
		return s.Conn.Close()
	}
}
