package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// atOnce runs act and returns what has the focus before the page can draw a frame or
// receive a key.
func (g *page) atOnce(act string, args ...any) string {
	g.t.Helper()
	return get[string](g, `async (...args) => {
		(`+act+`)(...args);
		for (let i = 0; i < 100; i++) await null;
		const at = document.activeElement;
		return at.dataset.testid ?? at.tagName;
	}`, args...)
}

// keyDown presses a key where the focus is, for atOnce.
const keyDown = `(key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}))`

// arrival records what has the focus as soon as an element is on the page.
const arrival = `(selector) => {
	window.arrived = '';
	new MutationObserver(() => {
		if (!window.arrived && document.querySelector(selector)) window.arrived = document.activeElement?.dataset.testid ?? document.activeElement.tagName;
	}).observe(document.body, {childList: true, subtree: true});
	return true;
}`

func TestTheFieldHasTheFocusWithItsFirstDrawing(t *testing.T) {
	p := startParley(t)
	v, a := newVisitor(t, p), newAgent(t, p)
	v.wears(shared)
	v.shows(at("name-input"), "")
	get[bool](v.page, arrival, at("composer"))
	v.startAs("Ada")
	v.until("the visitor's field had it", `() => window.arrived === 'composer' || window.arrived`)
	v.click(at("menu"))
	v.click(at("switch"))
	v.shows(at("start-back"), "")
	if got := v.atOnce(`(s) => document.querySelector(s).click()`, at("start-back")); got != "composer" {
		t.Errorf("back in the chat the focus is on %s", got)
	}

	v.click(at("person"))
	a.signIn()
	a.seesWaiting("Ada")
	get[bool](a.page, arrival, at("agent-composer"))
	a.press("t")
	a.until("the agent's field had it", `() => window.arrived === 'agent-composer' || window.arrived`)

	// Between the tabs, and from the chat back to the list.
	a.leavesTheField()
	a.click(at("list-mine"))
	if got := a.atOnce(keyDown, "ArrowRight"); got != "list-all" {
		t.Errorf("after the key for the next tab the focus is on %s", got)
	}
	a.shows(item, "Ada")
	a.press("r")
	a.leavesTheField()
	if got := a.atOnce(keyDown, "Escape"); got != "queue-item" {
		t.Errorf("back in the list the focus is on %s", got)
	}
}

func TestWhatIsTypedWhileAChatGoesAwayIsKeptAndCommandsNothing(t *testing.T) {
	p := startParley(t)
	ada, grace := newVisitor(t, p, "ada"), newVisitor(t, p, "grace")
	a := newAgent(t, p)
	a.signIn()
	a.meets(ada, "Ada")
	grace.startAs("Grace")
	grace.click(at("person"))
	a.seesWaiting("Grace")

	a.press("Look at ")
	ada.endsTheChat()
	a.shows(at("gone"), "This chat is closed. What you type is kept, and not sent.")
	a.press("the next")
	a.inBoth("a chat that went away")
	a.press(kb.Enter)
	a.until("all of it is in the field", `(s) => document.querySelector(s).value === 'Look at the next' || document.querySelector(s).value`, at("agent-composer"))
	for _, m := range a.log("agent-log") {
		if m.Role == "agent" {
			t.Errorf("it was sent: %v", m)
		}
	}
	a.press(kb.Escape)
	a.shows(at("room"), "Your unsent reply is kept: “Look at the next”")
	a.seesWaiting("Grace")
	grace.hears("in line")
}

// mains counts the main parts and the top-level headings that are visible on the page;
// there should be one of each.
const mains = `() => {
	const seen = (what) => [...document.querySelectorAll(what)].filter((el) => el.checkVisibility()).length;
	const found = [seen('main, [role="main"]'), seen('h1:not([aria-level]), [aria-level="1"]')];
	return found.join() === '1,1' || found;
}`

