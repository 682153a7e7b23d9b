package browser

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// The story can be played on a system that is already running, such as one that Docker
// Compose started. These variables describe it:
//
//	PARLEY_URL             its address; of several, separated by commas, the first is
//	                       the visitor's and the last the agent's
//	PARLEY_ADMIN_PASSWORD  the password of its user admin
//	PARLEY_INTERRUPT       a shell command that ends the visitor's gateway, which
//	                       then starts again: run at four points of the story
//	PARLEY_PICTURES        a folder for pictures of the pages; also of those tests that start a
//	                       system of their own and have something to show
const (
	runningURL = "PARLEY_URL"
	interrupts = "PARLEY_INTERRUPT"
	picturesTo = "PARLEY_PICTURES"
)

// adminPassword is the administrator's password on every system here.
var adminPassword = cmp.Or(os.Getenv("PARLEY_ADMIN_PASSWORD"), "correct horse battery")

// theSystem is the one that the environment describes, or else one that the test
// starts.
func theSystem(t *testing.T) *parley {
	t.Helper()
	all := strings.Split(os.Getenv(runningURL), ",")
	if all[0] == "" {
		return startParley(t)
	}
	return &parley{t: t, url: strings.TrimSuffix(all[0], "/"), desk: strings.TrimSuffix(all[len(all)-1], "/"), running: true}
}

// unused returns a name that no other visitor of the system has.
func (p *parley) unused(name string) string {
	if p.running {
		name += fmt.Sprintf(" %06x", rand.N(1<<24))
	}
	return name
}

// mayBreak ends the gateway of a running system, if that is wanted, and waits until the
// pages have reconnected.
func (p *parley) mayBreak(pages ...*page) {
	p.t.Helper()
	command := os.Getenv(interrupts)
	if !p.running || command == "" {
		return
	}
	var before []int
	for _, g := range pages {
		away(g)
		g.allow(networkChanged)
		before = append(before, g.sockets())
	}
	if out, err := exec.Command("sh", "-c", command).CombinedOutput(); err != nil {
		p.t.Fatalf("%s: %v\n%s", command, err, out)
	}
	for i, g := range pages {
		// Whoever is at another gateway stays there.
		eventually(p.t, g.name+" is connected again", func() (bool, string) {
			now := g.sockets()
			return now > before[i] || i > 0 && p.desk != p.url, fmt.Sprintf("%d sockets in all, %d before", now, before[i])
		})
		g.hides(at("offline-bar"))
	}
}

// networkChanged is what Chromium reports when it drops requests because its machine
// got another network interface. A container that starts adds one.
const networkChanged = `net::ERR_NETWORK_CHANGED`

// reloads reloads the visitor's page. On a machine where containers come and go that
// may take a second try.
func (p *parley) reloads(v visitor) {
	p.t.Helper()
	if !p.running {
		v.reload()
		return
	}
	v.allow(networkChanged)
	eventually(p.t, v.name+": the page is loaded again", func() (bool, string) {
		ctx, cancel := context.WithTimeout(v.ctx, patience)
		defer cancel()
		if err := chromedp.Do(ctx, chromedp.Reload()); err != nil {
			return false, err.Error()
		}
		saw, ok := within(patience/6, func() (bool, string) {
			shown, err := eval[bool](v.page, `(who) => document.querySelector(who) !== null`, at("who"))
			return shown && err == nil, fmt.Sprint(err)
		})
		return ok, saw
	})
}

// goesAndComes takes the whole system down and brings it back. One that runs elsewhere
// only loses a gateway.
func (p *parley) goesAndComes(v, a *page) {
	p.t.Helper()
	if p.running {
		p.mayBreak(v, a)
		return
	}
	away(v)
	away(a)
	p.stop()
	v.shows(at("offline-bar"), "")
	p.restart()
	v.hides(at("offline-bar"))
}
