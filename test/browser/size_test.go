package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// resize gives the page a phone's screen.
func (g *page) resize(width int64) {
	g.t.Helper()
	g.do("resize", chromedp.EmulateViewport(width, 640, chromedp.EmulateMobile, chromedp.EmulateTouch))
	g.until("the page has its new width", `(width) => innerWidth <= width || innerWidth`, width)
}

// settles waits until nothing is moving or fading anymore.
func (g *page) settles() {
	g.t.Helper()
	g.until("no transition is under way", `() => document.getAnimations().every((each) => each.playState !== 'running' || each.effect.getComputedTiming().iterations === Infinity)`)
}

// fits fails the test if a page is wider than the screen, or if a control is outside
// it.
func (g *page) fits(what string) {
	g.t.Helper()
	g.settles()
	wide := get[[]string](g, `() => {
		const width = document.documentElement.clientWidth, bad = [];
		if (document.documentElement.scrollWidth > width || document.body.scrollWidth > width) bad.push('the page scrolls sideways: ' + document.documentElement.scrollWidth + ' > ' + width);
		for (const el of document.querySelectorAll('button, a, input, textarea, h1, h2, [data-testid="message"]')) {
			if (!el.checkVisibility({visibilityProperty: true, opacityProperty: true}) || el.closest('.unseen')) continue;
			const box = el.getBoundingClientRect();
			if (box.width && (box.left < -1 || box.right > width + 1)) bad.push(Math.round(box.left) + '..' + Math.round(box.right) + ' ' + el.outerHTML.slice(0, 160));
		}
		for (const el of document.querySelectorAll('[role="log"]')) if (el.scrollWidth > el.clientWidth) bad.push('the log scrolls sideways');
		return bad;
	}`)
	for _, each := range wide {
		g.t.Errorf("%s: %s: %s", g.name, what, each)
	}
}

func TestNothingScrollsSidewaysOnAPhone(t *testing.T) {
	for _, width := range []int64{375, 320} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			p := startParley(t)
			v, a := newVisitor(t, p), newAgent(t, p)
			v.resize(width)
			a.resize(width)
			v.shows(at("start"), "")
			v.fits("start")
			v.startAs("Ada " + strings.Repeat("Lovelace", 6))
			v.say("Unbroken" + strings.Repeat("x", 300))
			v.answered()
			v.fits("chat")
			v.click(at("menu"))
			v.fits("menu")
			v.press("\u001b")
			v.say("escalate")
			v.hears("in line")
			v.fits("waiting")

			a.shows(at("login-user"), "")
			a.fits("sign-in")
			a.signIn()
			a.seesWaiting("Ada")
			a.fits("list")
			a.opens()
			a.fits("chat that waits")
			a.click(at("take"))
			a.until("it is the agent's", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'live'`)
			a.fill(at("agent-composer"), "https://example.org/"+strings.Repeat("a-long-path/", 20))
			a.press("\r")
			a.hasMessage("agent-log", "agent", "https://example.org/"+strings.Repeat("a-long-path/", 20))
			a.fits("own chat")
			a.click(at("context-toggle"))
			a.shows(at("context"), "Status")
			a.fits("context")
			v.hears("Admin from support")
			v.fits("with a person")
		})
	}
}
