package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// ownerSignIns is the loot of the lockout.
const (
	ownerSignIns = "sign-ins of the owner"
	ownerRefused = "refused"
)

// between is the time between two sign-ins of the owner.
const between = time.Second

var lockoutAttack = attack{
	name: "lockout", does: "forty addresses guess the owner's password without a pause", size: 40, pass: true,
	run: func(ctx context.Context, r *assault) {
		t, size, l := r.target, r.size, r.loot
		owner := t.origin(ofOwners, 0).client()
		owner.Jar, _ = cookiejar.New(nil) // it never fails
		if status := signIn(ctx, t, t.origin(ofOwners, 0), owner, t.password); status != http.StatusOK {
			l.set("as the status of the owner's first sign-in", float64(status))
		}
		var running sync.WaitGroup
		for i := range size {
			running.Go(func() {
				from := t.origin(ofAttackers, i)
				guesser := from.client()
				for n := 0; ctx.Err() == nil; n++ {
					if signIn(ctx, t, from, guesser, fmt.Sprintf("wrong password %d", n)) != http.StatusTooManyRequests {
						l.take("guesses", 1)
					}
					wire.Wait(ctx, 250*time.Millisecond)
				}
			})
		}
		wire.Wait(ctx, r.lasts/4)
		// On a slow machine a sign-in may outlast the attack.
		limit, done := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer done()
		for until := time.Now().Add(r.lasts / 2); time.Now().Before(until); {
			// The session is not used: the browser signs in again.
			switch signIn(limit, t, t.origin(ofOwners, 0), owner, t.password) {
			case http.StatusOK:
				l.take(ownerSignIns, 1)
			default:
				l.take(ownerRefused, 1)
			}
			wire.Wait(ctx, between)
		}
		running.Wait()
	},
	share: func(o *outcome) []string {
		return []string{o.fewer(ownerSignIns, 1), o.more(ownerRefused, o.loot.get(ownerSignIns)/9)}
	},
}

// signIn signs admin in and returns the status, 0 without one.
func signIn(ctx context.Context, t *target, from origin, c *http.Client, password string) int {
	body, _ := json.Marshal(map[string]string{"user": "admin", "password": password})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.base+"/api/login", bytes.NewReader(body))
	if err != nil {
		return 0
	}
	if h := from.header(); h != nil {
		req.Header = h
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", t.base)
	resp, err := c.Do(req)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
