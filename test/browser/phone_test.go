package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// screen resizes the page's window, as happens when a phone is turned or shows its
// keyboard.
func (g *page) screen(width, height int64) {
	g.t.Helper()
	g.do("resize", chromedp.EmulateViewport(width, height, chromedp.EmulateMobile, chromedp.EmulateTouch))
	g.until("the page has its new size", `(w, h) => innerWidth === w && innerHeight === h || [innerWidth, innerHeight]`, width, height)
}

// fromEnd is how many pixels of the log are below its visible part.
const fromEnd = `(() => { const log = document.querySelector('[role="log"]'); return log.scrollHeight - log.scrollTop - log.clientHeight; })()`

func TestTheLogStaysAtItsEndWhenTheKeyboardComes(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.screen(375, 700)
	v.startAs("Ada")
	for i := range 4 {
		v.say(fmt.Sprintf("Question %d: %s", i, strings.Repeat("what is Parley? ", 12)))
		v.answered()
	}
	for range 3 {
		for _, size := range [][2]int64{{375, 360}, {700, 375}, {320, 300}, {375, 700}} {
			v.screen(size[0], size[1])
			v.until("the end of the log is in view", `() => `+fromEnd+` < 2 || `+fromEnd)
			v.fits(fmt.Sprint(size))
		}
	}
	// Somebody who is reading further up is left alone.
	get[bool](v.page, `async () => {
		// The log learns its new size with the next frame.
		await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
		const log = document.querySelector('[role="log"]');
		const scrolled = new Promise((done) => log.addEventListener('scroll', done, {once: true}));
		log.scrollTop = 100;
		return !!(await scrolled);
	}`)
	v.screen(375, 360)
	v.screen(375, 700)
	if got := get[float64](v.page, `() => `+fromEnd); got < 100 {
		t.Errorf("the reader was taken to the end: %v px from it", got)
	}
}

func TestAnAgentOnAPhoneSeesThatThereIsNoConnection(t *testing.T) {
	p := startParley(t)
	a := newAgent(t, p)
	a.screen(375, 700)
	a.signIn()
	a.shows(at("online"), "Nobody else is online")
	away(a.page)
	p.kill()
	a.shows(at("online"), "Not connected")
	p.restart()
	a.shows(at("online"), "Nobody else is online")
}

func TestTheNameOfTheVisitorHasRoomBesideTheButtons(t *testing.T) {
	p := startParley(t)
	v, a := newVisitor(t, p), newAgent(t, p)
	v.startAs("Ada Lovelace")
	v.click(at("person"))
	a.signIn()
	a.seesWaiting("Ada")
	a.opens()
	a.takes()
	for _, width := range []int64{1280, 1024, 900, 768} {
		a.do("resize", chromedp.EmulateViewport(width, 800))
		a.until("the page has its new width", `(w) => innerWidth === w || innerWidth`, width)
		if got := get[bool](a.page, `() => { const name = document.querySelector('.room h2'); return name.scrollWidth <= name.clientWidth && name.clientWidth > 60; }`); !got {
			t.Errorf("at %d px the name is cut off", width)
		}
		a.fits(fmt.Sprint(width))
	}
	a.press(kb.Escape)
}
