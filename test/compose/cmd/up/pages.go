package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/internal/loads"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/wait"
)

// enough is how many pages are loaded from the pages' own role.
const enough = 60

// pagesApart brings the profile web up beside the gateways with two replicas, loads pages
// through a proxy in front of both, has a visitor talk through it, and takes it down again.
func (r *run) pagesApart(ctx context.Context) error {
	ports, err := freePorts()
	if err != nil {
		return err
	}
	if err := r.writeEnv(fmt.Sprintf("WEB_PORTS=127.0.0.1:%d-%d", ports[0], ports[1])); err != nil {
		return err
	}
	began := time.Now()
	if _, err := r.project.Compose(ctx, "up", "-d", "--no-recreate", "--scale", "web=2", "web"); err != nil {
		return err
	}
	if err := r.project.Healthy(ctx, upLimit, single+2); err != nil {
		return err
	}
	r.say("The profile web: two containers serve the pages after %.1f s.", time.Since(began).Seconds())
	gateways, pages := listening(r.ports), listening(ports)
	if len(gateways) != 1 || len(pages) != 2 {
		return fmt.Errorf("of the ports, those of %d gateways and %d servers of pages are there, not of 1 and 2", len(gateways), len(pages))
	}
	front, err := loads.StartFront(gateways, pages)
	if err != nil {
		return err
	}
	defer front.Close()
	l := &loads.Loader{URL: front.URL, Pages: []string{"/", "/agent", "/ops"}}
	loading, stop := context.WithCancel(ctx)
	defer stop()
	var loader sync.WaitGroup
	loader.Go(func() { l.Run(loading) })
	bea := &talk.Visitor{Name: "Bea", Gateways: func() []string { return []string{front.URL} }}
	err = talk.Conversation(ctx, answerLimit, bea, r.signIn)
	if err == nil {
		err = wait.Until(ctx, upLimit, "pages are loaded", func(context.Context) string {
			if n := l.Loads(); n < enough {
				return fmt.Sprintf("there were %d", n)
			}
			return ""
		})
	}
	stop()
	loader.Wait()
	if err != nil {
		return err
	}
	figures, err := l.Figures()
	if err != nil {
		return err
	}
	r.say("  Beside a conversation through one address %s.", figures)
	if _, err := r.project.Compose(ctx, "rm", "--stop", "--force", "web"); err != nil {
		return err
	}
	return r.writeEnv()
}

// listening are the addresses of those ports of this machine that a container has: one
// container has any one of a range.
func listening(ports [2]int) (addresses []string) {
	for _, port := range ports {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			addresses = append(addresses, address)
		}
	}
	return addresses
}
