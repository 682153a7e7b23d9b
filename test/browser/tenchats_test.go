package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// row waits until a visitor's row in the visible list looks as given.
func (a agent) row(name, what, look string) {
	a.t.Helper()
	a.until(name+": "+what, `(item, name) => {
		const row = [...document.querySelectorAll(item)].find((el) => el.querySelector('.item-name').innerText === name);
		return row && ((`+look+`)(row) || row.innerText);
	}`, item, name)
}

func TestTheListShowsUnansweredChatsAndDrafts(t *testing.T) {
	p := startParley(t)
	ada, grace := newVisitor(t, p, "ada"), newVisitor(t, p, "grace")
	a := newAgent(t, p)
	a.signIn()
	for _, each := range []struct {
		visitor
		name string
	}{{ada, "Ada"}, {grace, "Grace"}} {
		each.startAs(each.name)
		each.click(at("person"))
		a.seesWaiting(each.name)
		a.press("t")
		a.until("the chat is the agent's", `(name) => document.querySelector('.room h2')?.innerText === name && document.activeElement?.dataset.testid === 'agent-composer'`, each.name)
		a.leavesTheField()
	}
	a.press("2")
	owed := `(row) => row.querySelector('time').className.startsWith('ticking ') && /^waiting \d+ (s|min)$/.test(row.querySelector('time').innerText)`
	settled := `(row) => row.querySelector('time').className === ''`
	a.row("Ada", "nothing was said to her yet", owed)
	a.row("Grace", "nothing was said to her yet", owed)
	a.press("r")
	a.answers("Hello Grace")
	a.row("Grace", "she has an answer", settled)
	grace.say("But why?")
	a.row("Grace", "she waits again", owed)

	// A draft stays with its chat, and the list shows it while another chat is open.
	a.paste("Half a sentence")
	a.leavesTheField()
	a.press("k")
	a.press(kb.Enter)
	a.shows(at("room"), "Ada")
	a.row("Grace", "a draft is kept", `(row) => row.innerText.includes('Draft: Half a sentence')`)
	a.inBoth("a draft in the list")
	a.reload()
	a.shows(at("console"), "")
	a.click(at("list-mine"))
	a.row("Grace", "the draft outlives a reload", `(row) => row.innerText.includes('Draft: Half a sentence')`)

	// A key right after a command is never too early for the field.
	a.shows(at("agent-composer"), "")
	for _, command := range []string{"n", "r", "/"} {
		a.leavesTheField()
		a.focusFollows(command)
	}

	// Opening the quick replies does not count as a draft.
	a.shows(at("canned-list"), "")
	a.press(kb.Escape)
	a.until("nothing is left of it", `(s) => document.querySelector(s).value === '' || document.querySelector(s).value`, at("agent-composer"))
}

// focusFollows presses the key of a command and checks where the focus is before the
// page can draw a frame or receive another key.
func (a agent) focusFollows(command string) {
	a.t.Helper()
	at := get[string](a.page, `async (key) => {
		document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
		for (let i = 0; i < 100; i++) await null;
		return document.activeElement.dataset.testid ?? document.activeElement.tagName;
	}`, command)
	if at != "agent-composer" {
		a.t.Errorf("right after %q the focus was on %s", command, at)
	}
}
