package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// uses has the command bar use a quick reply.
func (a agent) uses(typed string) {
	a.t.Helper()
	a.press("k", kb.ModifierCtrl)
	a.shows(at("commands"), "")
	a.press(typed)
	a.until("the quick reply is first", `() => document.querySelector('[role="option"][aria-selected="true"]')?.dataset.command.startsWith('macro-') || document.querySelector('[data-testid="commands"]')?.innerText`)
	a.press(kb.Enter)
	a.hides(at("commands"))
}

// What an agent has typed stays, whatever they choose from the command bar: a quick reply comes
// below it, and in a note it is a text for colleagues.
func TestAQuickReplyLeavesWhatWasTyped(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.say("escalate")
	v.hears("in line")
	a := newAgent(t, p)
	a.do("be a desk", chromedp.EmulateViewport(1440, 800))
	a.signIn()
	a.findsWaiting(p, "Ada")
	a.click(at("account"))
	a.click(at("menu-canned"))
	a.saves("canned", "Hours", "We answer from 9 to 5.")
	a.shows(at("canned-dialog"), "“Hours” is saved.")
	a.press(kb.Escape)
	a.hides(at("canned-dialog"))
	a.takes()
	a.fill(at("agent-composer"), "Dear Ada,")
	a.uses("hours")
	a.field("Dear Ada,\nWe answer from 9 to 5.")
	a.fill(at("agent-composer"), "")
	a.click(at("note-toggle"))
	a.fill(at("agent-composer"), "She asked twice.")
	a.uses("hours")
	a.field("She asked twice.\nWe answer from 9 to 5.")
	a.until("it is still a note", `() => document.querySelector('[data-testid="note-toggle"]').getAttribute('aria-pressed') === 'true'`)
}

// The bar for several chats asks for a tag, and the agent writes elsewhere meanwhile: whatever else
// happens on the desk, the focus stays where they write. Before many chats are closed it asks.
func TestWhatHappensOnTheDeskTakesTheFocusFromNobody(t *testing.T) {
	p := startParley(t)
	for i := range 3 {
		v := newVisitor(t, p)
		v.startAs(fmt.Sprintf("Visitor %d", i))
		v.say("escalate")
		v.hears("in line")
	}
	a := newAgent(t, p)
	a.do("be a desk", chromedp.EmulateViewport(1440, 800))
	a.signIn()
	a.until("three chats wait", `(item) => document.querySelectorAll(item + '[data-status="waiting"]').length === 3`, item)
	a.press("t")
	a.until("the first is taken", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'live' && document.activeElement?.dataset.testid === 'agent-composer'`)
	a.press(kb.Escape) // out of the field: letters are keys again
	a.click(at("list-waiting"))
	a.until("two wait", `(item) => document.querySelectorAll(item + '[data-status="waiting"]').length === 2`, item)
	a.press("j")
	a.press("s")
	a.click(at("bulk-tag"))
	a.focusIsOn(at("bulk-tag-field"))
	a.fill(at("agent-composer"), "Hello")
	late := newVisitor(t, p)
	late.startAs("Latecomer")
	late.say("escalate")
	late.hears("in line")
	a.until("the list is drawn anew", `(item) => document.querySelectorAll(item + '[data-status="waiting"]').length === 3`, item)
	a.focusIsOn(at("agent-composer"))
	a.press(", Ada")
	a.field("Hello, Ada")

	a.click(at("bulk-clear"))
	a.until("the first has the focus", `(item) => { const first = document.querySelector(item); first.focus(); return document.activeElement === first; }`, item)
	a.press("s")
	a.press("j")
	a.press("s")
	a.shows(at("bulk"), "2 selected")
	a.click(at("bulk-close"))
	a.shows(at("bulk-close-sure"), "Close 2 chats")
	a.focusIsOn(at("bulk-close-sure"))
	a.inBoth("before several chats are closed")
	a.press(kb.Enter)
	a.until("one waits", `(item) => document.querySelectorAll(item + '[data-status="waiting"]').length === 1 || document.querySelectorAll(item).length`, item)
}
