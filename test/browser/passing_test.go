package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

const staffPassword = "three unrelated words"

// colleague makes an account with that role and signs it in, in a browser of its own.
func (a agent) colleague(p *parley, user, name, role string) agent {
	a.t.Helper()
	get[bool](a.page, `async (account) => (await fetch('api/agents', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(account) })).ok`,
		map[string]string{"user": user, "name": name, "role": role, "password": staffPassword})
	c := newAgent(a.t, p)
	c.fill(at("login-user"), user)
	c.fill(at("login-password"), staffPassword)
	c.press(kb.Enter)
	c.shows(at("console"), "")
	c.screen(1280, 800)
	return c
}

// Three agents and a supervisor, and all of it by keyboard: a chat goes from one to another
// with a note, is taken over, and the visitor reads each time who is there.
func TestAChatIsPassedOnAndTakenOverByKeyboard(t *testing.T) {
	p := startParley(t)
	admin, v := newAgent(t, p), newVisitor(t, p)
	admin.signIn()
	grace := admin.colleague(p, "grace", "Grace", "agent")
	linus := admin.colleague(p, "linus", "Linus", "agent")
	ada := admin.colleague(p, "ada", "Ada", "supervisor")
	v.startAs("Vera")
	v.say("escalate")
	v.hears("in line")

	// The supervisor gives the chat to Grace.
	ada.seesWaiting("Vera")
	ada.opens()
	ada.shows(at("pass"), "Assign…")
	ada.press("p")
	ada.shows(at("pass-dialog"), "Grace")
	ada.focusIsOn(at("pass-find"))
	ada.inBoth("whom to assign a chat")
	ada.mayBePainted("assign", 800)
	ada.press("gra")
	ada.until("only Grace fits", `(s) => [...document.querySelectorAll(s + ' [role=option]')].map((el) => el.dataset.user).join() === 'grace' || document.querySelector(s).innerText`, at("pass-list"))
	ada.press(kb.Enter)
	ada.hides(at("pass-dialog"))
	v.shows(at("log"), "Grace joined the chat.")
	grace.press("2") // their own chats
	grace.shows(item+`[data-status="live"]`, "Vera")
	grace.opens()
	grace.shows(at("agent-log"), "Ada assigned the chat to Grace.")
	grace.press("r")
	grace.answers("Hello, I'm Grace")
	grace.leavesTheField()

	// Grace passes it on to Linus, with a note.
	grace.press("p")
	grace.shows(at("pass-dialog"), "The queue")
	grace.inBoth("whom to pass a chat on to")
	grace.press("lin")
	grace.press(kb.Tab)
	grace.focusIsOn(at("pass-along"))
	grace.paste("wants a refund")
	// Closed by a slip, it still has what was typed.
	grace.press(kb.Escape)
	grace.hides(at("pass-dialog"))
	grace.press("p")
	grace.shows(at("pass-dialog"), "The queue")
	grace.press("lin")
	grace.press(kb.Tab)
	grace.focusIsOn(at("pass-along"))
	grace.until("the note is still there", `() => document.activeElement.value === 'wants a refund' || document.activeElement.value`)
	grace.mayBePainted("pass-on", 800)
	grace.screen(360, 740)
	grace.fits("passing on, on a phone")
	grace.mayBePainted("pass-on-phone", 740)
	grace.screen(1280, 800)
	grace.press(kb.Enter)
	grace.hides(at("pass-dialog"))
	v.shows(at("log"), "Grace passed the chat on to Linus.")
	grace.shows(at("agent-log"), "Grace passed the chat on to Linus.")
	linus.shows(".toasts", "Grace passed Vera on to you.")
	linus.press("2")
	linus.shows(item+`[data-status="live"]`, "Vera")
	linus.opens()
	linus.shows(at("agent-log"), "wants a refund")
	linus.mayBePainted("passed-on", 800)
	linus.press("r")
	linus.answers("I see to it")

	// The supervisor takes over; a text that Linus was writing is kept.
	linus.paste("half a sentence")
	ada.shows(at("take-over"), "Take over")
	ada.mayBePainted("supervisor", 800)
	ada.inBoth("somebody's chat, for a supervisor")
	ada.tabTo(at("take-over"))
	ada.press(kb.Enter)
	v.shows(at("log"), "Ada took over from Linus.")
	linus.shows(".toasts", "Ada took over the chat with Vera from you.")
	linus.shows(at("gone"), "Ada has this chat.")
	linus.mayBePainted("taken-over", 800)
	ada.until("the chat is hers", `(s) => document.querySelector(s)?.dataset.status === 'live' && document.querySelector('[data-testid="agent-composer"]') !== null`, at("room"))
	ada.press("r")
	ada.answers("I'm Ada")
	v.shows(at("log"), "I'm Ada")
	v.mayBePainted("visitor-taken-over", 800)
}

