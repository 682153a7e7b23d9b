package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// onAnotherDevice signs an agent in once more, in a browser of its own.
func (a agent) onAnotherDevice(p *parley, user, password string) agent {
	a.t.Helper()
	c := newAgent(a.t, p)
	c.fill(at("login-user"), user)
	c.fill(at("login-password"), password)
	c.press(kb.Enter)
	c.shows(at("console"), "")
	c.screen(1280, 800)
	return c
}

// isAway waits until the console says that the agent is away, or that they are not.
func (a agent) isAway(away bool) {
	a.t.Helper()
	if away {
		a.shows(at("resting"), "You’re away")
	} else {
		a.hides(at("resting"))
		a.shows(at("online"), "")
	}
	a.until("the account's button says so", `(s, away) => {
		const said = document.querySelector(s).getAttribute('aria-label');
		return said.endsWith(', away') === away || said;
	}`, at("account"), away)
}

// Whoever is away stays so over a reload and on every device, their colleagues see it, and nobody
// who is away is given a chat, though chats are assigned. All of it by keyboard.
func TestWhoIsAwayIsGivenNoChatOnAnyDevice(t *testing.T) {
	p := startParley(t, "ASSIGN=auto")
	admin, v := newAgent(t, p), newVisitor(t, p)
	admin.signIn()
	admin.screen(1280, 800)
	grace := admin.colleague(p, "grace", "Grace", "agent")
	linus := admin.colleague(p, "linus", "Linus", "agent")

	admin.press("a") // the key alone
	admin.isAway(true)
	grace.tabTo(at("account"))
	grace.press(kb.Enter)
	grace.shows(at("available"), "")
	grace.tabTo(at("available"))
	grace.press(" ")
	grace.isAway(true)
	grace.shows(at("away-means"), "You’re given no new chats. You can still take one yourself.")
	grace.inBoth("the switch, off")
	grace.mayBePainted("availability", 800)
	grace.press(kb.Escape)
	grace.screen(360, 740)
	grace.isAway(true)
	grace.fits("away, on a phone")
	grace.inBoth("away, on a phone")
	grace.mayBePainted("away-phone", 740)
	grace.screen(1280, 800)
	linus.shows(at("online"), "Admin (away)")
	linus.shows(at("online"), "Grace (away)")
	linus.inBoth("colleagues who are away")
	linus.press("a")
	linus.isAway(true)

	grace.reload()
	grace.isAway(true)
	second := grace.onAnotherDevice(p, "grace", staffPassword)
	second.isAway(true)

	// All are away, so the visitor reads that nobody's there, and waits.
	v.startAs("Vera")
	v.say("escalate")
	v.shows(at("who"), "Nobody’s free right now")
	second.seesWaiting("Vera")

	// Linus comes back, and is given the chat; those who are away are not.
	linus.tabTo(at("back"))
	linus.press(kb.Enter)
	linus.isAway(false)
	v.shows(at("log"), "Linus joined the chat.")
	linus.press("2") // their own chats
	linus.shows(item+`[data-status="live"]`, "Vera")
	linus.press("a")
	linus.isAway(true)
	linus.tabTo(at("account"))
	linus.press(kb.Enter)
	linus.shows(at("away-means"), "The chat you have stays yours.")
	linus.press(kb.Escape)

	// Back on one device is back on all; what a visitor asks for then goes to Grace, and not to Linus,
	// who has gone.
	second.press("a")
	second.isAway(false)
	grace.isAway(false)
	w := newVisitor(t, p)
	w.startAs("Wanda")
	w.say("escalate")
	w.shows(at("log"), "Grace joined the chat.")
	grace.press("2")
	grace.shows(item+`[data-status="live"]`, "Wanda")
	for _, a := range []agent{admin, linus} {
		a.press("2")
		a.until("nobody who is away has Wanda's chat", `(s) => [...document.querySelectorAll(s)].every((el) => !el.innerText.includes('Wanda')) || document.querySelector('[data-testid="queue-list"]')?.innerText`, item+`[data-status="live"]`)
	}
}
