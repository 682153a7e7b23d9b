package deploy

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/parley-chat/parley/test/deploy/permissions"
	"github.com/parley-chat/parley/test/internal/ports"
)

// cluster is the NATS servers that a variant's manifests configure, in this process.
type cluster struct {
	t         testing.TB
	manifests *manifests
	dir       string // holds ca.crt
	nodes     []*server.Server
}

// startNATS starts the three nodes from their rendered files, with only folders,
// addresses and ports replaced. change may change the text of accounts.conf first.
func startNATS(t testing.TB, variant string, change func(accounts string) string) *cluster {
	t.Helper()
	m, faults := decode(render(t, variant))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	set := m.stateful["nats"]
	c := &cluster{t: t, manifests: m, dir: t.TempDir()}
	c.write(c.dir, m.secretData("nats-tls"))
	env, _, missing := m.environment(set.Spec.Template.Spec.Containers[0])
	if len(missing) > 0 {
		t.Fatal(missing)
	}
	for name, value := range env {
		if name != "GOMEMLIMIT" {
			t.Setenv(name, value)
		}
	}
	config := map[string]string{}
	for name, text := range m.configMaps[volume(set.Spec.Template.Spec, "config")].Data {
		config[name] = text
	}
	if change != nil {
		config["accounts.conf"] = change(config["accounts.conf"])
	}
	var routes []string
	for range *set.Spec.Replicas {
		routes = append(routes, freeAddress(t))
	}
	for i := range routes {
		c.start(i, config, routes)
	}
	for _, s := range c.nodes {
		if !s.ReadyForConnections(patience) {
			t.Fatal("a NATS server is not ready in time")
		}
	}
	return c
}

func (c *cluster) start(i int, config map[string]string, routes []string) {
	c.t.Helper()
	dir := filepath.Join(c.dir, fmt.Sprint("nats-", i))
	replace := strings.NewReplacer(`"/etc/nats-tls/`, `"`+c.dir+"/", `"/data"`, `"`+dir+`/data"`, `"/run/nats/`, `"`+dir+"/")
	files := map[string]string{}
	for name, text := range config {
		files[name] = replace.Replace(text)
	}
	c.write(dir, files)
	c.t.(interface{ Setenv(k, v string) }).Setenv("POD_NAME", fmt.Sprint("nats-", i))
	c.t.(interface{ Setenv(k, v string) }).Setenv("MAX_FILE_STORE", maxFileStore(c.manifests))
	opts, err := server.ProcessConfigFile(filepath.Join(dir, "nats.conf"))
	if err != nil {
		c.t.Fatalf("NATS does not read its settings: %v", err)
	}
	if !opts.SyncAlways {
		c.t.Fatal("NATS acknowledges before it syncs to disk")
	}
	if grace := c.manifests.stateful["nats"].Spec.Template.Spec.TerminationGracePeriodSeconds; grace == nil || time.Duration(*grace)*time.Second < opts.LameDuckDuration+10*time.Second {
		c.t.Fatalf("NATS takes %v to disconnect its clients, but its pods are killed sooner", opts.LameDuckDuration)
	}
	if len(opts.Routes) != len(routes) {
		c.t.Fatalf("NATS has %d routes for %d nodes", len(opts.Routes), len(routes))
	}
	opts.Host, opts.Port, opts.HTTPHost, opts.HTTPPort, opts.NoSigs = "127.0.0.1", server.RANDOM_PORT, "127.0.0.1", server.RANDOM_PORT, true
	host, port, _ := net.SplitHostPort(routes[i])
	opts.Cluster.Host = host
	if _, err := fmt.Sscan(port, &opts.Cluster.Port); err != nil {
		c.t.Fatal(err)
	}
	opts.Routes = server.RoutesFromStr("nats-route://" + strings.Join(routes, ",nats-route://"))
	s, err := server.NewServer(opts)
	if err != nil {
		c.t.Fatal(err)
	}
	s.Start()
	c.t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	c.nodes = append(c.nodes, s)
}

func (c *cluster) write(dir string, files map[string]string) {
	c.t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		c.t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			c.t.Fatal(err)
		}
	}
}

// address returns where clients connect to a node.
func (c *cluster) address(node int) string {
	return c.nodes[node%len(c.nodes)].Addr().String()
}

func (c *cluster) ca() string { return filepath.Join(c.dir, "ca.crt") }

// connect returns a user's connection, over TLS, with its password and its inbox.
func (c *cluster) connect(user string, opts ...nats.Option) *nats.Conn {
	c.t.Helper()
	password := c.manifests.secretData("nats-users")[permissions.PasswordKey(user)]
	nc, err := nats.Connect("tls://"+c.address(0), append([]nats.Option{
		nats.UserInfo(user, password), nats.RootCAs(c.ca()), nats.CustomInboxPrefix("_INBOX." + user),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}),
	}, opts...)...)
	if err != nil {
		c.t.Fatalf("connect as %s: %v", user, err)
	}
	c.t.Cleanup(nc.Close)
	return nc
}

// secretData returns the data of the Secret with that name before kustomize's hash.
func (m *manifests) secretData(name string) map[string]string {
	for full, s := range m.secrets {
		if before, _, _ := cutLast(full, "-"); before == name {
			data := map[string]string{}
			for k, v := range s.Data {
				data[k] = string(v)
			}
			return data
		}
	}
	return nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func freeAddress(t testing.TB) string {
	t.Helper()
	addr, err := ports.Address()
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// patience is how long a condition may take: a loaded machine is not a failure.
const patience = 3 * time.Minute

// eventually waits for a condition.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(patience)
	defer end.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-end.C:
			t.Fatalf("not after %v: %s", patience, what)
		}
	}
}
