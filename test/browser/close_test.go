package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// focusIsOn waits until an element has the focus.
func (g *page) focusIsOn(selector string) {
	g.t.Helper()
	g.until(selector+" has the focus", `(s) => document.activeElement?.matches(s) || document.activeElement?.outerHTML.slice(0, 200)`, selector)
}

// meets has an agent take the chat of a visitor who has asked for a person.
func (a agent) meets(v visitor, name string) {
	a.t.Helper()
	v.startAs(name)
	v.click(at("person"))
	a.seesWaiting(name)
	a.opens()
	a.click(at("take"))
	a.focusIsOn(at("agent-composer"))
	v.hears("Admin from support")
}

// undone acts by a press or a key, undoes it by the bar's button or a key before its time is
// over, however slow the machine is, and returns what the bar said.
const undone = `async (act, undo) => {
	const key = (key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
	if (act.length > 1) document.querySelector(act).click();
	else key(act);
	for (let i = 0; i < 500; i++) {
		const bar = document.querySelector('[data-testid="undo-bar"]');
		if (bar) {
			const said = bar.innerText;
			if (undo) key(undo);
			else bar.querySelector('[data-testid="undo"]').click();
			return said;
		}
		await new Promise((r) => setTimeout(r, 5));
	}
	return 'there is no bar';
}`

// held has the bar stand still longer than its time, once for the pointer and once for the
// focus, and returns what is wrong.
const held = `async () => {
	document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'h', bubbles: true, cancelable: true}));
	let bar;
	for (let i = 0; i < 500 && !bar; i++) {
		bar = document.querySelector('[data-testid="undo-bar"]');
		await new Promise((r) => setTimeout(r, 5));
	}
	if (!bar) return 'there is no bar';
	const longer = () => new Promise((r) => setTimeout(r, 6_000));
	bar.dispatchEvent(new PointerEvent('pointerenter'));
	await longer();
	if (!bar.isConnected) return 'it went away beneath the pointer';
	bar.querySelector('[data-testid="undo"]').focus();
	bar.dispatchEvent(new PointerEvent('pointerleave'));
	await longer();
	return bar.isConnected ? '' : 'it went away with the focus inside';
}`

func TestWhatEndsAChatCanBeUndone(t *testing.T) {
	p := startParley(t)
	v, a := newVisitor(t, p), newAgent(t, p)
	a.resize(375)
	a.signIn()
	a.meets(v, "Ada")

	// By touch: closing a chat takes two presses, and can be undone.
	a.hides(at("close-chat"))
	a.click(at("acts"))
	a.fits("what can be done")
	if got := get[string](a.page, undone, at("close-chat"), ""); !strings.Contains(got, "Closing the chat with Ada") {
		t.Errorf("the bar says %q", got)
	}

	// By keyboard: text that was meant for the field does not close anything.
	a.do("be a desk", chromedp.EmulateViewport(1280, 800))
	a.fill(at("agent-composer"), "Half a sentence")
	a.leavesTheField()
	if got := get[string](a.page, undone, "x", "z"); !strings.Contains(got, "Your draft is kept.") {
		t.Errorf("the bar says %q", got)
	}
	a.hides(at("undo-bar"))
	v.say("Still there?")
	a.hasMessage("agent-log", "visitor", "Still there?")
	v.hears("Admin from support")

	// Who is about to undo it has the time to.
	if got := get[string](a.page, held); got != "" {
		t.Error(got)
	}
	a.press("z")
	a.hides(at("undo-bar"))
	v.hears("Admin from support")

	// What is left is done at once, and not forgotten.
	a.press("h")
	a.reload()
	v.hears("Parley bot")
	a.shows(at("console"), "")

	a.until("the bot has it", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'bot'`)
	a.press("x")
	v.hears("This chat is closed")
	a.until("it is closed", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'closed'`)
	a.press("x")
	a.shows(at("toast"), "This chat is already closed.")
}

func TestADialogGivesTheFocusBack(t *testing.T) {
	p := startParley(t)
	a := newAgent(t, p)
	a.signIn()
	for _, leave := range []func(){
		func() { a.click(at("dialog-close")) },
		func() { a.press(kb.Escape) },
	} {
		a.click(at("account"))
		a.click(at("menu-keys"))
		a.shows(at("keys-dialog"), "")
		leave()
		a.hides(at("keys-dialog"))
		a.focusIsOn(at("account"))
	}
	// A dialog that Escape has closed is gone before it can be opened again.
	a.press("?")
	a.shows(at("keys-dialog"), "")
	if !get[bool](a.page, `async () => {
		document.querySelector('dialog').dispatchEvent(new Event('cancel', {cancelable: true}));
		for (let i = 0; i < 100; i++) await null;
		return document.querySelector('dialog') === null;
	}`) {
		t.Error("after Escape the dialog is still there")
	}
	// A dialog that has just closed does not take the next one with it.
	a.click(at("account"))
	a.click(at("menu-keys"))
	a.shows(at("keys-dialog"), "")
	get[bool](a.page, `async () => {
		document.querySelector('[data-testid="dialog-close"]').click();
		for (let i = 0; i < 20; i++) await null;
		return document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '?', bubbles: true, cancelable: true}));
	}`)
	a.until("two frames were drawn", `() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
	a.shows(at("keys-dialog"), "")
}
