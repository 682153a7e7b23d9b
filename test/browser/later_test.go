package browser

import "testing"

// TestADialogThatDidNotComeIsSaid: dialogs that are seldom opened come after the page.
func TestADialogThatDidNotComeIsSaid(t *testing.T) {
	p := startParley(t)
	a := newAgent(t, p)
	a.shows(at("login-user"), "")
	a.allow("none\\.js")
	get[bool](a.page, `() => { const at = document.querySelector('meta[name=later]'); window.was = at.content; at.content = '/static/agent/none.js'; return true; }`)
	a.signIn()
	a.press("?")
	a.shows(at("toast"), "can’t be reached")
	a.hides(at("keys-dialog"))
	get[bool](a.page, `() => { document.querySelector('meta[name=later]').content = window.was; return true; }`)
	a.press("?")
	a.shows(at("keys-dialog"), "Quick replies")
	a.press("\u001b")
	a.hides(at("keys-dialog"))
	a.click(at("account"))
	a.click(at("menu-people"))
	a.shows(at("people-list"), "")

	// What was typed is there again after Escape.
	a.fill(at("people-name"), "Eve")
	a.press("\u001b")
	a.hides(at("people-dialog"))
	a.click(at("account"))
	a.click(at("menu-people"))
	a.until("the name is kept", `() => document.querySelector('[data-testid="people-name"]')?.value === 'Eve' && document.querySelector('[data-testid="people-user"]').value === 'eve'`)
}