// A reader reads along: nothing invites to write, and what the role becomes shows at once.
func TestAReaderReadsAlongUntilTheRoleIsAnother(t *testing.T) {
	p := startParley(t)
	admin, v := newAgent(t, p), newVisitor(t, p)
	admin.signIn()
	rhea := admin.colleague(p, "rhea", "Rhea", "reader")
	v.startAs("Vera")
	v.say("escalate")
	v.hears("in line")
	rhea.seesWaiting("Vera")
	rhea.opens()
	rhea.shows(at("reads"), "Vera is waiting for a person. You’re reading along.")
	for _, key := range []string{"t", "n", "r", "p", "x", "/"} {
		rhea.press(key)
	}
	rhea.inBoth("a reader's console")
	rhea.mayBePainted("reader", 800)
	rhea.hides(at("take"))
	rhea.hides(at("agent-composer"))
	rhea.hides(at("acts"))
	rhea.hides(at("tag-field"))

	admin.opensPeople()
	admin.shows(`[data-user="rhea"]`, "rhea")
	admin.mayBePainted("people", 800)
	admin.inBoth("people and their roles")
	get[bool](admin.page, `(s) => { const select = document.querySelector(s); select.value = 'agent'; select.dispatchEvent(new Event('change', { bubbles: true })); return true; }`, `[data-user="rhea"] `+at("person-role"))
	rhea.shows(".toasts", "Your role is Agent now.")
	rhea.shows(at("take"), "Take chat")
	rhea.takes()
	rhea.answers("Now I may")
}

// Somebody forgot the password: an admin makes a link, and all earlier sessions end when it
// is used.
func TestAForgottenPasswordIsSetByALink(t *testing.T) {
	p := startParley(t)
	admin := newAgent(t, p)
	admin.signIn()
	grace := admin.colleague(p, "grace", "Grace", "agent")
	admin.opensPeople()
	admin.click(`[data-user="grace"] ` + at("person-more"))
	admin.shows(at("person-link"), "Link for a new password")
	admin.inBoth("more about a person")
	admin.mayBePainted("person-more", 800)
	admin.click(at("person-link"))
	admin.focusIsOn(at("invite-link"))
	admin.shows(at("invite-made"), "Link for Grace to choose a new password")
	admin.mayBePainted("person-link", 800)
	admin.screen(360, 740)
	admin.fits("people on a phone")
	admin.mayBePainted("people-phone", 740)
	admin.screen(1280, 800)
	link := admin.link()

	fresh := newcomer(t, link)
	fresh.shows(at("reset-page"), "Hi Grace.")
	fresh.focusIsOn(at("reset-password"))
	fresh.inBoth("a new password by a link")
	fresh.mayBePainted("reset", 800)
	fresh.fill(at("reset-password"), "four unrelated words here")
	fresh.press(kb.Enter)
	fresh.shows(at("console"), "")
	grace.shows(at("login-user"), "")
	late := newcomer(t, link)
	late.shows(at("reset-over"), "used already")

	// And out everywhere, by oneself.
	fresh.click(at("account"))
	fresh.click(at("sign-out-all"))
	fresh.shows(at("out-dialog"), "Sign out everywhere?")
	fresh.inBoth("signing out everywhere")
	fresh.mayBePainted("out", 800)
	fresh.click(at("out-do"))
	fresh.shows(at("login-user"), "")
}
