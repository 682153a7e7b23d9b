package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/cluster/internal/addons"
	"github.com/parley-chat/parley/test/cluster/internal/node"
	"github.com/parley-chat/parley/test/internal/talk"
)

// snapshot is a copy of a volume.
type snapshot struct {
	claim string
	on    *node.Node
	name  string
}

// restored takes copies of all volumes while people talk (MongoDB's first, then those of
// NATS one after the other, as docs/operations.md says of snapshots), loses everything,
// and brings it back from the copies: what had been said before the first copy must be
// there. No CSI driver runs here, so a node is frozen while its folders are copied, which
// is what a snapshot is: the state after a power failure.
func (r *run) restored(ctx context.Context) error {
	began := time.Now()
	v := &talk.Visitor{Name: "Grace", Gateways: r.gateways}
	err := talk.With(ctx, []*talk.Visitor{v}, func(ctx context.Context) error {
		v.Say("m1", "How do I start Parley?")
		_, err := talk.Settle(ctx, answerLimit, []*talk.Visitor{v})
		return err
	})
	if err != nil {
		return err
	}
	want := v.Events()
	var copies []snapshot
	err = r.underLoad(ctx, "snapshot", false, func(ctx context.Context) (err error) {
		copies, err = r.snapshots(ctx)
		return err
	})
	if err != nil {
		return err
	}
	taken := time.Since(began)
	if _, err := r.k.Do(ctx, "delete", "-k", overlay, "--ignore-not-found", "--timeout", upLimit.String()); err != nil {
		return err
	}
	old, err := r.released(ctx)
	if err != nil {
		return err
	}
	if _, err := r.k.Do(ctx, append([]string{"delete", "pv"}, old...)...); err != nil {
		return err
	}
	if err := r.recreated(ctx, copies); err != nil {
		return err
	}
	for _, f := range r.forwards {
		f.Close()
	}
	r.forwards = nil
	if err := r.applied(ctx); err != nil {
		return err
	}
	got, err := v.ReadAgain(ctx)
	if err != nil {
		return err
	}
	same := func(a, b talk.Frame) bool { return a.Seq == b.Seq && a.Kind == b.Kind && a.Text == b.Text }
	if len(got) < len(want) || !slices.EqualFunc(want, got[:len(want)], same) {
		return fmt.Errorf("%s had %d events before the snapshots, and has %d now, or others", v.Name, len(want), len(got))
	}
	if _, err := r.newcomer(ctx); err != nil {
		return fmt.Errorf("a newcomer after everything was restored: %w", err)
	}
	r.say("Copied %d volumes while people talked (%.1f s), lost everything, and restored it from the copies: a chat from before has all its %d events, and a newcomer is answered.", len(copies), taken.Seconds(), len(got))
	return nil
}

// snapshots copies the volumes of MongoDB and then those of NATS.
func (r *run) snapshots(ctx context.Context) (all []snapshot, err error) {
	claims, err := r.claims(ctx)
	if err != nil {
		return nil, err
	}
	for _, claim := range []string{"data-mongo-0", "data-nats-0", "data-nats-1", "data-nats-2"} {
		volume := claims[claim][2]
		for _, n := range r.nodes {
			name, found := strings.CutPrefix(volume, n.Name+"-")
			if !found {
				continue
			}
			s := snapshot{claim: claim, on: n, name: "copy-" + claim}
			err := n.Frozen(ctx, func() error { return os.CopyFS(n.Volume(s.name), os.DirFS(n.Volume(name))) })
			if err != nil {
				return nil, fmt.Errorf("copy the volume of %s: %w", claim, err)
			}
			if err := like(n.Volume(name), n.Volume(s.name)); err != nil {
				return nil, err
			}
			all = append(all, s)
		}
	}
	if len(all) != 4 {
		return nil, fmt.Errorf("copied %d volumes of %v", len(all), claims)
	}
	return all, nil
}

// like gives a copy the owners of the original.
func like(from, to string) error {
	return filepath.WalkDir(to, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(to, path)
		if err != nil {
			return err
		}
		return owner(filepath.Join(from, rel), from, path)
	})
}

// recreated makes volumes of the copies, each kept for its claim, in a class that the
// overlay then names.
func (r *run) recreated(ctx context.Context, copies []snapshot) error {
	text := strings.Replace(class, "NAME", "restored", 1)
	for _, s := range copies {
		text += addons.Volume(s.on, s.name, "restored", "50Gi", s.claim)
	}
	if _, err := r.k.Input(ctx, text, "apply", "-f", "-"); err != nil {
		return err
	}
	for _, was := range []string{"standard", "fast"} {
		_ = r.storage("storageClassName: "+was, "storageClassName: restored") // perhaps of one of them
	}
	return nil
}

const class = `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: NAME }
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
`

// owner gives a file the owner of another one, or of the folder if that one is gone.
func owner(of, folder, file string) error {
	info, err := os.Lstat(of)
	if err != nil {
		if info, err = os.Lstat(folder); err != nil {
			return err
		}
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fmt.Errorf("the owner of %s is unknown here", of)
	}
	return os.Lchown(file, int(stat.Uid), int(stat.Gid))
}
