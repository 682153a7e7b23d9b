package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/cluster/internal/addons"
	"github.com/parley-chat/parley/test/cluster/internal/control"
	"github.com/parley-chat/parley/test/cluster/internal/images"
	"github.com/parley-chat/parley/test/cluster/internal/kubectl"
	"github.com/parley-chat/parley/test/cluster/internal/node"
	"github.com/parley-chat/parley/test/cluster/internal/tools"
	"github.com/parley-chat/parley/test/internal/tree"
)

const (
	// folder is the prefix of this command's folder names.
	folder = "parley-cluster-"
	// count is how many nodes there are: NATS needs three.
	count = 3
	// readyLimit is how long the cluster may take to become usable.
	readyLimit = "4m"
	// endLimit bounds the cleanup, which also happens after Ctrl-C.
	endLimit = 2 * time.Minute
	// reportLimit bounds the look at a failure: a dead node does not answer.
	reportLimit = 30 * time.Second
)

func (r *run) logs() string { return filepath.Join(r.dir, "logs") }

// build builds the programs, the copy of the manifests and the images.
func (r *run) build(ctx context.Context) (archives []string, err error) {
	made := filepath.Join(r.dir, "images")
	for _, dir := range []string{r.tools, r.logs(), made} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("make folders: %w", err)
		}
	}
	built, err := tools.Build(ctx, r.root, r.tools)
	if err != nil {
		return nil, err
	}
	r.k = &kubectl.Client{Program: filepath.Join(r.tools, "kubectl"), Dir: filepath.Join(r.dir, "copy"), Home: r.dir}
	if err := r.copyManifests(ctx); err != nil {
		return nil, err
	}
	version, err := r.k.Do(ctx, "version", "--client")
	if err != nil {
		return nil, err
	}
	version, _, _ = strings.Cut(version, "\n")
	r.say("Kubernetes is built (%d programs were missing). kubectl version: %s.", len(built), version)
	names, err := r.imageNames(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if strings.HasPrefix(name, "mongo:") {
			r.shell = name
		}
	}
	maker := images.Maker{Root: r.root, Tools: r.tools, Dir: made}
	for _, name := range append(names, images.Next, images.Pause, images.Names, images.Policy) {
		archive, err := maker.Make(ctx, name)
		if err != nil {
			return nil, err
		}
		archives = append(archives, archive)
	}
	r.say("Built the images %s from the tree. mongo is a STAND-IN: FerretDB, one member, without MongoDB's start script and init.js.", strings.Join(names, ", "))
	return archives, nil
}

// start starts the cluster, and returns once it is usable.
func (r *run) start(ctx context.Context, archives []string) error {
	began := time.Now()
	found, err := r.sweep(ctx)
	if err != nil {
		return fmt.Errorf("remove what an earlier run left: %w", err)
	}
	if len(found) > 0 {
		r.say("Removed what an earlier run left behind: %s.", strings.Join(found, ", "))
	}
	restore, err := raise()
	if err != nil {
		return err
	}
	r.restore = restore
	if err := node.Bridge(ctx); err != nil {
		return fmt.Errorf("make the nodes' network: %w", err)
	}
	r.plane, err = control.Start(ctx, control.Options{Dir: r.dir, Logs: r.logs(), Programs: r.tools, Group: node.Control,
		Address: node.Machine, Services: node.Services, First: node.API})
	if err != nil {
		return fmt.Errorf("start the control plane: %w", err)
	}
	r.k.Kubeconfig = r.plane.Kubeconfig
	common := &node.Cluster{Dir: r.dir, Logs: r.logs(), Programs: r.tools, Kubeconfig: r.plane.Kubeconfig, Authority: r.plane.Authority,
		Pods: node.AllPods, DNS: node.DNS, Count: count}
	for i := 1; i <= count; i++ {
		n, err := node.New(common, i)
		if err != nil {
			return err
		}
		r.nodes = append(r.nodes, n)
		if err := errors.Join(n.Connect(ctx), n.Start(ctx, archives)); err != nil {
			return fmt.Errorf("start the node %s: %w", n.Name, err)
		}
	}
	if _, err := r.k.Input(ctx, addons.Manifests(r.nodes), "apply", "-f", "-"); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"-n", "kube-system", "rollout", "status", "daemonset/kube-network-policies", "--timeout", readyLimit},
		{"-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout", readyLimit},
		{"wait", "--for=condition=Ready", "node", "--all", "--timeout", readyLimit},
	} {
		if _, err := r.k.Do(ctx, args...); err != nil {
			return err
		}
	}
	r.say("%d nodes are ready; names and the policies' agent run. It took %.1f s.", count, time.Since(began).Seconds())
	return nil
}

// sweep removes everything that a cluster leaves on the machine, from this and earlier
// runs.
func (r *run) sweep(ctx context.Context) ([]string, error) {
	folders, err := filepath.Glob(filepath.Join(os.TempDir(), folder+"*"))
	if err != nil {
		return nil, err
	}
	return node.Sweep(ctx, count, folders...)
}

// end takes everything down. If something failed, it first shows the state of the
// cluster.
func (r *run) end(failed *error) {
	if *failed != nil && !errors.Is(*failed, context.Canceled) {
		r.report()
	}
	ctx, stop := context.WithTimeout(context.Background(), endLimit)
	defer stop()
	for _, f := range r.forwards {
		f.Close()
	}
	faults := []error{*failed}
	for _, n := range r.nodes {
		faults = append(faults, n.End(ctx))
	}
	if r.plane != nil {
		r.plane.End()
	}
	_, err := r.sweep(ctx)
	faults = append(faults, err)
	if r.restore != nil {
		faults = append(faults, r.restore())
	}
	*failed = errors.Join(append(faults, os.RemoveAll(r.dir))...)
}

// report shows whatever helps to find out why something failed.
func (r *run) report() {
	ctx, stop := context.WithTimeout(context.Background(), reportLimit)
	defer stop()
	show := func(what, text string) { fmt.Fprintf(os.Stderr, "--- %s\n%s\n", what, text) }
	var fallen []string
	if r.plane != nil {
		fallen = r.plane.Fallen()
	}
	for _, n := range r.nodes {
		fallen = append(fallen, n.Fallen()...)
	}
	for _, name := range fallen {
		show(name+" has ended", tree.Tail(filepath.Join(r.logs(), name+".log")))
	}
	if r.k == nil || r.k.Kubeconfig == "" {
		return
	}
	pods, err := r.k.Do(ctx, "get", "pods", "-A", "-o", "wide")
	if err != nil {
		show("kubectl", err.Error())
		show("kube-apiserver", tree.Tail(filepath.Join(r.logs(), "kube-apiserver.log")))
		return
	}
	show("pods", pods)
	if events, err := r.k.Do(ctx, "get", "events", "-A", "--field-selector", "type=Warning", "--sort-by", ".lastTimestamp"); err == nil {
		lines := strings.Split(events, "\n")
		show("warnings", strings.Join(lines[max(0, len(lines)-30):], "\n"))
	}
	bad, _ := r.k.Lines(ctx, "get", "pods", "-o", `jsonpath={range .items[?(@.status.containerStatuses[0].ready==false)]}{.metadata.name}{"\n"}{end}`)
	for _, pod := range bad {
		said, _ := r.k.Parley(ctx, "logs", "--tail", "10", pod)
		show("the log of "+pod, said)
	}
}
