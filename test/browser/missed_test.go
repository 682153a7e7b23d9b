package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Nobody is online: the visitor is told so and leaves an address. An agent who signs in later
// finds the chat in the list Missed, steps in and answers, and the visitor sees it.
func TestWhoLeavesAnAddressIsAnsweredLater(t *testing.T) {
	p := startParley(t, "WAIT_LIMIT=8s")
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.click(at("person"))
	v.shows(at("missed"), "nobody’s free")
	v.shows(at("who"), "Nobody’s free right now")
	v.fill(at("missed-email"), "ada@example.com, bob@example.com")
	v.press(kb.Enter)
	v.shows(at("missed-bad"), "one email address")
	v.fill(at("missed-email"), "ada@example.com")
	v.reload()
	v.until("what was typed is there again", `() => document.querySelector('[data-testid="missed-email"]')?.value === 'ada@example.com'`)
	v.do("focus it", chromedp.Evaluate[chromedp.Void](`document.querySelector('[data-testid="missed-email"]').focus()`))
	v.picture()
	v.press(kb.Enter)
	v.shows(at("log"), "Thanks! We'll get back to you at ada@example.com.")
	v.hides(at("missed"))
	v.until("the wait is over", `() => document.querySelector('[data-testid="log"]').innerText.includes('in time') || document.querySelector('[data-testid="log"]').innerText`)

	w := newVisitor(t, p)
	w.startAs("Grace")
	w.click(at("person"))
	w.fill(at("missed-email"), "grace@example.com")
	w.press(kb.Enter)
	w.shows(at("log"), "Thanks! We'll get back to you at grace@example.com.")

	a := newAgent(t, p)
	a.do("be a desk", chromedp.EmulateViewport(1280, 800))
	a.signIn()
	a.click(at("list-missed"))
	a.shows(item, "ada@example.com")
	a.until("the visitor who waited is missed, too", `() => document.querySelectorAll('[data-testid="queue-item"]').length === 2`)
	a.picture()
	a.do("open the first one", chromedp.Evaluate[chromedp.Void](`document.querySelector('[data-testid="queue-item"]').click()`))
	a.shows(at("agent-log"), "ada@example.com")
	a.shows(at("step-in"), "Step in")
	a.press("t")
	a.until("the chat is the agent's", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'live' || document.querySelector('[data-testid="room"]')?.outerHTML`)
	a.answers("Here I am.")
	v.hasMessage("log", "agent", "Here I am.")

	// Marking the other as done can be undone; it is off the list once it is not.
	a.click(at("list-missed"))
	a.until("only one is missed", `() => document.querySelectorAll('[data-testid="queue-item"]').length === 1`)
	a.click(item)
	a.shows(at("agent-log"), "grace@example.com")
	if got := get[string](a.page, undone, at("dealt"), ""); !strings.Contains(got, "Marking the chat with Grace as done") {
		t.Errorf("the bar says %q", got)
	}
	a.hides(at("undo-bar"))
	a.shows(item, "grace@example.com")
	a.click(at("dealt"))
	a.hides(item)
	a.hides(at("dealt"))
	a.shows(at("agent-log"), "marked it as done")
}
