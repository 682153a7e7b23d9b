package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// makesTeams creates two teams by the API, as the settings page does, and has visitors choose.
func (a agent) makesTeams(members map[string][]string) {
	a.t.Helper()
	get[bool](a.page, `async (teams) => {
		const call = async (method, path, body) => (await fetch('api/' + path, {method, headers: {'Content-Type': 'application/json'}, body: body && JSON.stringify(body)})).json();
		let { revision } = await call('GET', 'teams');
		for (const [name, members] of Object.entries(teams)) ({ revision } = await call('POST', 'teams', { revision, team: { name, members } }));
		return (await call('PUT', 'teams', { revision, ask: true })).ask;
	}`, members)
}

// passesTo passes the open chat on to whoever is found by some letters, with words that go
// along, by keyboard.
func (a agent) passesTo(letters, along string) {
	a.t.Helper()
	a.leavesTheField()
	a.press("p")
	a.focusIsOn(at("pass-find"))
	a.press(letters)
	a.until("one fits", `() => document.querySelectorAll('[data-testid="pass-list"] [role="option"]').length === 1 || document.querySelector('[data-testid="pass-list"]')?.innerText`)
	a.press(kb.Tab)
	a.focusIsOn(at("pass-along"))
	a.paste(along)
	a.press(kb.Enter)
	a.hides(at("pass-dialog"))
}

