package main

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"time"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// closeCode is the loot of the attack on consoles.
const closeCode = "as the close code"

var consoleAttack = attack{
	name: "console", does: "a console that stays open after its session was signed out", size: 1, pass: true,
	run: func(ctx context.Context, r *assault) {
		t, l := r.target, r.loot
		from := t.origin(ofOwners, 3)
		browser := from.client()
		browser.Jar, _ = cookiejar.New(nil) // it never fails
		if signIn(ctx, t, from, browser, t.password) != http.StatusOK {
			l.take("sign-ins refused", 1)
			return
		}
		base, err := url.Parse(t.base)
		if err != nil {
			return
		}
		place := t.place(from)
		place.Agent, place.Header = true, http.Header{"Origin": {t.base}}
		for _, c := range browser.Jar.Cookies(base) {
			place.Header.Add("Cookie", c.Name+"="+c.Value)
		}
		ws, err := wire.DialTo(ctx, place)
		if err != nil {
			l.take("consoles refused", 1)
			return
		}
		defer context.AfterFunc(ctx, func() { ws.Drop(false) })()
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.base+"/api/logout", nil)
		if err != nil {
			return
		}
		req.Header.Set("Origin", t.base)
		if resp, err := browser.Do(req); err == nil {
			_ = resp.Body.Close()
		}
		began := time.Now()
		for {
			if _, err := ws.ReadRaw(); err != nil {
				l.set(closeCode, float64(wire.Code(err)))
				break
			}
		}
		l.set("ms after the sign-out the console ended", float64(time.Since(began).Milliseconds()))
		wire.Wait(ctx, time.Hour)
	},
	share: func(o *outcome) []string { return []string{o.differs(closeCode, 4401)} },
}
