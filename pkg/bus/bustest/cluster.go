package bustest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
)

// nodes is how many servers a Cluster has, and how many copies its streams have.
const nodes = 3

// Cluster is three NATS servers in this process that keep three copies of every stream. It
// ends with the test.
type Cluster struct {
	t testing.TB

	mu      sync.Mutex // guards what follows
	opts    [nodes]*server.Options
	servers [nodes]*server.Server // nil: it is stopped
}

// StartCluster starts the servers, and returns when they have agreed on a leader.
func StartCluster(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{t: t}
	t.Cleanup(func() {
		for i := range c.servers {
			c.Stop(i)
		}
	})
	err := c.start()
	for try := 1; err != nil; try++ { // somebody else may have taken a port meanwhile
		if try == 5 {
			t.Fatal(err)
		}
		err = c.start()
	}
	return c
}

// start starts all servers on new ports and folders.
func (c *Cluster) start() error {
	ports, routes, err := freePorts()
	if err != nil {
		return err
	}
	for i := range ports {
		c.opts[i] = &server.Options{
			ServerName: fmt.Sprint("node-", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true,
			JetStream: true, StoreDir: c.t.TempDir(), SyncInterval: time.Minute, MaxPayload: 1 << 20,
			Cluster: server.ClusterOpts{Name: "parley", Host: "127.0.0.1", Port: ports[i]},
			// A node counts its routes to know how large the cluster is; the one to itself is
			// part of that.
			Routes: server.RoutesFromStr(routes),
		}
	}
	for i := range ports {
		if err := c.run(i); err != nil {
			for i := range ports {
				c.Stop(i)
			}
			return err
		}
	}
	Eventually(c.t, "the nodes agree on a leader", func() bool {
		led := false
		for _, s := range c.servers {
			led = led || s.JetStreamIsLeader() && s.JetStreamClusterPeers() != nil && len(s.JetStreamClusterPeers()) == nodes
		}
		return led
	})
	return nil
}

// freePorts returns a free port for each node, and the nodes' routes. The ports are below the
// range for outgoing connections, one of which could take a port while its node is stopped.
func freePorts() (ports [nodes]int, routes string, err error) {
	for i, tries := 0, 0; i < nodes; tries++ {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", 15_000+rand.IntN(17_000)))
		if err != nil && tries < 300 {
			continue
		}
		if err != nil {
			return ports, "", err
		}
		defer func() { _ = l.Close() }() // at the end, so that all differ
		ports[i] = l.Addr().(*net.TCPAddr).Port
		routes += ",nats-route://" + l.Addr().String()
		i++
	}
	return ports, routes[1:], nil
}

// run starts one server.
func (c *Cluster) run(node int) error {
	s, err := server.NewServer(c.opts[node].Clone())
	if err != nil {
		return err
	}
	s.Start()
	c.mu.Lock()
	c.servers[node] = s
	c.mu.Unlock()
	if !s.ReadyForConnections(Patience) {
		return fmt.Errorf("a node did not become ready within %v", Patience)
	}
	return nil
}

// Stop stops a node in an orderly way: it hands over what it leads. Its connections go on at
// another one.
func (c *Cluster) Stop(node int) {
	c.mu.Lock()
	s := c.servers[node]
	c.servers[node] = nil
	c.mu.Unlock()
	if s != nil {
		s.Shutdown()
		s.WaitForShutdown()
	}
}

// Restart starts a node that was stopped, on the same files.
func (c *Cluster) Restart(node int) {
	c.t.Helper()
	if err := c.run(node); err != nil {
		c.t.Fatal(err)
	}
}

// via connects to one node, and while that one is stopped to another one.
type via struct {
	c    *Cluster
	node int
}

func (v via) InProcessConn() (net.Conn, error) {
	v.c.mu.Lock()
	defer v.c.mu.Unlock()
	for i := range nodes {
		if s := v.c.servers[(v.node+i)%nodes]; s != nil {
			return s.InProcessConn()
		}
	}
	return nil, errors.New("all nodes are stopped")
}

// Connect returns another connection to that node, as another process would have, with one
// stream of chats. It is closed when the test ends.
func (c *Cluster) Connect(name string, node int) *bus.Conn {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	conn, err := bus.Connect(ctx, bus.Options{Name: name, InProcess: via{c, node}, Streams: 1, Replicas: nodes, Log: zerolog.Nop()})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(conn.Close)
	return conn
}

// Leader returns the node that leads the stream, once one does.
func (c *Cluster) Leader(stream string) (node int) {
	c.t.Helper()
	Eventually(c.t, "a node leads "+stream, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for i, s := range c.servers {
			if s != nil && s.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, stream) {
				node = i
				return true
			}
		}
		return false
	})
	return node
}

// StepDown has the stream's leader hand over to another node, and returns when it has stopped
// to lead.
func (c *Cluster) StepDown(stream string) {
	c.t.Helper()
	node := c.Leader(stream)
	c.mu.Lock()
	s := c.servers[node]
	c.mu.Unlock()
	if err := s.JetStreamStepdownStream(server.DEFAULT_GLOBAL_ACCOUNT, stream); err != nil {
		c.t.Fatal(err)
	}
}
