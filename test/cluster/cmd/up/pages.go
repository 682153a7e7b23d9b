package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/cluster/internal/images"
	"github.com/parley-chat/parley/test/internal/loads"
	"github.com/parley-chat/parley/test/internal/story"
	"github.com/parley-chat/parley/test/internal/wait"
)

// withPages adds the pages' own role to the overlay, with a way in through each node. It is
// scaled by hand here: its autoscaler would not have fewer than two.
func withPages(kustomization string) (string, error) {
	text, err := insert(kustomization, "patches:\n", `  - target: { kind: Service, name: web }
    patch: |
      - { op: add, path: /spec/type, value: LoadBalancer }
  - patch: |
      { apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web }, $patch: delete }
`)
	if err != nil {
		return "", err
	}
	return text + "components:\n  - ../../components/web\n", nil
}

// pagesApart gives the pages a role of their own, and scales and updates it and the gateways
// while people chat and pages are loaded: no load may fail, and no page be of two versions.
func (r *run) pagesApart(ctx context.Context) error {
	began := time.Now()
	r.apart = true
	defer func() { r.apart = false }() // it stays, and no later step changes it
	if err := errors.Join(r.settings(), r.apply(ctx)); err != nil {
		return err
	}
	if err := errors.Join(r.settled(ctx), r.rolled(ctx, "web")); err != nil {
		return err
	}
	gateways, err := r.nodePorts(ctx, "gateway")
	if err != nil {
		return err
	}
	pages, err := r.nodePorts(ctx, "web")
	if err != nil {
		return err
	}
	front, err := loads.StartFront(gateways, pages)
	if err != nil {
		return err
	}
	defer front.Close()
	r.say("The pages have a role of their own after %s.", seconds(began))
	l := &loads.Loader{URL: front.URL, Pages: []string{"/", "/agent", "/ops"}}
	loading, stop := context.WithCancel(ctx)
	defer stop()
	var loader sync.WaitGroup
	loader.Go(func() { l.Run(loading) })
	err = r.underLoad(ctx, "beside pages", true, func(ctx context.Context) error {
		if r.browser {
			return errors.Join(r.beside(ctx, front.URL, r.scaledPages), r.updated(ctx, l))
		}
		return errors.Join(r.scaledPages(ctx), r.updated(ctx, l))
	})
	stop()
	loader.Wait()
	figures, failed := l.Figures()
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	r.say("Meanwhile %s.", figures)
	return nil
}

// scaledPages adds replicas of the pages' role and removes them again.
func (r *run) scaledPages(ctx context.Context) error {
	for _, to := range []int{4, 1} {
		if err := r.scale(ctx, "web", to); err != nil {
			return err
		}
	}
	return nil
}

// updated updates both roles to a version with other pages and back, each by itself and then
// both at once. After each step the pages that are loaded are of the version that must be there.
func (r *run) updated(ctx context.Context, l *loads.Loader) error {
	const now = "parley:local"
	first := l.Latest()
	if first == "" {
		return errors.New("no page was loaded before the update")
	}
	for _, step := range []struct {
		image string
		roles []string
		other bool // the pages are of another version than at first
	}{{images.Next, []string{"web"}, true}, {images.Next, []string{"gateway"}, true}, {now, []string{"web", "gateway"}, false}} {
		began := time.Now()
		for _, role := range step.roles {
			if _, err := r.k.Parley(ctx, "set", "image", "deployment/"+role, role+"="+step.image); err != nil {
				return err
			}
		}
		if err := r.rolled(ctx, step.roles...); err != nil {
			return err
		}
		r.say("  %v updated to %s after %s", step.roles, step.image, seconds(began))
		loads := l.Loads()
		err := wait.Until(ctx, upLimit, "the pages of this version are loaded", func(context.Context) string {
			if latest := l.Latest(); l.Loads() == loads || (latest != first) != step.other {
				return fmt.Sprintf("the latest is %s, and %s was the first", latest, first)
			}
			return ""
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// beside plays the story in two real browsers, at an address, while something is done. Both
// are finished when it returns.
func (r *run) beside(ctx context.Context, url string, do func(context.Context) error) error {
	began := time.Now()
	played := make(chan error, 1)
	go func() { played <- story.Play(ctx, r.root, []string{url, url}, r.password) }()
	err := do(ctx)
	if err := errors.Join(err, <-played); err != nil {
		return err
	}
	r.say("  The story in two real browsers at the pages of their own: %s.", seconds(began))
	return nil
}

// rolled waits until Deployments run in the version applied last.
func (r *run) rolled(ctx context.Context, names ...string) error {
	for _, name := range names {
		if _, err := r.k.Parley(ctx, "rollout", "status", "deployment/"+name, "--timeout", upLimit.String()); err != nil {
			return err
		}
	}
	return nil
}

// nodePorts returns the addresses of a Service, one on each node.
func (r *run) nodePorts(ctx context.Context, service string) (addresses []string, err error) {
	port, err := r.k.Parley(ctx, "get", "service", service, "-o", "jsonpath={.spec.ports[0].nodePort}")
	if err == nil && port == "" {
		err = errors.New("the Service " + service + " has no port on the nodes")
	}
	for _, n := range r.nodes {
		addresses = append(addresses, net.JoinHostPort(n.Address(), port))
	}
	return addresses, err
}
