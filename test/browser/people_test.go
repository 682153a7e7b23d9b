package browser

import (
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
	for _, each := range []string{"length", "different", "name", "common"} {
		a.shows(rule(each, ":not([data-met]):not([data-broken])"), "")
	}
	a.fill(at("people-user"), "grace")
	a.fill(at("people-name"), "Grace Zweiglin")
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
