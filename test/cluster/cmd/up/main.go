// Command up starts a Kubernetes of three nodes on this machine, applies the manifests to
// it as docs/kubernetes.md says, and has visitors talk while pods and nodes fail. It
// prints what it did. The exit code is 1 at the first broken promise, and 3 if no cluster
// can run here: it needs root on Linux and some packages, which it names.
//
//	go run ./cmd/up            what `make cluster` does; it builds Kubernetes first,
//	                           which takes ten minutes
//	go run ./cmd/up -tools F   keeps the programs of Kubernetes in a folder for the
//	                           next run, and uses those that are already there
//	go run ./cmd/up -keep      leaves the cluster running until Ctrl-C once people
//	                           have talked through it; injects no faults
//	go run ./cmd/up -browser   also plays the story of test/browser through it,
//	                           while a crowd talks; needs a Chromium
//	go run ./cmd/up -only A,B  runs only these steps: policies, refused, again,
//	                           balance, crowd, scaled, killed, renewed, drained,
//	                           power, passwords, pages, wrong, grown, moved, browser,
//	                           deleted, restored
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/cluster/internal/control"
	"github.com/parley-chat/parley/test/cluster/internal/forward"
	"github.com/parley-chat/parley/test/cluster/internal/kubectl"
	"github.com/parley-chat/parley/test/cluster/internal/node"
	"github.com/parley-chat/parley/test/cluster/internal/tools"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/tree"
)

// run is one run of the command.
type run struct {
	root    string
	dir     string // for intermediate files; removed at the end
	tools   string // folder; if empty, in dir
	keep    bool
	browser bool
	only    string // names of steps, separated by commas; if empty, all
	began   time.Time

	plane    *control.Plane
	nodes    []*node.Node
	k        *kubectl.Client
	restore  func() error // restores the machine's limits
	forwards []*forward.Forwarder
	shell    string // an image with a shell that the manifests use anyway
	password string // of Parley's user admin
	apart    bool   // the pages are served by a role of their own
	first    *talk.Visitor

	newcomers int // so far
}

func main() {
	r := &run{began: time.Now()}
	flag.StringVar(&r.tools, "tools", "", "folder that keeps the Kubernetes programs for the next run")
	flag.BoolVar(&r.keep, "keep", false, "keep the cluster running until Ctrl-C after the first conversation")
	flag.BoolVar(&r.browser, "browser", false, "also play the story of test/browser against it")
	flag.StringVar(&r.only, "only", "", "run only these steps, separated by commas")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := r.all(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "up: %v\n", err)
		if errors.Is(err, tools.ErrMissing) {
			os.Exit(3)
		}
		os.Exit(1)
	}
	r.say("All promises held.")
}

// say prints a line with the time since the start.
func (r *run) say(format string, v ...any) {
	fmt.Printf("%6.1f s  %s\n", time.Since(r.began).Seconds(), fmt.Sprintf(format, v...))
}

func (r *run) all(ctx context.Context) (err error) {
	if err := tools.Missing(); err != nil {
		return err
	}
	if r.root, err = tree.Root(); err != nil {
		return err
	}
	unlock, err := alone()
	if err != nil {
		return err
	}
	defer unlock()
	if r.dir, err = os.MkdirTemp("", folder); err != nil {
		return err
	}
	if r.tools == "" {
		r.tools = filepath.Join(r.dir, "tools")
	}
	if r.tools, err = filepath.Abs(r.tools); err != nil {
		return err
	}
	defer r.end(&err)
	archives, err := r.build(ctx)
	if err != nil {
		return err
	}
	if err := r.start(ctx, archives); err != nil {
		return err
	}
	if r.keep {
		return r.kept(ctx)
	}
	return r.story(ctx)
}

// step is one of the promises that must hold.
type step struct {
	name string
	do   func(context.Context) error
}

// steps returns all steps in order. The first ones always run.
func (r *run) steps() (always, harm []step) {
	always = []step{{"applied", r.applied}, {"conversation", r.conversation}}
	harm = []step{
		{"policies", r.policies}, {"refused", r.refusedPod}, {"again", r.again}, {"balance", r.balanced}, {"crowd", r.crowded},
		{"scaled", r.scaled}, {"killed", r.killed}, {"renewed", r.restarted}, {"drained", r.drained}, {"power", r.nodeKilled},
		{"passwords", r.rotated}, {"pages", r.pagesApart}, {"wrong", r.badInput}, {"grown", r.grown}, {"moved", r.moved},
	}
	if r.browser {
		harm = append(harm, step{"browser", r.browsed})
	}
	return always, append(harm, step{"deleted", r.deleted}, step{"restored", r.restored})
}

// story runs the steps.
func (r *run) story(ctx context.Context) error {
	all, harm := r.steps()
	if !r.keep {
		for _, s := range harm {
			if r.only == "" || slices.Contains(strings.Split(r.only, ","), s.name) {
				all = append(all, s)
			}
		}
	}
	for _, s := range all {
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", s.name, errors.Join(err, ctx.Err()))
		}
	}
	return nil
}

// kept leaves the cluster running so that people can look around.
func (r *run) kept(ctx context.Context) error {
	if err := r.story(ctx); err != nil {
		return err
	}
	fmt.Printf("\nThe cluster runs until Ctrl-C.\n  export KUBECONFIG=%s PATH=%s:$PATH\n", r.k.Kubeconfig, r.tools)
	for _, url := range r.gateways() {
		fmt.Printf("  %s/  %s/agent  %s/ops\n", url, url, url)
	}
	fmt.Printf("  admin's password: %s\n  the manifests that were applied: %s\n", r.password, r.k.Dir)
	<-ctx.Done()
	return nil
}

// alone takes a lock: these network names can exist only once on a machine.
func alone() (unlock func(), err error) {
	f, err := os.OpenFile("/run/parley-cluster.lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("take the lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, errors.New("another run of this command already has a cluster on this machine")
	}
	return func() { _, _ = os.Remove(f.Name()), f.Close() }, nil
}
