package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// volumes runs the command that docs/kubernetes.md names.
func (r *run) volumes(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"run", "./k8s/volumes", "-timeout", upLimit.String()}, args...)...)
	cmd.Dir = r.k.Dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false", "PATH="+r.tools+":"+os.Getenv("PATH"), "KUBECONFIG="+r.k.Kubeconfig)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("k8s/volumes %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// storage changes words in the overlay's storage.yaml; each must be there.
func (r *run) storage(oldnew ...string) error {
	file := filepath.Join(r.k.Dir, overlay, "storage.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("change storage.yaml: %w", err)
	}
	changed := string(text)
	for i := 0; i < len(oldnew); i += 2 {
		if !strings.Contains(changed, oldnew[i]) {
			return fmt.Errorf("change storage.yaml: it has no %q", oldnew[i])
		}
		changed = strings.ReplaceAll(changed, oldnew[i], oldnew[i+1])
	}
	return os.WriteFile(file, []byte(changed), 0o600)
}

// claims returns what the cluster says about the claims of Parley: name, class, size and
// volume.
func (r *run) claims(ctx context.Context) (map[string][3]string, error) {
	lines, err := r.k.Lines(ctx, "get", "pvc", "-o", `jsonpath={range .items[*]}{.metadata.name} {.spec.storageClassName} {.status.capacity.storage} {.spec.volumeName}{"\n"}{end}`)
	if err != nil {
		return nil, err
	}
	all := map[string][3]string{}
	for _, line := range lines {
		if f := strings.Fields(line); len(f) == 4 {
			all[f[0]] = [3]string{f[1], f[2], f[3]}
		}
	}
	if len(all) == 0 {
		return nil, errors.New("there are no bound claims")
	}
	return all, nil
}

// grown gives NATS and MongoDB larger volumes while people talk. Nobody here can enlarge a
// folder, so only what Kubernetes knows changes, and NATS is restarted to use it.
func (r *run) grown(ctx context.Context) error {
	return r.underLoad(ctx, "larger volumes", false, func(ctx context.Context) error {
		began := time.Now()
		if err := r.storage("10Gi", "25Gi", "20Gi", "30Gi", "9GB", "22GB"); err != nil {
			return err
		}
		out, err := r.volumes(ctx, "grow", overlay)
		if err != nil {
			return err
		}
		all, err := r.claims(ctx)
		if err != nil {
			return err
		}
		for name, claim := range all {
			if want := map[bool]string{true: "30Gi", false: "25Gi"}[strings.HasPrefix(name, "data-mongo")]; claim[1] != want {
				return fmt.Errorf("%s has %s, want %s; k8s/volumes said:\n%s", name, claim[1], want, out)
			}
		}
		// Nothing is left to do.
		again, err := r.volumes(ctx, "grow", overlay)
		if err != nil || !strings.Contains(again, "0 volumes have grown") {
			return errors.Join(err, fmt.Errorf("the second time it said:\n%s", again))
		}
		r.say("  %d claims have grown, and NATS may fill more, after %s", len(all), seconds(began))
		return nil
	})
}

// moved moves NATS to volumes of another class, one node after the other, while people
// talk. MongoDB has one member here, and the command refuses to empty it.
func (r *run) moved(ctx context.Context) error {
	return r.underLoad(ctx, "another class", false, func(ctx context.Context) error {
		began := time.Now()
		before, err := r.claims(ctx)
		if err != nil {
			return err
		}
		class := before["data-nats-0"][0]
		text, err := os.ReadFile(filepath.Join(r.k.Dir, overlay, "storage.yaml"))
		if err != nil {
			return err
		}
		if err := r.storage("storageClassName: "+class, "storageClassName: fast"); err != nil {
			return err
		}
		if _, err := r.volumes(ctx, "move", overlay, "mongo"); err == nil || !strings.Contains(err.Error(), "nobody has a copy") {
			return fmt.Errorf("MongoDB's only member may be emptied: %w", err)
		}
		// Only NATS' class changes: the rest of the file stays.
		nats, mongo, _ := strings.Cut(string(text), "---")
		nats = strings.ReplaceAll(nats, "storageClassName: "+class, "storageClassName: fast")
		if err := os.WriteFile(filepath.Join(r.k.Dir, overlay, "storage.yaml"), []byte(nats+"---"+mongo), 0o600); err != nil {
			return err
		}
		out, err := r.volumes(ctx, "move", overlay, "nats")
		if err != nil {
			return err
		}
		after, err := r.claims(ctx)
		if err != nil {
			return err
		}
		for name, claim := range before {
			if !strings.HasPrefix(name, "data-nats") {
				continue
			}
			if after[name][0] != "fast" || after[name][2] == claim[2] {
				return fmt.Errorf("%s is %v; k8s/volumes said:\n%s", name, after[name], out)
			}
			// The old one was kept. Nobody needs it any more.
			if _, err := r.k.Do(ctx, "delete", "pv", claim[2]); err != nil {
				return err
			}
		}
		if err := r.settled(ctx); err != nil {
			return err
		}
		r.say("  NATS' three nodes have new volumes of another class, one after the other, after %s", seconds(began))
		return nil
	})
}
