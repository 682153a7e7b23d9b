// Package control runs a cluster's control plane on the machine itself: etcd, the API
// server, the controller manager and the scheduler.
package control

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/parley-chat/parley/test/cluster/internal/kubectl"
	"github.com/parley-chat/parley/test/cluster/internal/process"
	"github.com/parley-chat/parley/test/internal/ports"
	"github.com/parley-chat/parley/test/internal/wait"
)

// Options configure a control plane.
type Options struct {
	Dir      string // for its files
	Logs     string
	Programs string // folder of the programs
	Group    string // control group
	Address  string // of this machine, as the nodes see it
	Services string // network of Services
	First    string // the first address of that network, which is the API server's
}

// Plane is a running control plane.
type Plane struct {
	Kubeconfig  string // of the admin, who may do everything
	Authority   string // file
	Certificate string // of the admin
	Key         string

	processes []*process.Process
}

// startLimit is how long the API server may take to answer. The processors may be busy
// with other work.
const startLimit = 2 * time.Minute

// Start starts the components and returns when the API is ready.
func Start(ctx context.Context, o Options) (p *Plane, err error) {
	pki := filepath.Join(o.Dir, "pki")
	if err := certificates(pki, o); err != nil {
		return nil, err
	}
	in := func(name string) string { return filepath.Join(pki, name) }
	p = &Plane{Kubeconfig: filepath.Join(o.Dir, "kubeconfig"), Authority: in("ca.crt"), Certificate: in("admin.crt"), Key: in("admin.key")}
	if err := os.WriteFile(p.Kubeconfig, kubeconfig(o, p), 0o600); err != nil {
		return nil, fmt.Errorf("write the kubeconfig: %w", err)
	}
	group, err := process.Group(o.Group)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			p.End()
			p = nil
		}
	}()
	run := func(name string, args ...string) error {
		args = append([]string{filepath.Join(o.Programs, name)}, args...)
		one, err := process.Start(process.Spec{Name: name, Logs: o.Logs, Cgroup: group, Args: args})
		if err == nil {
			p.processes = append(p.processes, one)
		}
		return err
	}
	client, peer, err := freeAddresses()
	if err != nil {
		return p, err
	}
	etcd := []string{"--data-dir", filepath.Join(o.Dir, "etcd"), "--unsafe-no-fsync", // this data need not survive a power cut
		"--listen-client-urls", client, "--advertise-client-urls", client,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=" + peer}
	if err := run("etcd", etcd...); err != nil {
		return p, err
	}
	if err := run("kube-apiserver", apiserver(o, p, client, in)...); err != nil {
		return p, err
	}
	k := &kubectl.Client{Program: filepath.Join(o.Programs, "kubectl"), Kubeconfig: p.Kubeconfig, Dir: o.Dir, Home: o.Dir}
	err = wait.Until(ctx, startLimit, "the API is ready", func(ctx context.Context) string {
		if p.processes[1].Ended() {
			return "kube-apiserver has ended"
		}
		if _, err := k.Do(ctx, "get", "--raw", "/readyz"); err != nil {
			return err.Error()
		}
		return ""
	})
	if err != nil {
		return p, err
	}
	if err := run("kube-controller-manager", "--kubeconfig", p.Kubeconfig, "--service-account-private-key-file", in("sa.key"), "--root-ca-file", in("ca.crt"),
		"--use-service-account-credentials", "--leader-elect=false", "--secure-port", "0", "--node-monitor-grace-period", "20s"); err != nil {
		return p, err
	}
	return p, run("kube-scheduler", "--kubeconfig", p.Kubeconfig, "--leader-elect=false", "--secure-port", "0")
}

// End ends all components, the last one first.
func (p *Plane) End() {
	for i := len(p.processes) - 1; i >= 0; i-- {
		p.processes[i].End(5 * time.Second)
	}
	p.processes = nil
}

// Fallen names the components that have exited on their own.
func (p *Plane) Fallen() (names []string) {
	for _, one := range p.processes {
		if one.Ended() {
			names = append(names, one.Name)
		}
	}
	return names
}

func certificates(dir string, o Options) error {
	a, err := newAuthority(dir)
	if err != nil {
		return err
	}
	return errors.Join(
		a.issue("api", "kube-apiserver", "", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost", "127.0.0.1", o.First, o.Address),
		a.issue("admin", "admin", "system:masters"),
		a.serviceKey(),
	)
}

func apiserver(o Options, p *Plane, etcd string, in func(string) string) []string {
	return []string{
		"--etcd-servers", etcd, "--advertise-address", o.Address, "--bind-address", o.Address, "--secure-port", "6443",
		"--service-cluster-ip-range", o.Services, "--allow-privileged", "--authorization-mode", "Node,RBAC",
		"--tls-cert-file", in("api.crt"), "--tls-private-key-file", in("api.key"), "--client-ca-file", p.Authority,
		"--service-account-issuer", "https://kubernetes.default.svc",
		"--service-account-signing-key-file", in("sa.key"), "--service-account-key-file", in("sa.pub"),
		"--kubelet-client-certificate", p.Certificate, "--kubelet-client-key", p.Key, "--kubelet-preferred-address-types", "InternalIP",
	}
}

func kubeconfig(o Options, p *Plane) []byte {
	return fmt.Appendf(nil, `apiVersion: v1
kind: Config
clusters: [{ name: parley, cluster: { server: "https://%s:6443", certificate-authority: %q } }]
users: [{ name: admin, user: { client-certificate: %q, client-key: %q } }]
contexts: [{ name: parley, context: { cluster: parley, user: admin } }]
current-context: parley
`, o.Address, p.Authority, p.Certificate, p.Key)
}

// freeAddresses returns two loopback addresses with free ports.
func freeAddresses() (a, b string, err error) {
	found, err := ports.Free(2)
	if err != nil {
		return "", "", err
	}
	return "http://" + ports.Loopback(found[0]), "http://" + ports.Loopback(found[1]), nil
}
