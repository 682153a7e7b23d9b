package browser

import (
	"fmt"
	"strings"
	"testing"
)

// The other tests rely on faults being noticed: this page has all of them.
func TestTheWatchSeesWhatAPageMayNotDo(t *testing.T) {
	bad := startSite(t)
	bad.csp = "script-src 'nonce-x'"
	bad.page = `<!doctype html><title>Bad</title><link rel="icon" href="data:,"><img src="https://elsewhere.example/x.png">
		<script>window.__pwned = 1</script>
		<script nonce="x">console.error('an error'); setTimeout(() => { throw new Error('thrown') })</script>`
	g := visitors.person(t, "visitor").tab()
	g.open(bad.url)
	for _, want := range []string{"an error", "thrown", "Content Security Policy", "external request: https://elsewhere.example/x.png"} {
		eventually(t, "the watch sees: "+want, func() (bool, string) {
			all := strings.Join(g.left(), "\n")
			return strings.Contains(all, want), all
		})
	}
	g.unharmed()
	g.allow(".")
	if left := g.left(); len(left) > 0 {
		t.Error(fmt.Sprint(left))
	}
}

func TestAxeFindsAccessibilityFaults(t *testing.T) {
	bad := startSite(t)
	bad.page = `<!doctype html><title>Bad</title><link rel="icon" href="data:,"><p style="color:#aaa;background:#fff">pale</p><img src="data:,"><button></button>`
	g := visitors.person(t, "visitor").tab()
	g.open(bad.url)
	found := map[string]bool{}
	for _, f := range g.askAxe() {
		found[f.ID] = true
	}
	for _, want := range []string{"color-contrast", "image-alt", "button-name", "html-has-lang"} {
		if !found[want] {
			t.Errorf("axe did not find %s, only %v", want, found)
		}
	}
}
