package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// tabTo presses Tab until the focus is on an element, and checks on the way that the
// focused element always shows it.
func (g *page) tabTo(selector string) {
	g.t.Helper()
	for range 40 {
		if get[bool](g, `(s) => document.activeElement?.matches(s) ?? false`, selector) {
			g.until(selector+" shows that it has the focus", focusShown, selector)
			return
		}
		g.press(kb.Tab)
	}
	g.t.Fatalf("%s: Tab does not lead to %s; it is on %s", g.name, selector, get[string](g, `() => document.activeElement?.outerHTML.slice(0, 200)`))
}

// focusShown looks for a focus ring around the element or its container.
const focusShown = `(selector) => {
	const el = document.querySelector(selector);
	for (let at = el, i = 0; at && i < 4; at = at.parentElement, i++) {
		const style = getComputedStyle(at);
		if (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1 || style.boxShadow !== 'none') return true;
	}
	return el.outerHTML.slice(0, 200);
}`

// types is fill for people who have only a keyboard.
func (g *page) types(selector, text string) {
	g.t.Helper()
	g.tabTo(selector)
	g.press(text)
	g.until(selector+" holds the text", `(s, text) => document.querySelector(s).value === text || document.querySelector(s).value`, selector, text)
}

func TestTheWholeStoryWorksWithoutAMouse(t *testing.T) {
	p := startParley(t)
	v, a := newVisitor(t, p), newAgent(t, p)

	v.shows(at("name-input"), "")
	v.types(at("name-input"), "Ada")
	v.tabTo(at("start"))
	v.press(kb.Enter)
	v.types(at("composer"), "Hello")
	v.press(kb.Enter)
	v.answered()
	v.press("one")
	v.press(kb.Enter, kb.ModifierShift) // breaks the line
	v.press("two")
	v.press(kb.Enter)
	v.hasMessage("log", "visitor", "one\ntwo")
	v.tabTo(at("person"))
	v.press(" ")
	v.hears("in line")

	a.shows(at("login-user"), "")
	a.types(at("login-user"), "admin")
	a.types(at("login-password"), adminPassword)
	a.press(kb.Enter)
	a.seesWaiting("Ada")
	a.press("?")
	a.shows(at("keys-dialog"), "Return to the bot")
	a.press(kb.Escape)
	a.hides(at("keys-dialog"))
	a.press("j")
	a.until("the focus is on the chat", focusShown, item)
	a.press(kb.Enter)
	a.shows(at("room"), "Ada")
	a.takes()
	a.press("Good day")
	a.press(kb.Enter)
	v.hasMessage("log", "agent", "Good day")

	a.leavesTheField()
	a.press("r")
	a.until("r replies", `() => document.activeElement?.dataset.testid === 'agent-composer' && document.activeElement.value === ''`)
	a.leavesTheField()
	a.press("n")
	a.until("n notes", `() => document.activeElement?.getAttribute('aria-label') === 'Note for agents'`)
	a.press("Seen by agents only")
	a.press(kb.Enter)
	a.hasMessage("agent-log", "agent", "Seen by agents only")
	a.leavesTheField()
	a.press("h")
	v.hears("Parley bot")

	v.tabTo(at("composer"))
	v.press("escalate")
	v.press(kb.Enter)
	v.hears("in line")
	a.seesWaiting("Ada")
	a.takes()
	a.leavesTheField()
	a.press("x")
	v.hears("This chat is closed")
	v.tabTo(at("composer"))
	v.press("One more thing")
	v.press(kb.Enter)
	v.answered()
	v.hears("Parley bot")
}
