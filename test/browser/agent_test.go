package browser

import (
	"cmp"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// agent is a person at the console.
type agent struct {
	*page
	profile *profile
}

// newAgent opens the console in a fresh profile, not signed in.
func newAgent(t *testing.T, p *parley) agent {
	t.Helper()
	who := agents.person(t, "agent")
	a := agent{who.tab(), who}
	// Chromium reports the answer that nobody is signed in yet as an error.
	a.allow(`status of 401 .*/api/me\)`)
	a.open(cmp.Or(p.desk, p.url) + "/agent")
	return a
}

// signIn signs in as the administrator.
func (a agent) signIn() {
	a.t.Helper()
	a.fill(at("login-user"), "admin")
	a.fill(at("login-password"), adminPassword)
	a.press(kb.Enter)
	a.shows(at("console"), "")
}

// item is the selector of a chat in the list.
const item = `[data-testid="queue-item"]`

// seesWaiting waits until the only waiting chat is the one with that name.
func (a agent) seesWaiting(name string) {
	a.t.Helper()
	// Whoever takes a chat is shown their own. A script's press leaves the focus where it is.
	get[bool](a.page, `(s) => {
		const tab = document.querySelector(s);
		if (tab?.getAttribute('aria-selected') === 'false') tab.click();
		return true;
	}`, at("list-waiting"))
	a.shows(item+`[data-status="waiting"]`, name)
}

// findsWaiting waits until a chat with that name is waiting, and opens it. On a system
// that the test started it is the only one; elsewhere there may be others, but none
// with that name.
func (a agent) findsWaiting(p *parley, name string) {
	a.t.Helper()
	if !p.running {
		a.seesWaiting(name)
		a.opens()
		return
	}
	chat := ""
	eventually(a.t, a.name+": one chat of "+name+" waits", func() (bool, string) {
		found, err := eval[[]string](a.page, `(item, name) => [...document.querySelectorAll(item + '[data-status="waiting"]')]
			.filter((el) => el.querySelector('.item-name').innerText === name).map((el) => el.dataset.chat)`, item, name)
		if err != nil {
			return false, err.Error()
		}
		if len(found) == 1 {
			chat = found[0]
		}
		return chat != "", fmt.Sprint(found)
	})
	a.click(item + `[data-chat="` + chat + `"]`)
	a.shows(at("room"), name)
}

// opens opens the only chat in the list.
func (a agent) opens() {
	a.t.Helper()
	a.click(item)
	a.shows(at("room"), "")
}

// takes takes the open chat with its key, and waits until the chat is the agent's.
func (a agent) takes() {
	a.t.Helper()
	a.until("the chat can be taken", `() => document.querySelector('[data-testid="take"], [data-testid="step-in"]') !== null`)
	a.press("t")
	a.until("the chat is taken, and the focus is where to answer", `() => {
		const room = document.querySelector('[data-testid="room"]');
		return room?.dataset.status === 'live' && document.activeElement?.dataset.testid === 'agent-composer' || [room?.dataset.status, document.activeElement?.outerHTML];
	}`)
}

// answers types into the composer, which has the focus.
func (a agent) answers(text string) {
	a.t.Helper()
	a.paste(text)
	a.press(kb.Enter)
	a.hasMessage("agent-log", "agent", text)
}
