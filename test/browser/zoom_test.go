package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// zooms shows the page at 200 % in a window of 1280 × 720, as a browser does: half as many
// CSS pixels each way, twice as many of the screen's for each.
func (g *page) zooms() {
	g.t.Helper()
	g.do("zoom to 200 %", chromedp.EmulateViewport(640, 360, chromedp.EmulateScale(2)))
	g.until("the page is zoomed", `() => innerWidth === 640 && devicePixelRatio === 2 || [innerWidth, devicePixelRatio]`)
}

// loses returns the controls that can't be brought into view, or are beneath something else
// there, and the logs of which too little is seen to read in. An open dialog or menu is all
// that can be used.
const loses = `() => {
	const bad = [], top = document.querySelector(':popover-open') ?? document.querySelector('dialog[open]') ?? document;
	for (const el of top.querySelectorAll('button, a[href], input, select, textarea')) {
		if (el.closest('.unseen') || !el.checkVisibility({visibilityProperty: true, opacityProperty: true}) || el.type === 'hidden' || el.disabled) continue;
		el.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
		const box = (el.matches('[type="radio"], [type="checkbox"], [type="file"]') ? el.closest('label') ?? el : el).getBoundingClientRect();
		const x = (box.left + box.right) / 2;
		for (const y of box.width ? [box.top + 2, (box.top + box.bottom) / 2, box.bottom - 2] : []) { // seen as a whole
			const there = x >= 0 && y >= 0 && x < innerWidth && y < innerHeight && document.elementFromPoint(x, y);
			if (there && (el.contains(there) || el.closest('label')?.contains(there))) continue;
			bad.push(Math.round(x) + ',' + Math.round(y) + ' ' + el.outerHTML.slice(0, 140) + ' is beneath ' + (there && there.outerHTML.slice(0, 80)));
			break;
		}
	}
	if (top === document) for (const log of document.querySelectorAll('[role="log"]')) if (log.checkVisibility() && log.clientHeight < 90) bad.push('only ' + log.clientHeight + ' px of the log are seen');
	return bad;
}`

// paintedAt200 keeps a picture of the page as it is, where PARLEY_PICTURES says so.
func (g *page) paintedAt200(what string) {
	g.t.Helper()
	dir := os.Getenv(picturesTo)
	if dir == "" {
		return
	}
	png, err := chromedp.Run(g.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "200-"+g.name+"-"+strings.NewReplacer(" ", "-", "/", "").Replace(what)+".png"), png, 0o600)
	}
	if err != nil {
		g.t.Errorf("no picture of %s: %v", what, err)
	}
}

// wholeAt200 fails the test for what is lost at 200 %.
func (g *page) wholeAt200(what string) {
	g.t.Helper()
	g.fits(what)
	for _, each := range get[[]string](g, loses) {
		g.t.Errorf("%s: %s, at 200 %%: %s", g.name, what, each)
	}
	g.accessible(what + ", at 200 %")
	g.paintedAt200(what)
}

func TestNothingIsLostAtTwiceTheSize(t *testing.T) {
	p := startParley(t)
	v, a := newVisitor(t, p), newAgent(t, p)
	v.zooms()
	a.zooms()
	v.shows(at("start"), "")
	v.wholeAt200("start")
	v.startAs("Ada " + strings.Repeat("Lovelace", 6))
	v.say("What is Parley?")
	v.answered()
	v.wholeAt200("an answer")
	v.click(at("menu"))
	v.wholeAt200("the menu")
	v.press(kb.Escape)
	v.click(at("person"))
	v.shows(at("missed"), "nobody’s free")
	v.wholeAt200("nobody is there")

	a.wholeAt200("sign-in")
	a.signIn()
	a.seesWaiting("Ada")
	a.wholeAt200("the list")
	for _, dialog := range []string{"canned", "keys", "people", "password"} {
		a.click(at("account"))
		a.wholeAt200("the menu")
		a.click(at("menu-" + dialog))
		a.until("the dialog is open", `() => !!document.querySelector('dialog[open] button')`)
		a.wholeAt200(dialog)
		a.press(kb.Escape)
	}
	a.opens()
	a.wholeAt200("a chat that waits")
	a.takes()
	a.answers("Hello, with a line that is a little longer than the others, as people write.")
	v.hasMessage("log", "agent", "Hello, with a line that is a little longer than the others, as people write.")
	v.wholeAt200("with a person")
	a.wholeAt200("a chat of one's own")
	a.click(at("context-toggle"))
	a.shows(at("context"), "Status")
	a.wholeAt200("about the visitor")

	o := newOperator(t, p)
	o.zooms()
	o.operates()
	o.reads("All is well.")
	o.wholeAt200("how it runs")
	for path, there := range map[string]string{"/agent/settings": at("set-title"), "/embed": at("tag")} {
		o.open(p.url + path)
		o.until("the page is there", `(s) => !!document.querySelector(s)`, there)
		o.wholeAt200(path)
	}
}
