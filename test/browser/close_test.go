package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// focusIsOn waits until an element has the focus.
func (g *page) focusIsOn(selector string) {
	g.t.Helper()
	g.until(selector+" has the focus", `(s) => document.activeElement?.matches(s) || document.activeElement?.outerHTML.slice(0, 200)`, selector)
}

// meets has an agent take the chat of a visitor who has asked for a person.
func (a agent) meets(v visitor, name string) {
	a.t.Helper()
	v.startAs(name)
	v.click(at("person"))
	a.seesWaiting(name)
	a.opens()
	a.click(at("take"))
	a.focusIsOn(at("agent-composer"))
	v.hears("Admin from support")
}

func TestAChatIsClosedOnlyWhenThatIsMeant(t *testing.T) {
	p := startParley(t)
	v, a := newVisitor(t, p), newAgent(t, p)
	a.resize(375)
	a.signIn()
	a.meets(v, "Ada")

	// By touch: closing a chat takes two presses, and then a confirmation.
	a.hides(at("close-chat"))
	a.click(at("acts"))
	a.fits("what can be done")
	a.click(at("close-chat"))
	a.shows(at("close-dialog"), "Close the chat with Ada?")
	a.resize(320)
	a.fits("the question")
	a.inBoth("the question")
	a.click(at("close-not"))
	a.hides(at("close-dialog"))
	a.focusIsOn(at("acts"))

	// By keyboard: text that was meant for the field does not close anything.
	a.do("be a desk", chromedp.EmulateViewport(1280, 800))
	a.fill(at("agent-composer"), "Half a sentence")
	a.leavesTheField()
	a.press("x")
	a.shows(at("close-dialog"), "What stands in your field is not sent.")
	a.focusIsOn(at("close-not"))
	a.press(" ")
	a.hides(at("close-dialog"))
	a.hold("x")
	a.shows(at("close-dialog"), "Close the chat with Ada?")
	a.press(kb.Escape)
	a.hides(at("close-dialog"))
	v.say("Still there?")
	a.hasMessage("agent-log", "visitor", "Still there?")
	v.hears("Admin from support")

	// The question goes away if the visitor ends the chat first.
	a.click(at("close-chat"))
	a.shows(at("close-dialog"), "")
	v.endsTheChat()
	a.hides(at("close-dialog"))
	a.press("x")
	a.shows(at("toast"), "This chat is closed already.")

	v.say("escalate")
	a.shows(at("take"), "")
	a.click(at("take"))
	a.focusIsOn(at("agent-composer"))
	a.click(at("close-chat"))
	a.press("x")
	v.hears("This chat is closed")
	// The button is gone, but the focus did not get lost with it.
	a.hides(at("close-chat"))
	a.focusIsOn(".room h2")
}

// hold holds a key down until it repeats.
func (g *page) hold(key string) {
	g.t.Helper()
	get[bool](g, `async (key) => {
		for (const repeat of [false, true, true]) {
			document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, repeat, bubbles: true, cancelable: true}));
			for (let i = 0; i < 100; i++) await null;
		}
		return true;
	}`, key)
}

func TestADialogGivesTheFocusBack(t *testing.T) {
	p := startParley(t)
	a := newAgent(t, p)
	a.signIn()
	for _, leave := range []func(){
		func() { a.click(at("dialog-close")) },
		func() { a.press(kb.Escape) },
	} {
		a.click(at("account"))
		a.click(at("menu-keys"))
		a.shows(at("keys-dialog"), "")
		leave()
		a.hides(at("keys-dialog"))
		a.focusIsOn(at("account"))
	}
	// A dialog that Escape has closed is gone before it can be opened again.
	a.press("?")
	a.shows(at("keys-dialog"), "")
	if !get[bool](a.page, `async () => {
		document.querySelector('dialog').dispatchEvent(new Event('cancel', {cancelable: true}));
		for (let i = 0; i < 100; i++) await null;
		return document.querySelector('dialog') === null;
	}`) {
		t.Error("after Escape the dialog is still there")
	}
	// A dialog that has just closed does not take the next one with it.
	a.click(at("account"))
	a.click(at("menu-keys"))
	a.shows(at("keys-dialog"), "")
	get[bool](a.page, `async () => {
		document.querySelector('[data-testid="dialog-close"]').click();
		for (let i = 0; i < 20; i++) await null;
		return document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '?', bubbles: true, cancelable: true}));
	}`)
	a.until("two frames were drawn", `() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
	a.shows(at("keys-dialog"), "")
}
