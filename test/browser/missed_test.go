package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// Nobody is online: the visitor is told so and leaves an address. An agent who signs in later
// finds the chat in the list Missed, steps in and answers, and the visitor sees it.
func TestWhoLeavesAnAddressIsAnsweredLater(t *testing.T) {
	p := startParley(t, "WAIT_LIMIT=5s")
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.click(at("person"))
	v.shows(at("missed"), "nobody’s free")
	v.fill(at("missed-email"), "ada@example.com, bob@example.com")
	v.press(kb.Enter)
	v.shows(at("missed-bad"), "one email address")
	v.fill(at("missed-email"), "ada@example.com")
	v.picture()
	v.press(kb.Enter)
	v.shows(at("log"), "Thanks! We'll get back to you at ada@example.com.")
	v.hides(at("missed"))
	v.until("the wait is over", `() => document.querySelector('[data-testid="log"]').innerText.includes('in time') || document.querySelector('[data-testid="log"]').innerText`)

	a := newAgent(t, p)
	a.signIn()
	a.click(at("list-missed"))
	a.shows(item, "ada@example.com")
	a.picture()
	a.click(item)
	a.shows(at("agent-log"), "ada@example.com")
	a.shows(at("step-in"), "Step in")
	a.press("t")
	a.until("the chat is the agent's", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'live' || document.querySelector('[data-testid="room"]')?.outerHTML`)
	a.answers("Here I am.")
	v.hasMessage("log", "agent", "Here I am.")
}
