package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// The overall promise: a bot at once, a person on request, and back, and nothing that
// was said is ever lost.
func TestAVisitorMeetsTheBotThenAPersonThenTheBotAgain(t *testing.T) {
	p := theSystem(t)
	v := newVisitor(t, p)
	a := newAgent(t, p)
	ada := p.unused("Ada")

	v.shows(at("start"), "Start chat")
	v.fill(at("name-input"), ada)
	v.shows(at("start"), "Start chat as "+ada)
	v.startAs(ada)
	v.hears("Parley bot")

	v.say("What is Parley?")
	v.hasMessage("log", "visitor", "What is Parley?")
	v.answered()
	p.mayBePainted(v.page, "visitor-bot", 720)
	p.mayBreak(v.page)
	v.hears("Parley bot")

	v.say("escalate")
	v.hears("in line")
	p.mayBePainted(v.page, "visitor-waits", 720)
	p.mayBreak(v.page)
	v.hears("in line")

	a.signIn()
	a.shows(item, "")
	p.mayBePainted(a.page, "console-list", 800)
	a.findsWaiting(p, ada)
	a.hasMessage("agent-log", "visitor", "What is Parley?") // including the bot's part
	p.mayBePainted(a.page, "console-waits", 800)
	a.takes()
	a.answers("Hello Ada, how can I help?")

	v.hears("Admin from support")
	v.hasMessage("log", "agent", "Hello Ada, how can I help?")
	p.mayBreak(v.page, a.page)
	v.hears("Admin from support")
	v.say("Is anybody there?")
	a.hasMessage("agent-log", "visitor", "Is anybody there?")
	p.mayBePainted(v.page, "visitor-person", 720)
	p.mayBePainted(a.page, "console-live", 800)
	p.mayBeWatched(t)

	a.leavesTheField()
	a.press("n")
	a.until("a note is written", `() => document.activeElement?.getAttribute('aria-label') === 'Note for agents'`)
	a.paste("Ada wants a refund. Be kind.")
	a.press(kb.Enter)
	a.until("the note is stored", `() => (`+messagesIn+`)('agent-log').some((m) => m.Kind === 'note' && m.Seq > 0)`)

	a.leavesTheField()
	a.press("h")
	v.hears("Parley bot")
	v.say("And who answers now?")
	v.answered()
	a.until("the chat is the bot's", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'bot'`)

	if got := get[string](v.page, `() => document.documentElement.outerHTML`); strings.Contains(got, "refund") {
		t.Error("the visitor's page holds the note")
	}

	before := v.log("log")
	p.goesAndComes(v.page, a.page)
	v.sameLog(before)

	p.reloads(v)
	v.hears("Parley bot")
	v.sameLog(before)
	a.hides(at("offline-bar"))
	v.say("Still here?")
	v.answered()
}

// leavesTheField makes the console's keys act as commands again.
func (a agent) leavesTheField() {
	a.t.Helper()
	a.press(kb.Escape)
	a.until("no field has the focus", `() => !document.activeElement?.matches('input, textarea') || document.activeElement.outerHTML`)
}
