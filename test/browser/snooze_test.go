package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// ownTime puts a time into the dialog's field, so many seconds from now.
func (a agent) ownTime(seconds int) {
	a.t.Helper()
	get[bool](a.page, `(seconds) => {
		const at = new Date(Date.now() + seconds * 1000);
		const field = document.querySelector('[data-testid="snooze-own"]');
		field.step = 1;
		field.value = new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
		field.dispatchEvent(new Event('input', { bubbles: true }));
		return true;
	}`, seconds)
}

// clickRow presses a chat of the list.
func (a agent) clickRow(name string) {
	a.t.Helper()
	a.until("the chat with "+name+" is pressed", `(item, name) => {
		const row = [...document.querySelectorAll(item)].find((el) => el.querySelector('.item-name')?.innerText === name);
		row?.click();
		return !!row;
	}`, item, name)
}

// By keyboard an agent snoozes a chat, which leaves their list for another one that colleagues
// see, and comes back with "Woke up" when the visitor writes, or at its time. The visitor sees
// nothing of it.
func TestAChatIsSnoozedByKeyboardAndWakes(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.say("escalate")
	v.hears("in line")
	a := newAgent(t, p)
	a.do("be a desk", chromedp.EmulateViewport(1440, 800))
	a.signIn()
	a.allow(`status of 409`)
	grace := newColleague(t, p, a, "grace", "Grace Hopper")
	a.findsWaiting(p, "Ada")
	a.takes()
	a.answers("I'll ask, and come back to you")
	a.leavesTheField()

	// A time that was typed is there again after Escape.
	a.press("l")
	a.shows(at("snooze-dialog"), "")
	a.ownTime(3600)
	typed := get[string](a.page, `() => document.querySelector('[data-testid="snooze-own"]').value`)
	a.press(kb.Escape)
	a.hides(at("snooze-dialog"))
	a.press("l")
	a.until("the time is kept", `(typed) => document.querySelector('[data-testid="snooze-own"]')?.value === typed`, typed)
	get[bool](a.page, `() => { const field = document.querySelector('[data-testid="snooze-own"]'); field.value = ''; return field.dispatchEvent(new Event('input', { bubbles: true })); }`)
	a.press(kb.Escape)
	a.hides(at("snooze-dialog"))
	v.hasMessage("log", "agent", "I'll ask, and come back to you")
	const log = `() => [...document.querySelectorAll('[data-testid="log"] [data-seq]')].map((el) => el.innerText).join('|') || document.querySelector('[data-testid="log"]').innerText`
	seen := get[string](v.page, log)

	a.press("l")
	a.shows(at("snooze-dialog"), "In an hour")
	a.focusIsOn(at("snooze-hour"))
	a.inBoth("until when a chat is snoozed")
	a.mayBePainted("snooze", 800)
	a.screen(360, 740)
	a.fits("until when a chat is snoozed, on a phone")
	a.mayBePainted("snooze-phone", 740)
	a.screen(1440, 800)
	a.click(at("snooze-do"))
	a.shows(at("snooze-problem"), "Choose a date and a time.")
	a.ownTime(-3600)
	a.click(at("snooze-do"))
	a.shows(at("snooze-problem"), "That time has passed. Choose a later one.")
	a.ownTime(2 * 366 * 24 * 3600)
	a.click(at("snooze-do"))
	a.shows(at("snooze-problem"), "A chat can be snoozed for a year at most.")
	get[bool](a.page, `() => { document.querySelector('[data-testid="snooze-hour"]').focus(); return true; }`)
	a.press(kb.Enter)
	a.hides(at("snooze-dialog"))
	a.shows(".toasts", "Ada is snoozed until")
	a.shows(at("chat-status"), "Snoozed")
	a.shows(".context", "Snoozed until")
	a.shows(at("agent-log"), "snoozed the chat until")
	a.press("2")
	a.until("it left the list of own chats", `(item) => document.querySelectorAll(item).length === 0 || document.querySelectorAll(item).length`, item)
	a.press("5")
	a.shows(item, "Ada")
	a.mayBePainted("snoozed-list", 800)
	a.inBoth("the snoozed chats")
	grace.shows(at("list-snoozed"), "Snoozed")
	grace.click(at("list-snoozed"))
	grace.shows(item, "Ada")
	grace.click(item)
	grace.shows(at("chat-status"), "Snoozed")
	grace.shows(".context", "Snoozed by Admin")
	if now := get[string](v.page, log); now != seen {
		t.Errorf("the visitor reads %q, and before %q", now, seen)
	}

	// The visitor writes.
	a.press("1")
	grace.click(at("list-waiting"))
	get[bool](a.page, `() => { location.hash = ''; return true; }`)
	v.say("There is one more thing")
	a.press("2")
	a.shows(item, "Ada")
	a.until("it is awake", `(s) => !document.querySelector(s).innerText.includes('Snoozed') || document.querySelector(s).innerText`, at("chat-status"))
	a.hasMessage("agent-log", "visitor", "There is one more thing")
	a.shows(at("agent-log"), "The chat woke up.")

	// By the command bar, until a time that comes soon; another chat is in view meanwhile.
	a.press("l")
	a.shows(at("snooze-dialog"), "Until the visitor writes")
	a.ownTime(6)
	a.click(at("snooze-do"))
	a.hides(at("snooze-dialog"))
	w := newVisitor(t, p)
	w.startAs("Wilma")
	w.say("hello")
	w.answered()
	a.press("3")
	a.until("the other chat is listed", `(item) => [...document.querySelectorAll(item)].some((el) => el.innerText.includes('Wilma')) || document.querySelectorAll(item).length`, item)
	a.clickRow("Wilma")
	a.press("2")
	a.shows(at("woke"), "Woke up")
	a.mayBePainted("woke-up", 800)
	a.inBoth("a chat that woke up")
	a.clickRow("Ada")
	a.hides(at("woke"))
}
