package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/internal/wait"
)

// pod is one of Parley's pods, with the fields that this command needs.
type pod struct {
	name, uid, ready, restarts, node string
}

// pods lists a role's pods, including those that are terminating, but without the
// probes that have its labels.
func (r *run) pods(ctx context.Context, app string) (all []pod, err error) {
	lines, err := r.k.Lines(ctx, "get", "pods", "-l", "app="+app+",!parley-test", "-o",
		`jsonpath={range .items[*]}{.metadata.name} {.metadata.uid} {.status.conditions[?(@.type=="Ready")].status}! {.status.containerStatuses[0].restartCount}! {.spec.nodeName}!{"\n"}{end}`)
	for _, line := range lines {
		if f := strings.Fields(line); len(f) == 5 {
			all = append(all, pod{name: f[0], uid: f[1], ready: strings.Trim(f[2], "!"), restarts: strings.Trim(f[3], "!"), node: strings.Trim(f[4], "!")})
		}
	}
	return all, err
}

// one returns the first pod of a role.
func (r *run) one(ctx context.Context, app string) (pod, error) {
	all, err := r.pods(ctx, app)
	if err == nil && len(all) == 0 {
		err = errors.New("there is no pod of " + app)
	}
	if err != nil {
		return pod{}, err
	}
	return all[0], nil
}

// newPod waits for a pod of the role that is not in before.
func (r *run) newPod(ctx context.Context, app string, before []pod) (found pod, err error) {
	err = wait.Until(ctx, upLimit, "a new pod of "+app, func(ctx context.Context) string {
		now, err := r.pods(ctx, app)
		if err != nil {
			return err.Error()
		}
		for _, p := range now {
			if !slices.ContainsFunc(before, func(old pod) bool { return old.uid == p.uid }) {
				found = p
				return ""
			}
		}
		return fmt.Sprintf("there are %+v", now)
	})
	return found, err
}

// allReady waits until a role has this many pods, all ready, none of them the given
// one.
func (r *run) allReady(ctx context.Context, app string, many int, without string) error {
	return wait.Until(ctx, upLimit, "all of "+app+" are ready", func(ctx context.Context) string {
		now, err := r.pods(ctx, app)
		if err != nil {
			return err.Error()
		}
		if len(now) != many || slices.ContainsFunc(now, func(p pod) bool { return p.uid == without || p.ready != "True" }) {
			return fmt.Sprintf("there are %+v", now)
		}
		return ""
	})
}

// uids returns the names and UIDs of the workloads' pods, not those of Jobs.
func (r *run) uids(ctx context.Context) (all []string, err error) {
	for _, w := range workloads {
		_, app, _ := strings.Cut(w, "/")
		pods, err := r.pods(ctx, app)
		if err != nil {
			return nil, err
		}
		for _, p := range pods {
			all = append(all, p.name+" "+p.uid)
		}
	}
	slices.Sort(all)
	return all, nil
}

// seconds formats the time since a moment.
func seconds(since time.Time) string { return fmt.Sprintf("%.1f s", time.Since(since).Seconds()) }
