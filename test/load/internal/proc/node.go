package proc

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// nowhere is the address that nodes advertise to each other. Nobody listens there, so
// they connect over the routes that they are given and no others.
const nowhere = "127.0.0.1:1"

// Node is one nats-server with JetStream on fixed ports, alone or in a cluster. It keeps
// its data over a restart.
type Node struct {
	Name    string // of the server, too
	Program string
	Dir     string   // for its configuration and its store
	Logs    string   // for its log
	Sync    string   // "always" or a time, as in NATS_SYNC
	Client  int      // port for clients
	Monitor int      // port of its HTTP interface
	Cluster int      // port for routes; 0: it is alone
	Routes  []string // addresses at which it reaches the other nodes
}

// URL returns its address for clients, without any line between.
func (n Node) URL() string { return "nats://" + Loopback(n.Client) }

// Start runs the node and returns once it serves; a cluster may not have a leader yet.
// The node is killed when the context ends.
func (n Node) Start(ctx context.Context) (*Process, error) {
	conf := filepath.Join(n.Dir, n.Name+".conf")
	if err := os.WriteFile(conf, []byte(n.config()), 0o600); err != nil {
		return nil, fmt.Errorf("configure %s: %w", n.Name, err)
	}
	return Start(ctx, Spec{
		Name: n.Name, Dir: n.Logs, Path: "/bin/sh", Args: []string{"-c", `exec "$0" -c "$1" 2>&1`, n.Program, conf},
		Ready: func(line string) bool { return strings.Contains(line, "Server is ready") },
	})
}

func (n Node) config() string {
	var b strings.Builder
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format+"\n", args...) }
	line("server_name: %q", n.Name)
	line("listen: %q", Loopback(n.Client))
	line("http: %q", Loopback(n.Monitor))
	line("jetstream {\n  store_dir: %q\n  sync_interval: %s\n}", filepath.Join(n.Dir, n.Name), n.Sync)
	if n.Cluster == 0 {
		return b.String()
	}
	line("cluster {\n  name: parley\n  listen: %q", Loopback(n.Cluster))
	// Clients learn of no other server, nodes of no other route.
	line("  no_advertise: true\n  cluster_advertise: %q", nowhere)
	line("  routes: [")
	// A node counts its routes to know how large the cluster is; the one to
	// itself is part of that.
	for _, addr := range append([]string{Loopback(n.Cluster)}, n.Routes...) {
		line("    %q", "nats-route://"+addr)
	}
	line("  ]\n}")
	return b.String()
}
