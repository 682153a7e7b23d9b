package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// agent is a person with the console before them.
type agent struct {
	*page
	profile *profile
}

// newAgent opens the console in a fresh profile, not signed in.
func newAgent(t *testing.T, p *parley) agent {
	t.Helper()
	who := agents.person(t, "agent")
	a := agent{who.tab(), who}
	// That nobody is signed in yet is an answer, which Chromium calls an error.
	a.allow(`status of 401 .*/api/me\)`)
	a.open(p.url + "/agent")
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

// seesWaiting waits until the one chat that waits is that of the name.
func (a agent) seesWaiting(name string) {
	a.t.Helper()
	a.shows(item+`[data-status="waiting"]`, name)
}

// opens shows the only chat of the list.
func (a agent) opens() {
	a.t.Helper()
	a.click(item)
	a.shows(at("room"), "")
}

// takes takes the chat in view by its key, and waits until it is the agent's.
func (a agent) takes() {
	a.t.Helper()
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
