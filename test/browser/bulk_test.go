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

// Selected chats are closed, and given to a colleague, together; one that somebody took meanwhile
// stays selected, and the agent reads why.
func TestSelectedChatsAreClosedAndAssignedTogether(t *testing.T) {
	p := startParley(t)
	visitors := map[string]visitor{}
	for _, name := range []string{"Ann", "Ben", "Cleo", "Dora"} {
		v := newVisitor(t, p)
		v.startAs(name)
		v.say("escalate")
		v.hears("in line")
		visitors[name] = v
	}
	a := newAgent(t, p)
	a.do("be a desk", chromedp.EmulateViewport(1440, 800))
	a.signIn()
	a.allow(`status of 409`)
	grace := newColleague(t, p, a, "grace", "Grace Hopper")
	linus := newColleague(t, p, a, "linus", "Linus")
	waiting := func(n int) {
		t.Helper()
		a.until(fmt.Sprint(n, " chats wait"), `(item, n) => { const all = document.querySelectorAll(item + '[data-status="waiting"]').length; return all === n || all; }`, item, n)
	}
	waiting(4)

	// The first two, by keyboard, are closed.
	a.press("j")
	a.press("s")
	a.press("j")
	a.press("S")
	a.shows(at("bulk"), "2 selected")
	a.tabTo(at("bulk-close"))
	a.press(kb.Enter)
	a.focusIsOn(at("bulk-close-sure"))
	a.press(kb.Enter)
	a.shows(".toasts", "2 chats were closed.")
	a.hides(at("bulk"))
	waiting(2)
	visitors["Ann"].shows(at("log"), "closed the chat")
	visitors["Ben"].shows(at("log"), "closed the chat")

	// Of the others a colleague takes one in that moment, so that only one is theirs to be given.
	a.press("j")
	a.press("s")
	a.press("j")
	a.press("S")
	a.shows(at("bulk"), "2 selected")
	a.click(at("bulk-assign"))
	a.focusIsOn(at("bulk-assign-to"))
	a.inBoth("whom to give the selected chats")
	a.until("Grace is chosen", `(s) => { const field = document.querySelector(s); field.value = 'grace'; return field.value === 'grace' || field.innerText; }`, at("bulk-assign-to"))
	linus.press("t")
	linus.until("he has one", `(s) => document.querySelector(s)?.dataset.status === 'live'`, at("room"))
	a.press(kb.Tab)
	a.press(kb.Enter)
	a.shows(".toasts", "1 chat was assigned, 1 was not: Linus took this chat")
	a.shows(at("bulk"), "1 selected")
	a.click(at("bulk-clear"))
	a.hides(at("bulk"))
	grace.press("2")
	grace.shows(item+`[data-status="live"]`, "Dora")
	visitors["Cleo"].shows(at("log"), "Linus joined the chat.")
	visitors["Dora"].shows(at("log"), "Grace Hopper joined the chat.")
}
