package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// An agent writes what a chat is about, an address, a language and an attribute on its card, with
// the keyboard alone, and another agent reads them. What does not fit is refused with a sentence.
func TestAnAgentWritesOnTheCard(t *testing.T) {
	p := startParley(t)
	v, a := newVisitor(t, p), newAgent(t, p)
	v.startAs("Ada")
	v.say("What is Parley?")
	v.answered()
	a.signIn()
	a.screen(1440, 900)
	a.click(at("list-all"))
	a.shows(item, "Ada")
	a.opens()
	get[bool](a.page, `(s) => { document.querySelector(s + ' summary').focus(); return true; }`, at("card"))
	a.press(kb.Enter)
	write := func(name, text string) {
		t.Helper()
		a.press(kb.Tab)
		a.focusIsOn(at("card-" + name + "-field"))
		a.paste(text)
		a.press(kb.Enter)
	}
	write("title", "Wants a refund")
	a.shows(at("card-title"), "Wants a refund")
	a.focusIsOn(at("card-title-field"))
	write("address", "ada@example.com")
	a.shows(at("email"), "ada@example.com")
	write("language", "pt-BR")
	a.shows(at("about-language"), "Brazilian Portuguese")
	write("set", "plan: pro = gold")
	a.shows(at("attributes"), "pro = gold")
	a.inBoth("the card's form")
	a.screen(375, 800)
	a.click(at("context-toggle"))
	a.fits("the card's form")
	a.screen(1440, 900)

	other := newAgent(t, p)
	other.signIn()
	other.screen(1440, 900)
	other.click(at("list-all"))
	other.opens()
	other.shows(at("card-title"), "Wants a refund")
	other.shows(at("attributes"), "pro = gold")

	a.fill(at("card-set-field"), strings.Repeat("k", 65)+": v")
	a.press(kb.Enter)
	a.shows(`[data-testid="toast"]`, "This name of an attribute has 65 characters; it can have 64.")
	a.fill(at("card-set-field"), "plan:")
	a.press(kb.Enter)
	other.hides(at("attributes"))
	a.fill(at("card-address-field"), "nobody at all")
	a.press(kb.Enter)
	a.shows(`[data-testid="toast"]`, "one email address")
}
