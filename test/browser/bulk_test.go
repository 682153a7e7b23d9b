package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// An agent selects several chats with the keyboard, tags them together and closes them together;
// what is refused is said in the same sentence, and stays selected.
func TestSeveralChatsAreDealtWithTogether(t *testing.T) {
	p := startParley(t)
	for i := range 4 {
		v := newVisitor(t, p)
		v.startAs(fmt.Sprintf("Visitor %d", i))
		v.say("escalate")
		v.hears("in line")
	}
	a := newAgent(t, p)
	a.do("be a desk", chromedp.EmulateViewport(1440, 800))
	a.signIn()
	a.until("four chats wait", `(item) => document.querySelectorAll(item + '[data-status="waiting"]').length === 4 || document.querySelectorAll(item).length`, item)
	a.press("j")
	a.press("s")
	a.shows(at("bulk"), "1 selected")
	a.press("j")
	a.press("j")
	a.press("S")
	a.shows(at("bulk"), "3 selected")
	a.inBoth("several chats selected")
	a.click(at("bulk-tag"))
	a.until("the field has the focus", `() => document.activeElement?.dataset.testid === 'bulk-tag-field'`)
	a.press("outage")
	a.press(kb.Enter)
	a.until("three are tagged", `(item) => [...document.querySelectorAll(item + ' .sticker')].filter((e) => e.innerText === 'outage').length === 3 || document.querySelector('[data-testid="queue"]').innerText`, item)
	a.hides(at("bulk"))

	// One of those that are selected is taken by somebody else meanwhile.
	a.runs("select", "Select several chats")
	a.shows(at("bulk"), "Choose the chats")
	grace := newColleague(t, p, a, "grace", "Grace Hopper")
	grace.until("four chats wait", `(item) => document.querySelectorAll(item + '[data-status="waiting"]').length === 4 || document.querySelectorAll(item).length`, item)
	get[bool](a.page, `(item) => { for (const each of document.querySelectorAll(item)) each.click(); return true; }`, item)
	a.shows(at("bulk"), "4 selected")
	grace.press("j")
	grace.press(kb.Enter)
	grace.shows(at("room"), "Visitor 0")
	grace.press("t")
	grace.until("she has it", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'live'`)
	a.click(at("bulk-close"))
	a.shows(at("toast"), "3 chats were closed, 1 was not: Grace Hopper")
	a.shows(at("bulk"), "1 selected")
	a.inBoth("what was refused")
	a.press(kb.Escape)
	a.hides(at("bulk"))
}