func TestEachViewOfAPhoneHasOneMainPartAndTheFocusInIt(t *testing.T) {
	p := startParley(t)
	v, other, a := newVisitor(t, p), newVisitor(t, p, "grace"), newAgent(t, p)
	a.resize(375)
	a.shows(at("login-user"), "")
	a.until("one main part: the sign-in", mains)
	a.signIn()
	a.until("one main part: the list", mains)
	a.inBoth("an empty list")
	v.startAs("Ada")
	v.click(at("person"))
	a.seesWaiting("Ada")

	a.click(item)
	a.focusIsOn(".room h2")
	a.until("one main part: the chat", mains)
	a.inBoth("a chat")
	a.click(at("take"))
	a.focusIsOn(at("agent-composer"))
	a.until("what can be pressed is large enough", large)

	a.click(at("context-toggle"))
	a.shows(at("context"), "Status")
	a.focusIsOn(".context .bar button")
	a.until("one main part: about the chat", mains)
	a.inBoth("about a chat")
	a.click(".context .bar button")
	a.focusIsOn(at("context-toggle"))

	// A visitor who is not in view is not forgotten.
	other.startAs("Grace")
	other.click(at("person"))
	a.click(at("back"))
	a.until("the focus is in the list", `() => document.activeElement?.closest('.queue') !== null || document.activeElement.outerHTML`)
	a.seesWaiting("Grace")
	a.opens()
	a.click(at("take"))
	a.focusIsOn(at("agent-composer"))
	v.say("Are you there?")
	a.until("the way back says that there is something new", `(s) => document.querySelector(s).getAttribute('aria-label') === 'Back to the list, 1 unread'`, at("back"))
	a.inBoth("a chat, with something new in another one")
}

// large checks that every control is at least 44 pixels wide and high, or has a cover
// that is.
const large = `() => {
	const small = [];
	for (const el of document.querySelectorAll('button, a, textarea')) {
		if (!el.checkVisibility() || el.closest('[role="log"]')) continue;
		const box = el.getBoundingClientRect(), cover = getComputedStyle(el, '::after');
		const [w, h] = cover.position === 'absolute' ? [parseFloat(cover.width), parseFloat(cover.height)] : [box.width, box.height];
		if (w < 43.5 || h < 43.5) small.push(Math.round(w) + ' x ' + Math.round(h) + ' ' + el.outerHTML.slice(0, 120));
		if (!(el.innerText || el.getAttribute('aria-label') || '').trim()) small.push('no name: ' + el.outerHTML.slice(0, 120));
	}
	return small.length === 0 || small.join('\n');
}`

// TestANoteIsBegunWhileAChatIsTaken: "n" comes before the page has drawn the chat, and before
// the chat is the agent's.
func TestANoteIsBegunWhileAChatIsTaken(t *testing.T) {
	p := startParley(t)
	ada, grace, a := newVisitor(t, p, "ada"), newVisitor(t, p, "grace"), newAgent(t, p)
	ada.startAs("Ada")
	ada.click(at("person"))
	a.signIn()
	a.seesWaiting("Ada")
	if got := a.atOnce(`() => { for (const key of ['t', 'n']) document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true})); }`); got != "agent-composer" {
		t.Errorf("after t and n the focus is on %s", got)
	}
	a.press("hx: call back")
	a.until("the chat is theirs, and the note is not lost", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'live'
		&& document.querySelector('[data-testid="note-toggle"][aria-pressed="true"]') && document.querySelector('[data-testid="agent-composer"]')?.value === 'hx: call back'`)
	a.press("\r")
	a.hasMessage("agent-log", "agent", "hx: call back")
	ada.until("the visitor does not see it", `() => !document.body.textContent.includes('call back')`)

	// A tag that was begun is there again after another chat was in view.
	a.screen(1280, 800)
	a.fill(at("tag-field"), "refu")
	grace.startAs("Grace")
	grace.click(at("person"))
	a.click(at("list-waiting"))
	a.clickRow("Grace")
	a.until("another chat is in view", `() => document.querySelector('[data-testid="room"] h2')?.textContent === 'Grace' && !document.querySelector('[data-testid="tag-field"]').value`)
	a.click(at("list-mine"))
	a.clickRow("Ada")
	a.until("the tag is kept", `() => document.querySelector('[data-testid="room"] h2')?.textContent === 'Ada' && document.querySelector('[data-testid="tag-field"]').value === 'refu'`)
}
