package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/cluster/internal/forward"
	"github.com/parley-chat/parley/test/internal/wait"
)

const (
	overlay = "k8s/overlays/local"
	// upLimit is how long all of Parley may take to become ready.
	upLimit = 5 * time.Minute
)

// workloads are the objects that must become ready.
var workloads = []string{"statefulset/nats", "statefulset/mongo", "deployment/gateway", "deployment/botworker", "deployment/escalation", "deployment/historyworker"}

// copyManifests copies the files that the commands of docs/kubernetes.md read, so that
// secrets are not written into the tree and the ones in it are not used.
func (r *run) copyManifests(ctx context.Context) error {
	if err := os.CopyFS(filepath.Join(r.k.Dir, "k8s"), os.DirFS(filepath.Join(r.root, "k8s"))); err != nil {
		return fmt.Errorf("copy the manifests: %w", err)
	}
	err := filepath.WalkDir(filepath.Join(r.k.Dir, "k8s", "overlays"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Base(filepath.Dir(path)) == "secrets" && !strings.HasSuffix(path, ".example") {
			err = os.Remove(path)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("copy the manifests: %w", err)
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(r.root, name))
		if err != nil {
			return fmt.Errorf("copy the manifests: %w", err)
		}
		if err := os.WriteFile(filepath.Join(r.k.Dir, name), text, 0o600); err != nil {
			return fmt.Errorf("copy the manifests: %w", err)
		}
	}
	cmd := exec.CommandContext(ctx, "go", "run", "./k8s/secrets", overlay+"/secrets")
	cmd.Dir, cmd.Env = r.k.Dir, append(os.Environ(), "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make the secrets: %w\n%s", err, out)
	}
	r.password, err = r.secret("parley.env", "ADMIN_PASSWORD")
	return err
}

// secret reads a value that k8s/secrets made.
func (r *run) secret(file, name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(r.k.Dir, overlay, "secrets", file))
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(strings.TrimSpace(line), name+"="); found {
			return value, nil
		}
	}
	return "", fmt.Errorf("read a secret: %s has no %s", file, name)
}

var imageLine = regexp.MustCompile(`(?m)^\s*(?:- )?image: (\S+)$`)

// imageNames returns the images that the manifests name.
func (r *run) imageNames(ctx context.Context) (names []string, err error) {
	text, err := r.k.Do(ctx, "kustomize", overlay)
	if err != nil {
		return nil, err
	}
	for _, m := range imageLine.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// applied applies the manifests as a new user would, and opens a way in.
func (r *run) applied(ctx context.Context) error {
	began := time.Now()
	if _, err := r.k.Do(ctx, "apply", "-k", overlay); err != nil {
		return err
	}
	if _, err := r.k.Parley(ctx, "wait", "--for=condition=Available", "--timeout=10m", "deployment", "--all"); err != nil {
		return err
	}
	available := time.Since(began)
	if err := r.settled(ctx); err != nil {
		return err
	}
	// A Job that is done may already be gone.
	err := wait.Until(ctx, upLimit, "the Jobs complete", func(ctx context.Context) string {
		left, err := r.k.Parley(ctx, "get", "jobs", "-o", `jsonpath={range .items[?(@.status.succeeded!=1)]}{.metadata.name} {end}`)
		if err != nil {
			return err.Error()
		}
		return left
	})
	if err != nil {
		return err
	}
	where, err := r.k.Parley(ctx, "get", "pods", "-o", `jsonpath={range .items[?(@.metadata.labels.app=="nats")]}{.spec.nodeName} {end}`)
	if err != nil {
		return err
	}
	if nodes := strings.Fields(where); len(slices.Compact(slices.Sorted(slices.Values(nodes)))) != count {
		return fmt.Errorf("the nodes of NATS share machines: %s", where)
	}
	r.say("Applied: all Deployments were available after %.1f s, the Jobs are complete, NATS runs on %d nodes.", available.Seconds(), count)
	return r.open(ctx)
}

// open opens a way to the gateways through each node, like a load balancer.
func (r *run) open(ctx context.Context) error {
	port, err := r.k.Parley(ctx, "get", "service", "gateway", "-o", "jsonpath={.spec.type} {.spec.ports[0].nodePort}")
	if err != nil {
		return err
	}
	port, found := strings.CutPrefix(port, "LoadBalancer ")
	if !found {
		return errors.New("the Service gateway is not a LoadBalancer: " + port)
	}
	for _, n := range r.nodes {
		f, err := forward.Start(net.JoinHostPort(n.Address(), port))
		if err != nil {
			return err
		}
		r.forwards = append(r.forwards, f)
	}
	return nil
}

// apply applies changed manifests. Jobs can't be changed, so they are deleted first, as
// docs/kubernetes.md says.
func (r *run) apply(ctx context.Context) error {
	if _, err := r.k.Parley(ctx, "delete", "job", "setup", "mongo-init", "--ignore-not-found"); err != nil {
		return err
	}
	_, err := r.k.Do(ctx, "apply", "-k", overlay)
	return err
}

// settled waits until all workloads are ready in the version applied last.
func (r *run) settled(ctx context.Context) error {
	for _, w := range workloads {
		if _, err := r.k.Parley(ctx, "rollout", "status", w, "--timeout", upLimit.String()); err != nil {
			return err
		}
	}
	return nil
}

// forTheCrowd are settings for a crowd from a single address, unlike real visitors.
var forTheCrowd = []string{"RATE_PER_ADDRESS=500", "RATE_PER_CONNECTION=50", "BYTES_PER_ADDRESS=0", "MESSAGES_PER_ADDRESS=0", "BYTES_PER_CHAT=0", "MESSAGES_PER_CHAT=0", "READ_PER_ADDRESS=0"}

// crowded makes the gateways accept the crowd.
func (r *run) crowded(ctx context.Context) error {
	began := time.Now()
	if err := r.settings(); err != nil {
		return err
	}
	if err := r.apply(ctx); err != nil {
		return err
	}
	if err := r.settled(ctx); err != nil {
		return err
	}
	r.say("Changed the settings for a crowd from one address and applied them: the roles had restarted after %s.", seconds(began))
	return nil
}

// settings puts lines into the overlay's settings, in addition to those for the crowd.
func (r *run) settings(lines ...string) error {
	text, err := os.ReadFile(filepath.Join(r.root, overlay, "kustomization.yaml"))
	if err != nil {
		return fmt.Errorf("change the settings: %w", err)
	}
	all := strings.Join(append(lines, forTheCrowd...), ", ")
	changed, err := insert(string(text), "configMapGenerator:\n", "  - { name: settings, behavior: merge, literals: ["+all+"] }\n")
	if err == nil && r.apart {
		changed, err = withPages(changed)
	}
	if err != nil {
		return fmt.Errorf("change the settings: %w", err)
	}
	return os.WriteFile(filepath.Join(r.k.Dir, overlay, "kustomization.yaml"), []byte(changed), 0o600)
}

// insert puts lines behind a line of an overlay's kustomization.
func insert(text, line, more string) (string, error) {
	before, after, found := strings.Cut(text, "\n"+line)
	if !found {
		return "", fmt.Errorf("the overlay has no line %q", strings.TrimSpace(line))
	}
	return before + "\n" + line + more + after, nil
}
