package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// opensPeople opens the accounts.
func (a agent) opensPeople() {
	a.t.Helper()
	a.click(at("account"))
	a.click(at("menu-people"))
	a.shows(at("people-list"), "admin")
}

// rule is a rule for new passwords beside a field that shows it as said, met or broken.
func rule(name, how string) string {
	return at("password-rules") + ` [data-rule="` + name + `"]` + how
}

// Whoever chooses a password reads what it takes first, and what is missing once the server
// refuses it, beside the field.
func TestTheRulesForPasswordsAreSaidBeforeTheyFail(t *testing.T) {
	p := startParley(t)
	a := newAgent(t, p)
	a.allow(`status of (400|409) .*/api/(agents|password)`)
	a.signIn()

	a.opensPeople()
	a.click(at("people-how"))
	for _, each := range []string{"length", "different", "name", "common"} {
		a.shows(rule(each, ":not([data-met]):not([data-broken])"), "")
	}
	a.fill(at("people-name"), "Grace Zweiglin")
	a.fill(at("people-user"), "grace")
	a.click(at("people-password"))
	a.press("zwe")
	a.shows(rule("different", ":not([data-met])"), "")
	a.press("iglin-")
	a.shows(rule("different", "[data-met]"), "")
	a.shows(rule("length", ":not([data-met])"), "")
	a.press("9")
	a.shows(rule("length", "[data-met]"), "")
	a.shows(rule("name", ":not([data-met]):not([data-broken])"), "") // not judged yet
	a.press(kb.Enter)
	a.shows(at("people-password-problem"), "little more than a name")
	a.shows(rule("name", "[data-broken]"), "")
	a.focusIsOn(at("people-password"))
	a.inBoth("a refused password")
	a.screen(360, 740)
	a.fits("people on a phone")
	a.accessible("people on a phone")
	a.screen(1280, 800)
	a.fill(at("people-password"), "Password123")
	a.press(kb.Enter)
	a.shows(at("people-password-problem"), "attackers guess first")
	a.shows(rule("common", "[data-broken]"), "")
	a.fill(at("people-user"), "admin")
	a.press(kb.Enter)
	a.focusIsOn(at("people-password"))
	a.fill(at("people-password"), "three unrelated words")
	a.shows(rule("common", ":not([data-broken])"), "")
	a.press(kb.Enter)
	a.shows(at("people-dialog"), "There is already an account")
	a.focusIsOn(at("people-user"))
	a.fill(at("people-user"), "grace")
	a.press(kb.Enter)
	a.shows(`[data-user="grace"]`, "Grace Zweiglin")
	a.press(kb.Escape)

	a.click(at("account"))
	a.click(at("menu-password"))
	a.shows(rule("length", ""), "10 to 200 characters")
	a.fill(at("password-old"), "not the password")
	a.fill(at("password-new"), "abababababab")
	a.press(kb.Enter)
	a.shows(at("password-new-problem"), "too few different")
	a.focusIsOn(at("password-new"))
	a.fill(at("password-new"), "quite another password")
	a.press(kb.Enter)
	a.shows(at("password-old-problem"), "wrong")
	a.focusIsOn(at("password-old"))
	a.inBoth("a wrong current password")
	a.fill(at("password-old"), adminPassword)
	a.press(kb.Enter)
	a.hides(at("password-dialog"))
}

