package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A phone on its side, or a desktop that is zoomed to 200 %.
func TestAMenuThatIsHigherThanTheScreenScrolls(t *testing.T) {
	p := startParley(t)
	a := newAgent(t, p)
	a.screen(640, 360)
	a.signIn()
	a.click(at("account"))
	a.fits("the menu")
	a.click(at("sign-out"))
	a.shows(at("login-submit"), "Sign in")
}

func TestAPressBesideADialogLosesNothingThatWasTyped(t *testing.T) {
	p := startParley(t)
	a := newAgent(t, p)
	a.signIn()
	beside := func() { a.do("press beside the dialog", chromedp.MouseClickXY(5, 5)) }
	a.click(at("account"))
	a.click(at("menu-canned"))
	a.fill(at("canned-text"), "Half a reply")
	beside()
	a.until("the dialog is there, and the text in it", `(s) => document.querySelector(s)?.value === 'Half a reply'`, at("canned-text"))
	a.fill(at("canned-title"), "Half")
	a.click(at("canned-save"))
	a.shows(at("canned-dialog"), "Half a reply")
	beside()
	a.hides(at("canned-dialog"))
}

func TestARatingByTouchBringsNoKeyboard(t *testing.T) {
	p := startParley(t)
	v, a := newVisitor(t, p), newAgent(t, p)
	v.resize(375)
	a.signIn()
	a.meets(v, "Ada")
	v.endsTheChat()
	v.click(at("score-4"))
	v.shows(at("rating"), "Thanks")
	v.focusIsOn(at("log"))

	// With a keyboard, one continues in the field.
	v.say("escalate")
	v.hears("in line")
	a.click(at("take")) // exactly where the field was kept
	a.focusIsOn(at("agent-composer"))
	v.hears("Admin from support")
	v.endsTheChat()
	v.do("be a desk", chromedp.EmulateViewport(1280, 800))
	v.click(at("score-4"))
	v.focusIsOn(at("rating-text"))
	v.paste("Very kind")
	v.press(kb.Enter)
	v.focusIsOn(at("composer"))
	v.shows(at("rating-thanks"), "Thanks")
	v.until("the score and the words are one line", `() => [...document.querySelectorAll('[data-kind="state"]')].filter((el) => el.innerText.includes('of 5')).length === 2
		&& document.querySelector('[data-testid="log"]').innerText.includes('4 of 5: Very kind')`)
}
