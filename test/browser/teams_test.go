package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// tabsTo is tabTo across a long page.
func (g *page) tabsTo(selector string) {
	g.t.Helper()
	for range 200 {
		if get[bool](g, `(s) => document.activeElement?.matches(s) ?? false`, selector) {
			break
		}
		g.press(kb.Tab)
	}
	g.tabTo(selector)
}

// replaces types over what is in the field that has the focus.
func (g *page) replaces(text string) {
	g.t.Helper()
	g.until("all of it is selected", `() => { document.activeElement.select(); return true; }`)
	g.paste(text)
}

// hasTeam waits until the list of teams has one with these words.
func (a agent) hasTeam(words string) {
	a.t.Helper()
	a.until("a team with "+words, `(words) => [...document.querySelectorAll('[data-testid="team"]')].some((el) => el.innerText.includes(words)) || document.querySelector('[data-testid="teams"]').innerText`, words)
}

// chooses types the first letters of an option into the select that has the focus.
func (a agent) chooses(selector, letters, label string) {
	a.t.Helper()
	a.tabTo(selector)
	a.press(letters)
	a.until(label+" is chosen", `(s, label) => document.querySelector(s).selectedOptions[0].text === label || document.querySelector(s).selectedOptions[0].text`, selector, label)
}

// Teams are made, changed and deleted with a keyboard alone; what is wrong is said beside its
// field, a second admin's change is shown and replaces nothing, and a team for which somebody
// waits is deleted only with a word about where the chats go.
func TestTeamsAreManagedByKeyboard(t *testing.T) {
	p := startParley(t)
	console := newAgent(t, p)
	console.signIn()
	grace := console.colleague(p, "grace", "Grace", "agent")
	linus := console.colleague(p, "linus", "Linus", "agent")
	ada := settingsOf(t, p)
	ada.screen(1280, 800)

	// The first team, and what is refused on the way.
	ada.tabsTo(at("add-team"))
	ada.press(kb.Enter)
	ada.focusIsOn(at("team-name"))
	ada.allow(`status of 400 `)
	ada.tabTo(at("save-team"))
	ada.press(kb.Enter)
	ada.shows("#team-name-problem", "A team needs a name.")
	ada.focusIsOn(at("team-name"))
	ada.inBoth("a team without a name")
	ada.paste("Billing")
	ada.tabTo(at("team-member") + `[data-user="grace"]`)
	ada.press(" ")
	ada.tabTo(at("team-capacity"))
	ada.press("0")
	ada.tabTo(at("team-about"))
	ada.paste("Invoices and refunds")
	ada.tabTo(at("team-words"))
	ada.paste("invoice, refund")
	ada.tabTo(at("save-team"))
	ada.press(kb.Enter)
	ada.shows("#team-capacity-problem", "A capacity is a number from 1 to 1000")
	ada.focusIsOn(at("team-capacity"))
	ada.replaces("2")
	ada.tabTo(at("team-automatic"))
	ada.press(" ")
	ada.inBoth("the form of a team")
	ada.mayBePainted("team-form", 1400)
	ada.tabTo(at("save-team"))
	ada.press(kb.Enter)
	ada.shows(at("teams-said"), "Billing is saved.")
	ada.focusIsOn(at("add-team"))
	ada.hasTeam("Grace · given out automatically")

	// A second one, which Billing stands in for.
	ada.press(kb.Enter)
	ada.focusIsOn(at("team-name"))
	ada.paste(" billing ")
	ada.tabTo(at("save-team"))
	ada.press(kb.Enter)
	ada.shows("#team-name-problem", "There is already a team called Billing.")
	ada.replaces("Sales")
	ada.tabTo(at("team-member") + `[data-user="linus"]`)
	ada.press(" ")
	ada.chooses(at("team-fallback"), "B", "Billing gets the chats")
	ada.tabTo(at("save-team"))
	ada.press(kb.Enter)
	ada.shows(at("teams-said"), "Sales is saved.")
	ada.inBoth("the teams")
	ada.screen(360, 740)
	ada.fits("the teams, on a phone")
	ada.mayBePainted("teams-phone", 1400)
	ada.tabsTo(at("edit-team"))
	ada.press(kb.Enter)
	ada.fits("the form of a team, on a phone")
	ada.inBoth("the form of a team, on a phone")
	ada.mayBePainted("team-form-phone", 1600)
	ada.screen(1280, 800)

	// Another admin changes the teams meanwhile: what was typed stays, and is saved by a second press.
	bob := settingsOf(t, p)
	bob.click(at("ask-team"))
	bob.shows(at("teams-said"), "Visitors choose a team now.")
	ada.tabTo(at("team-name"))
	ada.replaces("Invoices")
	ada.allow(`status of 409 `)
	ada.tabTo(at("save-team"))
	ada.press(kb.Enter)
	ada.shows(at("teams-said"), "admin changed the teams in the meantime. What you typed is still here")
	ada.until("both are on the page", `() => document.querySelector('[data-testid="team-name"]').value === 'Invoices' && document.querySelector('[data-testid="ask-team"]').checked`)
	ada.press(kb.Enter)
	ada.shows(at("teams-said"), "Invoices is saved.")

	// A visitor chooses, by keyboard as well.
	v := newVisitor(t, p)
	v.startAs("Vera")
	v.tabTo(at("person"))
	v.press(kb.Enter)
	v.shows(at("teams"), "Sales")
	v.inBoth("which team")
	v.mayBePainted("which-team", 800)
	v.screen(360, 740)
	v.fits("which team, on a phone")
	v.mayBePainted("which-team-phone", 740)
	v.screen(1280, 800)
	v.until("a team has the focus", `() => document.activeElement.matches('[data-testid="to-team"]')`)
	v.press(kb.Tab)
	v.until("the next one has it", `() => document.activeElement.innerText === 'Sales' || document.activeElement.outerHTML`)
	v.press(kb.Enter)
	v.hears("in line")
	linus.seesWaiting("Vera")
	grace.shows(item, "Vera") // who looks at all lines

	// Deleting the team asks where she goes.
	bob.reload()
	bob.hasTeam("1 person is waiting")
	bob.until("the form of Sales", `() => { [...document.querySelectorAll('[data-testid="team"]')].find((el) => el.innerText.includes('Sales')).querySelector('[data-testid="edit-team"]').focus(); return true; }`)
	bob.press(kb.Enter)
	bob.tabTo(at("delete-team"))
	bob.press(kb.Enter)
	bob.focusIsOn(at("team-into"))
	bob.shows(".team-leaving", "1 person is waiting for this team. Where should their chats go?")
	bob.inBoth("where the chats of a team go")
	bob.mayBePainted("team-deleted", 1400)
	bob.chooses(at("team-into"), "I", "Invoices")
	bob.tabTo(at("really-delete"))
	bob.press(kb.Enter)
	bob.shows(at("teams-said"), "Sales is deleted.")
	bob.focusIsOn(at("add-team"))
	bob.hasTeam("Invoices")
	// Its new team is given its chats.
	grace.press("2")
	grace.shows(item+`[data-status="live"]`, "Vera")
	v.shows(at("log"), "Grace joined the chat.")
}

