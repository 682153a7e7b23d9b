package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/parley-chat/parley/test/cluster/internal/arrows"
	"github.com/parley-chat/parley/test/cluster/internal/node"
)

// policies has pods, with Parley's labels and without, try every port over TCP: the
// ones that are allowed connect, the others get no answer.
func (r *run) policies(ctx context.Context) error {
	if err := r.makeProbes(ctx); err != nil {
		return err
	}
	targets := arrows.Targets(node.DNS, node.Machine, 6443)
	for i, t := range targets {
		if t.App == "" {
			continue
		}
		p, err := r.one(ctx, t.App)
		if err != nil {
			return err
		}
		if targets[i].Address, err = r.k.Parley(ctx, "get", "pod", p.name, "-o", "jsonpath={.status.podIP}"); err != nil {
			return err
		}
	}
	open, closed := 0, 0
	var faults []error
	for _, p := range arrows.Probes {
		got, err := r.try(ctx, p, targets)
		if err != nil {
			return err
		}
		for _, t := range targets {
			want := "silence"
			if slices.Contains(p.Reaches, t.Name) {
				want = "open"
				open++
			} else {
				closed++
			}
			if got[t.Name] != want {
				faults = append(faults, fmt.Errorf("%s of %s finds %s %q, not %q (%s)", p.Name, p.Namespace, t.Name, got[t.Name], want, strings.Join(p.Policies, ", ")))
			}
		}
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("the NetworkPolicies: %w", err)
	}
	for _, args := range [][]string{
		{"-n", "parley", "delete", "pod", "-l", "parley-test=probe", "--grace-period=0", "--force"},
		{"delete", "namespace", arrows.Elsewhere, arrows.Monitoring, "--wait=false"},
	} {
		if _, err := r.k.Do(ctx, args...); err != nil {
			return err
		}
	}
	r.say("NetworkPolicies, tried over TCP from %d kinds of pods: %d allowed connections are open, %d others are blocked.", len(arrows.Probes), open, closed)
	return nil
}

// try has a pod connect to all targets at once. If a policy forbids it there is no
// answer; if nothing listens, the refusal is quick.
func (r *run) try(ctx context.Context, p arrows.Probe, targets []arrows.Target) (map[string]string, error) {
	script := ""
	for _, t := range targets {
		script += fmt.Sprintf("(b=$(date +%%s); if nc -w 4 %s %d -e /bin/true 2>/dev/null; then echo %s open; elif [ $(($(date +%%s)-b)) -ge 3 ]; then echo %s silence; else echo %s refused; fi) & ",
			t.Address, t.Port, t.Name, t.Name, t.Name)
	}
	out, err := r.k.Do(ctx, "-n", p.Namespace, "exec", p.Name, "--", "sh", "-c", script+"wait")
	if err != nil {
		return nil, err
	}
	got := map[string]string{}
	for line := range strings.Lines(out) {
		name, how, _ := strings.Cut(strings.TrimSpace(line), " ")
		got[name] = how
	}
	return got, nil
}

type object = map[string]any

// makeProbes creates the probe pods and their namespaces.
func (r *run) makeProbes(ctx context.Context) error {
	items := []object{
		{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": arrows.Elsewhere}},
		{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": arrows.Monitoring, "labels": object{"parley-monitoring": "true"}}},
	}
	for _, p := range arrows.Probes {
		items = append(items, probe(r.shell, p.Name, p.Namespace, p.Labels, object{
			"allowPrivilegeEscalation": false, "runAsNonRoot": true, "runAsUser": 10001,
			"capabilities": object{"drop": []string{"ALL"}}, "seccompProfile": object{"type": "RuntimeDefault"},
		}))
	}
	text, err := json.Marshal(object{"apiVersion": "v1", "kind": "List", "items": items})
	if err != nil {
		return fmt.Errorf("make the probes: %w", err)
	}
	if _, err := r.k.Input(ctx, string(text), "apply", "-f", "-"); err != nil {
		return err
	}
	for _, p := range arrows.Probes {
		if err := r.k.Until(ctx, upLimit, "the probe "+p.Name+" runs", "true", "-n", p.Namespace, "get", "pod", p.Name, "-o", "jsonpath={.status.containerStatuses[0].started}"); err != nil {
			return err
		}
	}
	return nil
}

// probe is a pod with an idle shell. It never becomes ready: with the labels of a role
// it would receive that role's visitors.
func probe(image, name, namespace string, labels map[string]string, security object) object {
	all := object{"parley-test": "probe"}
	for k, v := range labels {
		all[k] = v
	}
	return object{
		"apiVersion": "v1", "kind": "Pod", "metadata": object{"name": name, "namespace": namespace, "labels": all},
		"spec": object{
			"terminationGracePeriodSeconds": 0, "automountServiceAccountToken": false,
			"containers": []object{{
				"name": "probe", "image": image, "command": []string{"sleep", "3600"}, "securityContext": security,
				"readinessProbe": object{"exec": object{"command": []string{"false"}}, "periodSeconds": 60},
			}},
		},
	}
}

// refusedPod tries to create a pod with more privileges than Parley's, in Parley's
// namespace.
func (r *run) refusedPod(ctx context.Context) error {
	text, err := json.Marshal(probe(r.shell, "rich", "parley", nil, object{"privileged": true}))
	if err != nil {
		return fmt.Errorf("make a pod: %w", err)
	}
	_, err = r.k.Input(ctx, string(text), "apply", "-f", "-")
	if err == nil || !strings.Contains(err.Error(), `violates PodSecurity "restricted`) {
		return fmt.Errorf("a privileged pod is not refused by Pod Security in Parley's namespace: %v", err)
	}
	r.say("A privileged pod is refused in the namespace, while all of Parley's pods are allowed: Pod Security, restricted.")
	return nil
}
