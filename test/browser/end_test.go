package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

func TestAVisitorEndsOrCancelsNothingByASecondPress(t *testing.T) {
	p := startParley(t)
	v, a := newVisitor(t, p), newAgent(t, p)
	v.resize(320)
	v.startAs("Ada")
	v.click(at("person"))
	v.hears("in line")
	// The second half of a double click, which arrives when the answer is already
	// there.
	get[bool](v.page, `(s) => document.querySelector(s).dispatchEvent(new MouseEvent('click', {detail: 2, bubbles: true, cancelable: true}))`, at("person"))
	v.say("I wait")
	v.hasMessage("log", "visitor", "I wait")
	v.hears("in line")

	a.signIn()
	a.seesWaiting("Ada")
	a.opens()
	a.takes()
	v.hears("Admin from support")

	// By touch: a second press in the same place keeps the chat.
	v.click(at("end-chat"))
	v.shows(at("end-sure"), "End the chat")
	v.fits("the question")
	v.inBoth("the question")
	v.until("what can be pressed is large enough", large)
	at1 := get[[]float64](v.page, `(s) => { const box = document.querySelector(s).getBoundingClientRect(); return [box.x, box.y]; }`, at("end-not"))
	v.click(at("end-not"))
	v.hides(at("end-sure"))
	if at0 := get[[]float64](v.page, `(s) => { const box = document.querySelector(s).getBoundingClientRect(); return [box.x, box.y]; }`, at("end-chat")); at0[0] != at1[0] || at0[1] != at1[1] {
		t.Errorf("the button that keeps the chat is at %v, the one that asks is at %v", at1, at0)
	}

	// By keyboard: the focus stays in the same place.
	v.click(at("composer"))
	v.tabTo(at("end-chat"))
	v.press(kb.Enter)
	v.focusIsOn(at("end-not"))
	v.press(kb.Enter)
	v.focusIsOn(at("end-chat"))
	v.hears("Admin from support")
	v.press(kb.Enter)
	v.tabTo(at("end-sure"))
	v.press(kb.Enter)
	v.hears("This chat is closed")
	v.focusIsOn(at("person"))
}