// A chat that waits for everybody is moved into a team's line by an agent; and the dialog says who
// is away, and which team there is instead.
func TestAWaitingChatIsMovedAndNobodyAwayIsChosen(t *testing.T) {
	p := startParley(t)
	admin, v := newAgent(t, p), newVisitor(t, p)
	admin.signIn()
	grace := admin.colleague(p, "grace", "Grace", "agent")
	linus := admin.colleague(p, "linus", "Linus", "agent")
	send := `async (method, path, body) => (await fetch(path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).ok`
	for _, ok := range []bool{
		get[bool](admin.page, send, "POST", "api/teams", map[string]any{"revision": 0, "team": map[string]any{"name": "Billing", "members": []string{"linus"}}}),
		get[bool](linus.page, send, "PUT", "api/me", map[string]bool{"away": true}),
	} {
		if !ok {
			t.Fatal("the team was not made, or Linus is not away")
		}
	}
	v.startAs("Vera")
	v.say("escalate")
	v.hears("in line")
	grace.seesWaiting("Vera")
	grace.opens()
	grace.shows(at("pass"), "Move…")
	grace.press("p")
	grace.shows(at("pass-dialog"), "Billing")
	grace.until("only lines are there", `(s) => document.querySelectorAll(s + ' [role=option]').length === 1 || document.querySelector(s).innerText`, at("pass-list"))
	grace.inBoth("into which line a chat goes")
	grace.tabTo(at("pass-along"))
	grace.paste("an invoice")
	grace.screen(360, 740)
	grace.fits("into which line, on a phone")
	grace.screen(1280, 800)
	grace.press(kb.Enter)
	grace.hides(at("pass-dialog"))
	v.shows(at("log"), "Grace passed the chat on to Billing.")
	grace.shows(at("agent-log"), "an invoice")

	// She steps in all the same, and would pass it on to Linus.
	grace.press("t")
	v.shows(at("log"), "Grace joined the chat.")
	grace.leavesTheField()
	grace.press("p")
	grace.shows(at("pass-list"), "away")
	grace.press("lin")
	grace.shows(at("pass-problem"), "Linus is away. Choose someone else, or pass the chat on to Billing.")
	grace.inBoth("somebody who is away is chosen")
	grace.press(kb.Enter)
	grace.shows(at("pass-dialog"), "Linus")
}
