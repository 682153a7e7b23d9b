package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// An agent selects several chats with the keyboard, and tags them together.
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
}
