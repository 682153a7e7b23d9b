package node

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
)

// The networks belong to this command; a second run at the same time fails to get the
// lock. Interface names have to be short.
const (
	prefix = "parley-n"
	bridge = "parley0"

	// Machine is this machine's address on the nodes' network.
	Machine = "10.98.0.1"
	// AllPods is the network of all pods and Services that of all Services; API and DNS
	// are two addresses in the latter.
	AllPods  = "10.243.0.0/16"
	Services = "10.95.0.0/16"
	API      = "10.95.0.1"
	DNS      = "10.95.0.10"
)

func nodeAddress(number int) string { return fmt.Sprintf("10.98.0.%d", 10+number) }
func podNetwork(number int) string  { return fmt.Sprintf("10.243.%d.0/24", number) }

// Bridge creates the network between the nodes.
func Bridge(ctx context.Context) error {
	return each(ctx,
		"ip link add "+bridge+" type bridge",
		"ip addr add "+Machine+"/24 dev "+bridge,
		"ip link set "+bridge+" up",
		// If the kernel passes bridged traffic through iptables, other rules may block
		// it.
		"iptables -I FORWARD -i "+bridge+" -j ACCEPT",
	)
}

// Connect creates the node's network: a namespace on the bridge, with routes to the
// pods of the other nodes.
func (n *Node) Connect(ctx context.Context) error {
	if err := each(ctx,
		"ip netns add "+n.Name,
		"ip link add "+n.cable()+" type veth peer name eth0 netns "+n.Name,
		"ip link set "+n.cable()+" master "+bridge+" up",
		"ip -n "+n.Name+" addr add "+n.Address()+"/24 dev eth0",
		"ip -n "+n.Name+" link set lo up",
		n.inside("sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0"),
	); err != nil {
		return err
	}
	if err := n.link(ctx, "up"); err != nil {
		return err
	}
	return each(ctx, append([]string{"ip route replace " + n.Pods() + " via " + n.Address()}, n.queue()...)...)
}

// queue sends each new connection of a pod to the policy agent, which decides whether
// it is allowed. The agent's own rules need nftables, whose queue some kernels lack; on
// other kernels the agent is asked twice. It is not asked about traffic from the node
// itself, such as probes.
func (n *Node) queue() []string {
	rule := func(words string) string { return n.inside("iptables -t mangle -A POSTROUTING " + words) }
	return []string{
		rule("-m conntrack --ctstate ESTABLISHED,RELATED -j RETURN"),
		rule("-m owner --uid-owner 0 -j RETURN"),
		rule("-d " + AllPods + " -j NFQUEUE --queue-num 100"),
		rule("-s " + AllPods + " -j NFQUEUE --queue-num 100"),
	}
}

// cable is the machine's end of the node's cable.
func (n *Node) cable() string { return fmt.Sprintf("parley-v%d", n.number) }

func (n *Node) inside(line string) string { return "nsenter --net=/run/netns/" + n.Name + " " + line }

// link plugs the cable in or out. When it is unplugged, the kernel forgets the routes.
func (n *Node) link(ctx context.Context, how string) error {
	lines := []string{"ip -n " + n.Name + " link set eth0 " + how}
	if how == "up" {
		lines = append(lines, "ip -n "+n.Name+" route replace default via "+Machine)
		for other := 1; other <= n.cluster.Count; other++ {
			if other != n.number {
				lines = append(lines, "ip -n "+n.Name+" route replace "+podNetwork(other)+" via "+nodeAddress(other))
			}
		}
	}
	return each(ctx, lines...)
}

var podLink = regexp.MustCompile(`veth[0-9a-f]+`)

// dropLinks removes the links of pods that died with their node.
func (n *Node) dropLinks(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "ip", "-n", n.Name, "-o", "link").Output()
	if err != nil {
		return fmt.Errorf("list the links of %s: %w", n.Name, err)
	}
	for _, name := range podLink.FindAllString(string(out), -1) {
		_ = command(ctx, "ip", "-n", n.Name, "link", "del", name) // it may already be gone
	}
	return nil
}

func each(ctx context.Context, lines ...string) error {
	for _, line := range lines {
		words := strings.Fields(line)
		if err := command(ctx, words[0], words[1:]...); err != nil {
			return err
		}
	}
	return nil
}

func command(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil && ctx.Err() != nil {
		err = errors.Join(err, ctx.Err())
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}
