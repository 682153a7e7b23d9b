package browser

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// forces sets the few colors of a person who chose them for the whole system.
func (g *page) forces() {
	g.t.Helper()
	g.do("force colors", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "forced-colors", Value: "active"}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return err
	}))
	g.until("colors are forced", `() => matchMedia('(forced-colors: active)').matches`)
}

// flat returns the controls that can't be told from what is behind them.
const flat = `() => [...document.querySelectorAll('[data-testid="missed"] input, [data-testid="missed"] button, [data-testid="step-in"], [data-testid="dealt"]')]
	.filter((el) => el.checkVisibility() && parseFloat(getComputedStyle(el).borderTopWidth) === 0).map((el) => el.outerHTML.slice(0, 120))`

// The form for an address, and what agents see of it: on every screen, in every color, with
// a keyboard and nothing else.
func TestTheFormForAnAddressAndItsListAreForEverybody(t *testing.T) {
	p := startParley(t, "WAIT_LIMIT=5s")
	v := newVisitor(t, p)
	v.startAs("Ada " + strings.Repeat("Lovelace", 6))
	v.click(at("person"))
	v.shows(at("missed"), "nobody’s free")
	v.inBoth("the form")
	v.do("focus it", chromedp.Evaluate[chromedp.Void](`document.getElementById('missed-email').focus()`))
	v.press("ada@example.com and bob@example.com")
	v.press(kb.Enter)
	v.shows(at("missed-bad"), "one email address")
	v.focusIsOn(at("missed-email"))
	v.inBoth("an address that is none")
	for _, width := range []int64{375, 320} {
		v.resize(width)
		v.fits("the form")
	}
	v.forces()
	if got := get[[]string](v.page, flat); len(got) > 0 {
		t.Errorf("without an edge, where colors are forced: %q", got)
	}
	v.fill(at("missed-email"), strings.Repeat("a", 60)+"@"+strings.Repeat("example.", 8)+"com")
	v.press(kb.Tab) // to the button
	v.focusIsOn(at("missed-leave"))
	v.press(kb.Enter)
	v.shows(at("log"), "Thanks! We'll get back to you at aaaa")
	v.until("the focus is in the chat", `() => document.activeElement !== document.body || "it is nowhere"`)
	v.fits("an address that was left")

	a := newAgent(t, p)
	a.signIn()
	a.press("4")
	a.shows(item, "example.com")
	a.inBoth("the list of missed chats")
	a.press("j")
	a.press(kb.Enter)
	a.shows(at("step-in"), "Step in")
	a.do("be a desk", chromedp.EmulateViewport(1280, 800))
	a.shows(at("dealt"), "Mark as done")
	a.inBoth("a missed chat")
	for _, width := range []int64{375, 320} {
		a.resize(width)
		a.fits("a missed chat")
	}
	a.forces()
	if got := get[[]string](a.page, flat); len(got) > 0 {
		t.Errorf("without an edge, where colors are forced: %q", got)
	}
	a.press("t")
	a.focusIsOn(at("agent-composer"))
	a.answers("Here I am.")
	v.hasMessage("log", "agent", "Here I am.")
}
