package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// newColleague is an agent with an account of their own, signed in.
func newColleague(t *testing.T, p *parley, by agent, user, name string) agent {
	t.Helper()
	get[bool](by.page, `async (user, name) => (await fetch('api/agents', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({user, name, role: 'agent', password: 'a long password'})})).ok`, user, name)
	a := newAgent(t, p)
	a.do("be a desk", chromedp.EmulateViewport(1440, 800))
	a.fill(at("login-user"), user)
	a.fill(at("login-password"), "a long password")
	a.press(kb.Enter)
	a.shows(at("console"), "")
	return a
}

// cuttable has cut(true) end the page's connections and those that it tries to make, until cut(false).
const cuttable = `() => {
	const all = [];
	let off = false;
	window.WebSocket = class extends WebSocket {
		constructor(...how) {
			super(...how);
			all.push(this);
			if (off) this.close();
		}
	};
	window.cut = (on) => {
		off = on;
		if (on) for (const each of all) each.close();
	};
	return true;
}`

// Two agents in one chat see each other there, who writes, and who has read the note; one who
// was cut off is asked before an answer is said over two messages, which are shown above it.
func TestAgentsWorkTogetherInAChat(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.say("escalate")
	v.hears("in line")
	a := newAgent(t, p)
	a.do("be a desk", chromedp.EmulateViewport(1440, 800))
	get[bool](a.page, cuttable)
	a.signIn()
	a.findsWaiting(p, "Ada")
	a.takes()
	a.answers("Good day")
	grace := newColleague(t, p, a, "grace", "Grace Hopper")
	grace.click(at("list-all"))
	grace.click(item)
	grace.shows(at("colleagues"), "is looking")
	a.shows(at("colleagues"), "Grace Hopper is looking")
	grace.press("n")
	grace.until("the field is a note", `() => document.activeElement?.getAttribute('aria-label') === 'Note for agents'`)
	grace.press("She called yesterday")
	a.shows(at("colleagues"), "Grace Hopper is writing")
	a.inBoth("a colleague writes")
	grace.press(kb.Enter)
	a.hasMessage("agent-log", "agent", "She called yesterday")
	grace.shows(at("agent-log"), "Read by")
	// The visitor's and the colleague's reading stand beside each other, where each has read to.
	a.answers("One moment")
	a.until("the colleague has read the answer", `() => [...document.querySelectorAll('[data-testid="agent-log"] .line')].at(-1)?.innerText.includes('Read by Grace Hopper') || document.querySelector('[data-testid="agent-log"]').innerText`)
	grace.click(at("list-waiting"))

	// The connection of one is gone while the visitor goes on.
	get[bool](a.page, `() => { window.cut(true); return true; }`)
	a.shows(at("offline-bar"), "Not connected")
	a.fill(at("agent-composer"), "I'll send it again")
	a.press(kb.Enter)
	v.say("It has just arrived")
	v.say("So never mind")
	get[bool](a.page, `() => { window.cut(false); return true; }`)
	a.shows(at("agent-log"), "2 messages came in since you wrote this")
	a.hasMessage("agent-log", "visitor", "So never mind")
	a.inBoth("a question before it is said")
	a.click(`.failed button:first-of-type`)
	v.hasMessage("log", "agent", "I'll send it again")
}

// An agent mentions a colleague in a note by typing an @ and some letters, with the keyboard alone.
func TestAColleagueIsMentionedByTyping(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.say("escalate")
	v.hears("in line")
	a := newAgent(t, p)
	a.do("be a desk", chromedp.EmulateViewport(1440, 800))
	a.signIn()
	newColleague(t, p, a, "grace", "Grace Hopper")
	a.findsWaiting(p, "Ada")
	a.press("n")
	a.until("the field is a note", `() => document.activeElement?.getAttribute('aria-label') === 'Note for agents'`)
	a.press("Ask @hop")
	a.shows(at("mention-list"), "Grace Hopper")
	a.inBoth("a mention in the making")
	a.press(kb.Enter)
	a.until("her account is in the field", `() => document.activeElement.value === 'Ask @grace ' || document.activeElement.value`)
}

// A mention reaches the colleague where they are, names who wrote it, leads to the note, and is
// gone once that was seen, also after the page is loaded again. Who is not meant is told nothing.
func TestAMentionLeadsToTheNoteUntilItWasSeen(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.say("escalate")
	v.hears("in line")
	a := newAgent(t, p)
	a.do("be a desk", chromedp.EmulateViewport(1440, 800))
	a.signIn()
	grace := newColleague(t, p, a, "grace", "Grace Hopper")
	linus := newColleague(t, p, a, "linus", "Linus")
	a.findsWaiting(p, "Ada")
	a.press("n")
	a.until("the field is a note", `() => document.activeElement?.getAttribute('aria-label') === 'Note for agents'`)
	a.press("Can you help, @hop")
	a.shows(at("mention-list"), "Grace Hopper")
	a.press(kb.Enter)
	a.until("her account is in the field", `() => document.activeElement.value === 'Can you help, @grace ' || document.activeElement.value`)
	a.press("please?")
	a.press(kb.Enter)
	a.hasMessage("agent-log", "agent", "Can you help, @grace please?")

	grace.shows(at("mentioned"), "mentioned you")
	grace.inBoth("somebody who was mentioned")
	grace.mayBePainted("mentioned", 800)
	grace.screen(360, 740)
	grace.fits("a mention, on a phone")
	grace.screen(1440, 800)
	grace.tabTo(at("mentioned"))
	grace.press(kb.Enter)
	grace.hasMessage("agent-log", "agent", "Can you help, @grace please?")
	grace.hides(at("mentioned"))
	if n := get[int](linus.page, `(s) => document.querySelectorAll(s).length`, at("mentioned")); n != 0 {
		t.Error("somebody else is told of the mention")
	}
	grace.do("load it again", chromedp.Reload())
	grace.shows(at("console"), "")
	grace.until("the desk has arrived, and nothing is left", `(item, s) => document.querySelectorAll(item).length > 0 && document.querySelectorAll(s).length === 0`, item, at("mentioned"))
	if said := get[string](v.page, `() => document.querySelector('[data-testid="log"]').innerText`); said == "" || strings.Contains(said, "help") {
		t.Errorf("the visitor reads %q", said)
	}
}
