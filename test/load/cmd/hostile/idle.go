package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// networks is how many addresses the attacks on connections have.
const networks = 4

var idleAttack = attack{
	name: "idle", does: "four addresses hold 4,000 HTTP connections open and ask for nothing", size: 4000,
	run: func(ctx context.Context, r *assault) {
		t, size, l := r.target, r.size, r.loot
		var running sync.WaitGroup
		for i := range size {
			running.Go(func() {
				wire.Wait(ctx, time.Duration(i)*time.Millisecond/2)
				for ctx.Err() == nil {
					if err := keepAlive(ctx, t, t.origin(ofAttackers, i%networks), l); err != nil {
						if ctx.Err() == nil {
							l.take("refused or ended", 1)
						}
					}
					wire.Wait(ctx, time.Second)
				}
			})
		}
		running.Wait()
	},
	begun: func(a *assault) bool { return a.loot.get("connections made") >= float64(a.size)*.95 },
}

// keepAlive asks for a page and keeps the connection until the context or the server
// ends it.
func keepAlive(ctx context.Context, t *target, from origin, l *loot) error {
	d := net.Dialer{Timeout: patience}
	if ip := from.own(); ip != nil {
		d.LocalAddr = &net.TCPAddr{IP: ip}
	}
	host := strings.TrimPrefix(t.base, "http://")
	c, err := d.DialContext(ctx, "tcp", host)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	defer func() { _ = c.Close() }()
	forwarded := ""
	if h := from.header(); h != nil {
		forwarded = "X-Forwarded-For: " + h.Get("X-Forwarded-For") + "\r\n"
	}
	if _, err := fmt.Fprintf(c, "GET /api/config HTTP/1.1\r\nHost: %s\r\n%s\r\n", host, forwarded); err != nil {
		return err
	}
	in := bufio.NewReader(c)
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	l.take("connections made", 1)
	l.take("held", 1)
	defer func() {
		if ctx.Err() == nil {
			l.take("held", -1)
		}
	}()
	_, err = in.ReadByte()
	return err
}
