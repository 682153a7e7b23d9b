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

// pod is one of Parley's, as far as this command looks at it.
type pod struct {
	name, uid, ready, restarts, node string
}

// pods lists those of a role, also those that end, without probes that look like it.
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

// one returns the first of a role's.
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

// newPod waits for a pod of the role that was not among those.
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

// allReady waits until a role has so many pods, all ready, none of them the one given.
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

// uids are the pods of the namespace that belong to something that runs for ever.
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

// seconds tells how long something took.
func seconds(since time.Time) string { return fmt.Sprintf("%.1f s", time.Since(since).Seconds()) }
