package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// commands opens the command bar by its key and types.
func (a agent) commands(typed string) {
	a.t.Helper()
	a.press("k", kb.ModifierCtrl)
	a.until("the field of the command bar has the focus", `() => document.activeElement?.dataset.testid === 'commands-field'`)
	if typed != "" {
		a.press(typed)
	}
}

// runs does what the command bar lists first for what is typed.
func (a agent) runs(typed, title string) {
	a.t.Helper()
	a.commands(typed)
	a.until("first is "+title, `(title) => { const all = [...document.querySelectorAll('#command-list [role="option"]')].map((e) => e.innerText); return all[0]?.includes(title) || all; }`, title)
	a.press(kb.Enter)
	a.hides(at("commands"))
}

// An agent works through a chat with nothing but the command bar: finds the visitor by name,
// takes the chat, writes a note, tags it, answers, closes it, goes to a list.
func TestEverythingIsReachedByTyping(t *testing.T) {
	p := startParley(t)
	v, w := newVisitor(t, p), newVisitor(t, p)
	v.startAs("Ada Lovelace")
	v.say("Hello")
	v.answered()
	w.startAs("José Álvarez")
	w.say("escalate")
	w.hears("in line")
	a := newAgent(t, p)
	a.do("be a desk", chromedp.EmulateViewport(1440, 800))
	a.signIn()
	a.seesWaiting("José Álvarez")

	a.runs("alv", "José Álvarez")
	a.shows(at("room"), "José Álvarez")
	a.runs("take", "Take this chat")
	a.until("the chat is the agent's", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'live' || document.querySelector('[data-testid="room"]')?.outerHTML`)
	a.until("the field has the focus", `() => document.activeElement?.dataset.testid === 'agent-composer'`)
	a.press("Good day, ")
	a.runs("note", "Note for agents")
	a.until("what was typed is kept, and is a note now", `() => document.activeElement?.getAttribute('aria-label') === 'Note for agents' && document.activeElement.value === 'Good day, '`)
	a.runs("reply", "Reply")
	a.press("José")
	a.press(kb.Enter)
	w.hasMessage("log", "agent", "Good day, José")
	a.runs("tag", "Tag this chat")
	a.until("the field for tags has the focus", `() => document.activeElement?.dataset.testid === 'tag-field'`)
	a.press("refund")
	a.press(kb.Enter)
	a.shows(at("tags"), "refund")

	// What was used last is on top; the arrows go around; Escape changes nothing.
	a.commands("")
	a.until("the latest is first", `() => { const all = [...document.querySelectorAll('#command-list [role="option"]')].map((e) => e.dataset.command); return all.slice(0, 3).join() === 'tag,reply,note' || all; }`)
	a.press(kb.ArrowDown)
	a.until("the second is chosen, and the field says so", `() => document.querySelector('#command-list [aria-selected="true"]').dataset.command === 'reply' && document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.dataset.command === 'reply'`)
	a.press(kb.ArrowUp)
	a.press(kb.ArrowUp)
	a.until("the last is chosen", `() => document.querySelector('#command-list [role="option"]:last-child').ariaSelected === 'true'`)
	a.inBoth("the command bar")
	a.picture()
	a.press("zzzz")
	a.shows(at("commands"), "Nothing fits")
	a.inBoth("the command bar, with nothing that fits")
	a.press(kb.Escape)
	a.hides(at("commands"))
	a.until("the focus is back", `() => document.activeElement?.dataset.testid === 'tag-field'`)

	a.runs("keyb", "Keyboard shortcuts")
	a.shows(at("keys-dialog"), "Find anything")
	a.press(kb.Escape)
	a.runs("finish", "Close this chat")
	a.shows(at("undo-bar"), "José")
	a.runs("undo", "Undo")
	a.hides(at("undo-bar"))
	a.runs("go to all", "Go to All")
	a.until("the list of all", `() => document.querySelector('[data-testid="console"]').dataset.list === 'all'`)
	a.runs("lovelace", "Ada Lovelace")
	a.shows(at("room"), "Ada Lovelace")

	// On a phone there is a button, and what is listed can be pressed.
	a.screen(360, 740)
	a.click(at("back"))
	a.click(at("commands-open"))
	a.until("its field has the focus", `() => document.activeElement?.dataset.testid === 'commands-field'`)
	a.press("jos")
	a.inBoth("the command bar on a phone")
	a.click(`[data-testid="commands"] [aria-selected="true"]`)
	a.hides(at("commands"))
	a.shows(at("room"), "José Álvarez")
	a.runs("sign out", "Sign out")
	a.shows(at("login-user"), "")
}
