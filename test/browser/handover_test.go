package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// Whoever takes a chat reads why it is there, what was asked and what was quoted, in a note of the
// bot's. The visitor's page never gets it.
func TestAnAgentReadsWhyTheBotGaveUp(t *testing.T) {
	p := startParley(t, "BOT_NAME=Robin", "BOT_KNOWLEDGE_URL=https://docs.example/parley")
	v, a := newVisitor(t, p), newAgent(t, p)
	a.signIn()
	v.startAs("Ada")
	v.say("What is *Parley*?")
	v.answered()
	v.click(at("person"))
	v.hears("in line")
	a.seesWaiting("Ada")
	a.opens()
	const note = `[data-testid="agent-log"] [data-kind="note"][data-role="bot"]`
	a.shows(note, "The visitor asked for a person.")
	a.shows(note, "What is *Parley*?")
	a.until("the page that was quoted is linked", `(note) => {
		const all = [...document.querySelectorAll(note + ' a[data-testid="source"]')].map((each) => each.href);
		return all.length > 0 && all.every((href) => href.startsWith('https://docs.example/parley/')) || all;
	}`, note)
	a.until("it is the bot's", `(note) => document.querySelector(note).closest('.line').innerText.includes('Robin') || document.querySelector(note).closest('.line').innerText`, note)
	a.until("the answer before it is not in it", `(note) => !document.querySelector(note + ' [data-testid="more"]') || 'it can be unfolded'`, note)
	a.inBoth("a note of why")
	a.picture()
	a.screen(375, 800)
	a.fits("a note of why")
	a.inBoth("a note of why, on a phone")
	a.screen(1280, 800)

	// A long one shows its first line, until it is unfolded by the keyboard.
	a.takes()
	a.answers("Here I am.")
	v.hasMessage("log", "agent", "Here I am.")
	v.endsTheChat()
	long := strings.TrimSpace(strings.Repeat("My parcel is not here, and nobody knows. ", 8))
	for range 3 {
		v.say(long)
		v.answered()
	}
	v.click(at("person"))
	v.hears("in line")
	a.until("two notes are there", `(note) => document.querySelectorAll(note).length === 2 || document.querySelectorAll(note).length`, note)
	a.until("the second shows its first line", `(note) => {
		const [, el] = document.querySelectorAll(note);
		const text = el.querySelector('.words').innerText.trim();
		return text.startsWith('The visitor asked for a person') && !text.includes('parcel') && el.querySelector('[data-testid="more"]')?.getAttribute('aria-expanded') === 'false' || text;
	}`, note)
	get[bool](a.page, `(note) => { [...document.querySelectorAll(note)][1].querySelector('[data-testid="more"]').focus(); return true; }`, note)
	a.press(kb.Enter)
	a.until("it is whole", `(note) => [...document.querySelectorAll(note)][1].querySelector('.words').innerText.split('My parcel is not here').length > 3 || [...document.querySelectorAll(note)][1].innerText`, note)
	a.inBoth("a long note of why")

	// Nothing of it has come to the visitor.
	v.reload()
	v.hasMessage("log", "agent", "Here I am.")
	if seen := get[string](v.page, `() => document.documentElement.outerHTML + JSON.stringify(localStorage)`); strings.Contains(seen, "The visitor asked for a person") {
		t.Error("the visitor's page has the note")
	}
}
