package browser

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// stamped notes when a message appears in a log: when it stands in the page, and when it has been
// painted. The pages of one machine share a clock.
const stamped = `(log) => {
	window.stamps = {};
	const element = document.querySelector('[data-testid="' + log + '"]');
	const see = () => {
		for (const each of element.querySelectorAll('[data-testid="message"] .words')) {
			const text = each.innerText.trim();
			if (text in window.stamps) continue;
			const stamp = window.stamps[text] = { stands: performance.timeOrigin + performance.now() };
			requestAnimationFrame(() => requestAnimationFrame(() => { stamp.painted = performance.timeOrigin + performance.now(); }));
		}
	};
	new MutationObserver(see).observe(element, { childList: true, subtree: true, characterData: true });
	return true;
}`

// pressed notes when Enter is pressed.
const pressed = `() => {
	addEventListener('keydown', (event) => { if (event.key === 'Enter') window.pressed = performance.timeOrigin + performance.now(); }, true);
	return true;
}`

// From a visitor's press on Enter to the agent's screen. It is measured and logged: how long it
// takes is the machine's, and what is checked is that everything comes.
func TestFromAVisitorsMessageToTheAgentsScreen(t *testing.T) {
	const messages = 100
	p := startParley(t, "RATE_PER_CONNECTION=1000", "RATE_PER_ADDRESS=10000")
	v, a := newVisitor(t, p), newAgent(t, p)
	a.signIn()
	v.startAs("Vera")
	v.say("escalate")
	a.seesWaiting("Vera")
	a.opens()
	a.takes()
	a.answers("How can I help?")
	v.hasMessage("log", "agent", "How can I help?")
	get[bool](a.page, stamped, "agent-log")
	get[bool](v.page, pressed)

	var stands, painted []time.Duration
	for n := range messages {
		text := fmt.Sprintf("Message %d of some words", n)
		v.say(text)
		type stamp struct{ Stands, Painted float64 }
		var seen stamp
		eventually(t, "the agent sees "+text, func() (bool, string) {
			got, err := eval[stamp](a.page, `(text) => window.stamps[text] ?? {}`, text)
			seen = got
			return err == nil && got.Painted > 0, fmt.Sprint(got, err)
		})
		sent := get[float64](v.page, `() => window.pressed`)
		stands = append(stands, time.Duration((seen.Stands-sent)*float64(time.Millisecond)))
		painted = append(painted, time.Duration((seen.Painted-sent)*float64(time.Millisecond)))
	}
	for what, took := range map[string][]time.Duration{"stands on the agent's page": stands, "is painted there": painted} {
		slices.Sort(took)
		t.Logf("from Enter until the message %s: p50 %.1f ms, p99 %.1f ms, longest %.1f ms (%d)", what, ms(took[len(took)/2]), ms(took[len(took)*99/100]), ms(took[len(took)-1]), len(took))
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
