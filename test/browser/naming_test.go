package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// The first admin's name is one that the program made up. Before visitors read it, the
// console asks for another, where it is in nobody's way.
func TestTheFirstAdminIsAskedWhatVisitorsShouldCallThem(t *testing.T) {
	p := startParley(t)
	v, a := newVisitor(t, p), newAgent(t, p)
	a.signIn()
	a.shows(at("naming"), "Right now they see “Admin from support”.")
	a.inBoth("asked for a name")
	for _, width := range []int64{320, 375, 1280} {
		a.resize(width)
		a.shows(at("naming"), "")
		a.fits("asked for a name")
		a.until("on a phone the list has the whole screen", `() => innerWidth > 400 || document.querySelector('.queue').getBoundingClientRect().width === innerWidth`)
	}
	a.mayBePainted("asked-for-a-name", 700)
	a.tabTo(at("naming-save"))
	a.press(kb.Enter)
	a.shows(at("naming-problem"), "Please enter a name.")
	a.focusIsOn(at("naming-name"))
	a.press("Grace")
	a.shows(at("naming"), "They’ll see “Grace from support”.")
	a.until("it says no more what was wrong", `(s) => document.querySelector(s).innerText.trim() === ''`, at("naming-problem"))

	// It is never over a chat, and what was typed is there afterwards.
	v.startAs("Ada")
	v.click(at("person"))
	a.seesWaiting("Ada")
	a.opens()
	a.hides(at("naming"))
	a.click(at("take"))
	a.focusIsOn(at("agent-composer"))
	v.hears("Admin from support")
	a.reload() // forgets what was typed
	a.shows(at("room"), "Ada")
	a.hides(at("naming"))

	// A phone shows it in the list, once no visitor needs the agent.
	a.resize(375)
	a.click(at("back"))
	a.hides(at("naming"))
	v.endsTheChat()
	a.shows(at("naming"), "Right now")
	a.inBoth("asked for a name, on a phone")
	a.types(at("naming-name"), "  Grace   Hopper ")
	a.tabTo(at("naming-save"))
	a.press(" ")
	a.hides(at("naming"))
	a.focusIsOn(`.tabs [aria-selected="true"]`)
	a.until("the console has the name", `(s) => document.querySelector(s).getAttribute('aria-label') === 'Grace Hopper: menu'`, at("account"))
	a.reload()
	a.shows(at("console"), "")
	a.hides(at("naming"))
	a.resize(1280)
	v.click(at("person"))
	a.seesWaiting("Ada")
	a.opens()
	a.takes()
	v.hears("Grace Hopper from support")
}

// Whoever wants to keep the name, or does not want to be asked now, is not asked again.
func TestWhoDoesNotWantToBeNamedNowIsNotAskedAgain(t *testing.T) {
	p := startParley(t)
	a := newAgent(t, p)
	a.signIn()
	a.click(at("naming-later"))
	a.hides(at("naming"))
	a.focusIsOn(`.tabs [aria-selected="true"]`)
	a.reload()
	a.shows(at("console"), "")
	a.hides(at("naming"))
	other := newAgent(t, p) // another browser of the same person
	other.signIn()
	other.shows(at("queue"), "waiting")
	other.hides(at("naming"))
}
