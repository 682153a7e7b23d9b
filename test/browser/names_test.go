package browser

import (
	"fmt"
	"strings"
	"testing"
)

func TestTwoVisitorsOfOneNameEachHaveAChat(t *testing.T) {
	p := startParley(t)
	one, other := newVisitor(t, p, "first"), newVisitor(t, p, "other")
	one.startAs("Maria")
	one.say("My secret")
	one.answered()
	other.startAs("MARIA") // the same name to a human reader
	other.say("Another order")
	other.answered()
	for _, m := range other.log("log") {
		if strings.Contains(fmt.Sprint(m), "My secret") {
			t.Errorf("the other browser sees %v", m)
		}
	}
	one.reload()
	one.hasMessage("log", "visitor", "My secret")

	// At the desk each is told apart by a tag, and the agent's words reach the right one.
	one.say("escalate")
	one.hears("in line")
	other.say("escalate")
	other.hears("in line")
	a := newAgent(t, p)
	a.signIn()
	a.until("the two rows have two tags", `(item, tag) => {
		const tags = [...document.querySelectorAll(item)].map((row) => row.querySelector(tag)?.textContent ?? '');
		return tags.length === 2 && tags.every((text) => text.length > 2) && tags[0] !== tags[1] || JSON.stringify(tags);
	}`, item, at("tag"))
	one.mayBePainted("the-first-maria", 700)
	other.mayBePainted("the-other-maria", 700)
	a.mayBePainted("two-marias-at-the-desk", 700)
	// The one who has waited longest is the first.
	a.click(item + `[data-chat="` + get[string](a.page, `(item) => document.querySelector(item).dataset.chat`, item) + `"]`)
	a.takes()
	a.hasMessage("agent-log", "visitor", "My secret")
	a.answers("This is for the first Maria")
	one.hasMessage("log", "agent", "This is for the first Maria")
	for _, m := range other.log("log") {
		if strings.Contains(fmt.Sprint(m), "first Maria") {
			t.Errorf("the other Maria reads %v", m)
		}
	}
}

func TestANameThatCannotBeUsedIsRefusedInRed(t *testing.T) {
	p := startParley(t)
	other := newVisitor(t, p)
	other.keepsItsSockets()
	other.fill(at("name-input"), strings.Repeat("Ada ", 30))
	other.click(at("start"))
	other.shows(at("name-problem"), "at most 64 are possible")
	if get[bool](other.page, `() => document.querySelector('[data-testid="toast"]') !== null`) {
		t.Error("what is said beside the field is said once more in the corner")
	}
	other.startAs("Ada")
	get[bool](other.page, shownFor, at("toast"))
	other.isTold(`{"t":"error","code":"bad_request","message":"Something else went wrong."}`)
	other.shows(at("toast"), "Something else")
	other.until("the error is red, at the top right, and does not cover who answers", `(s) => {
		const toast = document.querySelector(s), box = toast.getBoundingClientRect();
		const head = document.querySelector('[data-testid="who"]').getBoundingClientRect();
		const place = box.right > innerWidth / 2 && innerWidth - box.right < 40 && box.top < 120 && box.top >= head.bottom;
		// Anything in it that has a color: text, border or background.
		const style = getComputedStyle(toast), paints = [style.color, style.borderLeftColor, style.borderTopColor, style.backgroundColor];
		const canvas = new OffscreenCanvas(1, 1).getContext('2d');
		const red = paints.some((paint) => {
			canvas.clearRect(0, 0, 1, 1);
			canvas.fillStyle = paint;
			canvas.fillRect(0, 0, 1, 1);
			const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
			return a > 200 && r > 120 && r > 1.5 * g && r > 1.5 * b;
		});
		return place && red && toast.getAttribute('role') === 'alert' || JSON.stringify({box, paints});
	}`, at("toast"))
	other.hides(at("toast"))
	if took := get[float64](other.page, `() => window.shownFor`); took < 3000 {
		t.Errorf("the error was there for only %.1f s; it should stay for about 5", took/1000)
	}
	if got := other.log("log"); len(got) != 0 {
		t.Errorf("the other browser sees %v", got)
	}
}

func TestSwitchingToAnotherNameReplacesTheChat(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.wears(shared)
	v.startAs("Ada")
	v.say("I am Ada")
	v.answered()
	ada := v.log("log")

	v.click(at("menu"))
	v.click(at("switch"))
	v.fill(at("name-input"), "Grace")
	v.click(at("start"))
	v.until("the log is Grace's, and empty", `() => document.querySelector('[data-testid="composer"]') !== null && (`+messagesIn+`)('log').length === 0`)
	v.say("I am Grace")
	v.answered()
	v.hasMessage("log", "visitor", "I am Grace")

	v.click(at("menu"))
	v.click(at("switch"))
	v.click(at("known-name")) // Ada, whom this browser remembers
	v.sameLog(ada)
	v.reload()
	v.sameLog(ada)
}

// shownFor has the page measure for how many milliseconds the next element of that kind is
// there: a test that asks now and then would count from when it looked.
const shownFor = `(s) => {
	let from = 0;
	new MutationObserver(() => {
		const there = document.querySelector(s) !== null;
		if (there && from === 0) from = performance.now();
		if (!there && from > 0 && !window.shownFor) window.shownFor = performance.now() - from;
	}).observe(document.body, {childList: true, subtree: true});
	return true;
}`