// What the whole way of an invite looks like: an admin makes a link, somebody else opens it in
// another browser, chooses a name and a password and is in; nobody else is, with that link.
func TestSomebodyIsInvitedAndJoins(t *testing.T) {
	p := startParley(t)
	admin := newAgent(t, p)
	admin.allow(`status of (400|409) .*/api/(agents|invites)`)
	admin.signIn()
	admin.opensPeople()
	admin.fill(at("people-name"), "Zoë Müller")
	admin.until("a user name is proposed", `(s) => document.querySelector(s).value === 'zoe.muller' || document.querySelector(s).value`, at("people-user"))
	admin.press(kb.Enter)
	admin.shows(`[data-user="zoe.muller"]`, "invited, link works until")
	admin.focusIsOn(at("invite-link"))
	admin.inBoth("a new invite")
	admin.mayBePainted("people-invited", 800)
	admin.screen(360, 740)
	admin.fits("a new invite on a phone")
	admin.accessible("a new invite on a phone")
	admin.screen(1280, 800)
	admin.click(at("invite-copy"))
	admin.shows(at("invite-copy"), "Copied")
	first := admin.link()
	admin.click(at("invite-renew"))
	admin.until("it is another link", `(s, old) => document.querySelector(s).value !== old`, at("invite-link"), first)
	link := admin.link()
	if !strings.HasPrefix(link, p.url+"/agent#invite=zoe.muller.") {
		t.Errorf("the link is %s", link)
	}

	zoe := newcomer(t, first)
	zoe.shows(at("join-over"), "doesn’t work")
	zoe.inBoth("a link that was replaced")
	zoe.click(at("join-sign-in"))
	zoe.shows(at("login-user"), "")
	// The page is there already: only what follows the # changes.
	get[bool](zoe.page, `(link) => { location.href = link; return true; }`, link)
	zoe.shows(at("join"), "You’ve been invited to answer chats")
	zoe.focusIsOn(at("join-name"))
	zoe.inBoth("joining")
	zoe.mayBePainted("join", 800)
	zoe.screen(360, 740)
	zoe.fits("joining on a phone")
	zoe.accessible("joining on a phone")
	zoe.screen(1280, 800)
	zoe.tabTo(at("join-password"))
	zoe.press("muller-2026")
	zoe.press(kb.Enter)
	zoe.shows(at("join-password-problem"), "little more than a name")
	zoe.focusIsOn(at("join-password"))
	zoe.inBoth("a refused password")
	zoe.fill(at("join-name"), "Zoë")
	zoe.fill(at("join-password"), "three unrelated words")
	zoe.tabTo(at("join-submit"))
	zoe.press(kb.Enter)
	zoe.shows(at("console"), "")
	zoe.until("the token is gone from the address", `() => location.hash === '' || location.href`)
	zoe.reload()
	zoe.shows(at("console"), "")

	// Who is signed in does not use up a link by opening it.
	get[bool](zoe.page, `(link) => { location.href = link; return true; }`, link)
	zoe.shows(at("join-signed-in"), "You’re signed in as Zoë")
	zoe.inBoth("a link while signed in")
	zoe.click(at("join-console"))
	zoe.shows(at("console"), "")

	other := newcomer(t, link)
	other.shows(at("join-over"), "used already")

	admin.press(kb.Escape)
	admin.opensPeople()
	admin.shows(`[data-user="zoe.muller"]`, "Zoë")
	admin.shows(`[data-user="zoe.muller"]`, "Agent")
	admin.fill(at("people-name"), "Eve")
	admin.press(kb.Enter)
	admin.shows(`[data-user="eve"]`, "invited")
	withdrawn := admin.link()
	admin.click(at("invite-withdraw"))
	admin.hides(`[data-user="eve"]`)
	admin.focusIsOn(at("people-name"))
	late := newcomer(t, withdrawn)
	late.shows(at("join-over"), "withdrawn")
	if said := p.said.String(); strings.Contains(said, strings.TrimPrefix(link, p.url+"/agent#invite=zoe.muller.")) {
		t.Error("the log holds an invite's token")
	}
}

// link is the address of the invite that was just made.
func (a agent) link() string {
	a.t.Helper()
	a.shows(at("invite-made"), "")
	return get[string](a.page, `(s) => document.querySelector(s).value`, at("invite-link"))
}

// newcomer opens an invite's link in a fresh profile.
func newcomer(t *testing.T, link string) agent {
	t.Helper()
	who := agents.person(t, "newcomer")
	a := agent{who.tab(), who}
	a.allow(`status of 401 .*/api/me\)`)
	a.allow(`status of (400|410) .*/api/(invite|join|reset|renew)\)`)
	a.open(link)
	return a
}

// Where the system has its own colors, a button still has an edge, and the main one stands out.
func TestButtonsAreToldApartInForcedColors(t *testing.T) {
	p := startParley(t)
	a := newAgent(t, p)
	a.signIn()
	a.opensPeople()
	a.forcesColors()
	a.until("quiet and main differ, and both have an edge", `(quiet, main) => {
		const [q, m] = [quiet, main].map((s) => getComputedStyle(document.querySelector(s)));
		const edge = (style) => parseFloat(style.borderTopWidth) >= 1 && !/rgba\([^)]*, 0\)|transparent/.test(style.borderTopColor);
		return edge(q) && edge(m) && q.backgroundColor !== m.backgroundColor || [q.borderTopColor, m.borderTopColor, q.backgroundColor, m.backgroundColor];
	}`, at("people-how"), at("people-add"))
	a.accessible("people in forced colors")
}
