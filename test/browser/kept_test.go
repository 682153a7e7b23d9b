package browser

import (
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