// Three agents and a supervisor in two teams: a visitor chooses a team; a colleague is
// mentioned; a draft goes on at another device; the chat goes to a person, to the other team, to
// sleep until the visitor writes, and to the supervisor, whose macro answers, tags and closes.
// Agents work by keyboard, and the visitor reads each time who is there.
func TestTwoTeamsAndASupervisorShareTheDesk(t *testing.T) {
	p := startParley(t)
	admin := newAgent(t, p)
	admin.signIn()
	grace := admin.colleague(p, "grace", "Grace", "agent")
	linus := admin.colleague(p, "linus", "Linus", "agent")
	marie := admin.colleague(p, "marie", "Marie", "agent")
	ada := admin.colleague(p, "ada", "Ada", "supervisor")
	// The visitor's page is older than the teams, and what it would do apart from others never comes.
	v := newVisitor(t, p)
	get[bool](v.page, `() => { Math.random = () => 1e6; return true; }`)
	admin.makesTeams(map[string][]string{"Billing": {"grace", "linus"}, "Shipping": {"marie"}})

	// The visitor chooses a team.
	v.startAs("Vera")
	v.say("I paid twice.")
	v.answered()
	v.click(at("person"))
	v.shows(at("teams"), "Shipping")
	v.inBoth("the choice of a team")
	v.mayBePainted("two-teams-choice", 800)
	v.click(at("to-team") + ":first-of-type")
	v.hears("in line")

	// The line of one team is not the other's to take first.
	marie.seesWaiting("Vera")
	marie.shows(item, "Billing")
	grace.seesWaiting("Vera")
	grace.opens()
	grace.takes()
	grace.shows(at("agent-log"), "joined the chat")

	// A colleague is mentioned in a note.
	grace.leavesTheField()
	grace.press("n")
	grace.until("the field is a note", `() => document.activeElement?.getAttribute('aria-label') === 'Note for agents' || document.activeElement.outerHTML`)
	grace.press("Is that known? @lin")
	grace.shows(at("mention-list"), "Linus")
	grace.press(kb.Enter)
	grace.press(kb.Enter)
	linus.shows(at("mentioned"), "Grace mentioned you")
	linus.inBoth("somebody was mentioned")

	// What was begun at one device goes on at another.
	phone := newAgent(t, p)
	phone.fill(at("login-user"), "grace")
	phone.fill(at("login-password"), staffPassword)
	phone.press(kb.Enter)
	phone.shows(at("console"), "")
	phone.screen(390, 844)
	grace.leavesTheField()
	grace.press("r")
	grace.paste("Let me look")
	grace.until("it is kept", `() => Object.keys(localStorage).some((key) => key.includes('.draft.') && JSON.parse(localStorage[key]).edition > 0)`)
	phone.click(at("list-mine"))
	phone.opens()
	phone.field("Let me look")
	phone.fits("a draft on a phone")
	phone.inBoth("a draft on a phone")
	phone.click(at("agent-composer"))
	phone.press(kb.End)
	phone.paste(" that up.")
	phone.press(kb.Enter)
	v.hasMessage("log", "agent", "Let me look that up.")
	grace.hasMessage("agent-log", "agent", "Let me look that up.")

	// To a person of the team.
	grace.passesTo("linu", "paid twice, see the note")
	linus.shows(".toasts", "Grace passed Vera on to you.")
	v.shows(at("log"), "Grace passed the chat on to Linus.")
	linus.press("2")
	linus.shows(item+`[data-status="live"]`, "Vera")
	linus.opens()
	linus.shows(at("agent-log"), "paid twice, see the note")
	linus.inBoth("a chat that was passed on")
	linus.press("r")
	linus.answers("The second payment is on its way back.")

	// To the other team, where somebody takes it.
	linus.passesTo("shipp", "the parcel, too, please")
	v.hears("in line")
	marie.shows(item+`[data-status="waiting"]`, "Shipping")
	marie.opens()
	marie.takes()
	marie.shows(at("agent-log"), "the parcel, too, please")
	marie.answers("Your parcel left today.")
	v.hears("Marie")
	v.inBoth("a chat that went through two teams")
	v.mayBePainted("two-teams-visitor", 800)

	// She snoozes it for an hour; what the visitor writes wakes it at once.
	marie.leavesTheField()
	marie.press("l")
	marie.focusIsOn(at("snooze-hour"))
	marie.press(kb.Enter)
	marie.hides(at("snooze-dialog"))
	marie.shows(at("chat-status"), "Snoozed")
	v.say("It has arrived!")
	marie.shows(at("agent-log"), "The chat woke up.")
	marie.until("it is awake", `(s) => !document.querySelector(s).innerText.includes('Snoozed') || document.querySelector(s).innerText`, at("chat-status"))
	marie.hasMessage("agent-log", "visitor", "It has arrived!")

	// The supervisor sees all of it, and takes over.
	ada.press("3")
	ada.chooses(at("line"), "S", "Shipping") // the chats of one team
	ada.shows(item, "Vera")
	ada.opens()
	ada.shows(at("take-over"), "Take over")
	ada.inBoth("all chats, for a supervisor")
	ada.mayBePainted("two-teams-supervisor", 800)
	ada.tabTo(at("take-over"))
	ada.press(kb.Enter)
	v.shows(at("log"), "Ada took over from Marie.")
	marie.shows(".toasts", "Ada took over the chat with Vera from you.")
	ada.until("the chat is hers", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'live' && document.querySelector('[data-testid="agent-composer"]') !== null`)

	// A macro answers, tags and closes.
	ada.leavesTheField()
	ada.click(at("account"))
	ada.click(at("menu-canned"))
	ada.shows(at("canned-dialog"), "Yours")
	ada.fill(at("canned-title"), "Paid twice")
	ada.fill(at("canned-text"), "It is paid back, {first name}. Goodbye!")
	ada.fill(at("canned-tags"), "refund")
	ada.chooses(at("canned-then"), "Close", "Close the chat")
	ada.click(at("canned-save"))
	ada.shows(at("canned-dialog"), "“Paid twice” is saved.")
	ada.press(kb.Escape)
	ada.hides(at("canned-dialog"))
	ada.press("r")
	ada.press("/paid")
	ada.press(kb.Enter)
	ada.field("It is paid back, Vera. Goodbye!")
	ada.shows(at("further"), "Close the chat")
	ada.press(kb.Enter)
	v.hasMessage("log", "agent", "It is paid back, Vera. Goodbye!")
	ada.shows(at("tags"), "refund")
	v.hears("This chat is closed")
	v.inBoth("a chat that four people answered")
	v.mayBePainted("two-teams-closed", 800)
}
