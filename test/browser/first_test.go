package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

func TestAQuestionThatWasPressedWaitsForTheName(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.wears(`{"greeting":"Welcome to <b>our</b> shop.","starters":["Where is my order?","How do returns work?"]}`)
	v.shows(at("greeting"), "Welcome to <b>our</b> shop.") // text, never HTML
	v.inBoth("the beginning")
	v.click(".starters li:first-child button")
	v.shows(at("question"), "Where is my order?")
	v.focusIsOn(at("name-input"))
	v.startAs("Ada")
	v.hasMessage("log", "visitor", "Where is my order?")
	v.answered()
	if n := get[int](v.page, `() => document.querySelectorAll('[data-testid="message"][data-role="visitor"]').length`); n != 1 {
		t.Errorf("the question was sent %d times", n)
	}
}

func TestWhereNoNameIsAskedTheFieldIsThereAtOnce(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.wears(`{"ask_name":"later","starters":["How do returns work?"]}`)
	v.fill(at("composer"), "Half a quest")
	v.reload()
	v.until("what was typed is still there", `(s) => document.querySelector(s)?.value === 'Half a quest'`, at("composer"))
	v.click(at("starter"))
	v.hasMessage("log", "visitor", "How do returns work?")
	v.answered()
	v.until("the draft is untouched", `(s) => document.querySelector(s).value === 'Half a quest'`, at("composer"))
	v.reload()
	v.hasMessage("log", "visitor", "How do returns work?")

	// Asked for after the first answer, never before; agents and a reload know the name.
	v.shows(at("given"), "What should we call you?")
	v.inBoth("the name is asked for")
	a := newAgent(t, p)
	a.signIn()
	v.fill(at("given-name"), "Ada Lovelace")
	v.press(kb.Enter)
	v.shows(at("log"), "Nice to meet you, Ada Lovelace!")
	v.hides(at("given"))
	v.focusIsOn(at("composer"))
	v.click(at("person"))
	a.shows(item, "Ada Lovelace")
	v.click(at("person"))
	v.reload()
	v.hasMessage("log", "visitor", "How do returns work?")
	v.hides(at("given"))
	v.click(at("menu"))
	v.shows("#menu", "Chatting as Ada Lovelace")
	v.press(kb.Escape)

	// A fresh start under the same name: the log is empty, and the next page knows only that chat.
	v.click(at("menu"))
	v.click(at("anew"))
	v.click(at("anew-confirm"))
	v.until("the new chat is empty", `() => document.querySelector('[data-testid="composer"]') !== null && document.querySelectorAll('[data-testid="message"]').length === 0`)
	v.say("Once more")
	v.answered()
	v.reload()
	v.hasMessage("log", "visitor", "Once more")
	if n := get[int](v.page, `() => document.querySelectorAll('[data-testid="message"][data-role="visitor"]').length`); n != 1 {
		t.Errorf("the new chat holds %d messages of the visitor", n)
	}
}
