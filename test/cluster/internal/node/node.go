// Package node runs the nodes of a cluster on one machine: each is a network namespace
// with its own containerd, kubelet and kube-proxy, a folder for its disk, and a control
// group that contains all of its processes. It can be killed as by a power cut, and
// come back with the same disk.
package node

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/parley-chat/parley/test/cluster/internal/process"
	"github.com/parley-chat/parley/test/internal/wait"
)

// Cluster is the configuration that all nodes share.
type Cluster struct {
	Dir        string // for the nodes' files
	Logs       string
	Programs   string // folder of the programs
	Kubeconfig string
	Authority  string // file with the CA certificate for clients of a kubelet
	Pods       string // network of all pods
	DNS        string // address of the DNS Service
	Count      int
}

// Node is one node of the cluster.
type Node struct {
	Name string

	number    int // from 1
	cluster   *Cluster
	processes []*process.Process
}

// cniPlugins is where Debian installs the CNI plugins.
const cniPlugins = "/usr/lib/cni"

// Volumes are the folders on a node's disk that can become pods' volumes.
var Volumes = []string{"a", "b", "c"}

// Fast is one more, of the class fast.
const Fast = "fast"

// startLimit is how long a node's containerd may take to start.
const startLimit = time.Minute

// New creates a node without starting anything.
func New(c *Cluster, number int) (*Node, error) {
	n := &Node{Name: fmt.Sprintf("%s%d", prefix, number), number: number, cluster: c}
	for _, folder := range []string{"plugins", "opt", "kubelet"} {
		if err := os.MkdirAll(n.in(folder), 0o755); err != nil {
			return nil, fmt.Errorf("make the node %s: %w", n.Name, err)
		}
	}
	for _, volume := range append([]string{Fast}, Volumes...) {
		if err := os.MkdirAll(n.Volume(volume), 0o755); err != nil {
			return nil, fmt.Errorf("make the node %s: %w", n.Name, err)
		}
	}
	return n, n.writeConfigs()
}

// Zone is the zone that the node reports: each node has its own.
func (n *Node) Zone() string { return fmt.Sprintf("zone-%d", n.number) }

// Address is the node's address.
func (n *Node) Address() string { return nodeAddress(n.number) }

// Pods is the network of the node's pods.
func (n *Node) Pods() string { return podNetwork(n.number) }

// Volume is the path of one of Volumes, of Fast, or of what a test makes.
func (n *Node) Volume(name string) string { return n.in(filepath.Join("volumes", name)) }

func (n *Node) in(name string) string { return filepath.Join(n.cluster.Dir, n.Name, name) }

// state is where containerd keeps its temporary state. The path of a socket has to be
// short.
func (n *Node) state() string { return "/run/" + n.Name }

func (n *Node) socket() string { return n.state() + "/c.sock" }

// Start starts the node's programs and gives it the images.
func (n *Node) Start(ctx context.Context, images []string) error {
	if err := n.boot(ctx); err != nil {
		return err
	}
	for _, file := range images {
		if err := command(ctx, "ctr", "-a", n.socket(), "-n", "k8s.io", "images", "import", file); err != nil {
			return fmt.Errorf("give images to %s: %w", n.Name, err)
		}
	}
	return n.join()
}

// boot starts containerd.
func (n *Node) boot(ctx context.Context) error {
	if err := os.MkdirAll(n.state(), 0o711); err != nil {
		return fmt.Errorf("start %s: %w", n.Name, err)
	}
	if err := n.run("containerd", "containerd", "--config", n.in("containerd.toml")); err != nil {
		return err
	}
	return wait.Until(ctx, startLimit, "containerd of "+n.Name+" answers", func(ctx context.Context) string {
		if fallen := n.Fallen(); len(fallen) > 0 {
			return "it has ended"
		}
		if err := command(ctx, "ctr", "-a", n.socket(), "version"); err != nil {
			return err.Error()
		}
		return ""
	})
}

// join starts the programs that make it a node of the cluster.
func (n *Node) join() error {
	err := n.run("kubelet", filepath.Join(n.cluster.Programs, "kubelet"), "--config", n.in("kubelet.json"), "--kubeconfig", n.cluster.Kubeconfig,
		"--root-dir", n.in("kubelet"), "--cert-dir", n.in("certificates"), "--hostname-override", n.Name, "--node-ip", n.Address(),
		"--node-labels", "topology.kubernetes.io/zone="+n.Zone())
	if err != nil {
		return err
	}
	return n.run("kube-proxy", filepath.Join(n.cluster.Programs, "kube-proxy"), "--config", n.in("proxy.json"))
}

// run starts a program in the node's network and control group. (ip netns exec would
// hide the control groups from it.)
func (n *Node) run(name string, args ...string) error {
	group, err := process.Group(n.Name)
	if err != nil {
		return err
	}
	p, err := process.Start(process.Spec{Name: n.Name + "-" + name, Logs: n.cluster.Logs, Cgroup: group,
		Args: append([]string{"nsenter", "--net=/run/netns/" + n.Name}, args...)})
	if err == nil {
		n.processes = append(n.processes, p)
	}
	return err
}

// Fallen names the node's programs that have exited on their own.
func (n *Node) Fallen() (names []string) {
	for _, p := range n.processes {
		if p.Ended() {
			names = append(names, p.Name)
		}
	}
	return names
}

// Kill ends the node like a power cut: first its cable, so that no connection is closed
// properly, then all processes, including those of its pods.
func (n *Node) Kill(ctx context.Context) error {
	if err := n.link(ctx, "down"); err != nil {
		return err
	}
	return n.End(ctx)
}

// End ends all of the node's processes.
func (n *Node) End(ctx context.Context) error {
	err := process.KillGroup(ctx, n.Name)
	for _, p := range n.processes {
		p.Kill()
	}
	n.processes = nil
	return err
}

// Frozen runs do while every process of the node stands still, as while a machine's disk
// is copied. The rest of the cluster sees it hang.
func (n *Node) Frozen(ctx context.Context, do func() error) error {
	return process.Frozen(ctx, n.Name, do)
}

// Revive starts a killed node again, with the same disk.
func (n *Node) Revive(ctx context.Context) error {
	if err := n.dropLinks(ctx); err != nil {
		return err
	}
	if err := n.link(ctx, "up"); err != nil {
		return err
	}
	if err := n.boot(ctx); err != nil {
		return err
	}
	return n.join()
}
