package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A visitor comes back after the chat was closed. The agent reads what came of the first visit,
// puts tags on the chat by keyboard, and both are in the list. The visitor sees where one visit
// ended, and nothing of the tags.
func TestVisitsAndTags(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.say("What is Parley?")
	v.answered()
	a := newAgent(t, p)
	a.do("be a desk", chromedp.EmulateViewport(1440, 800))
	a.signIn()
	a.click(at("list-all"))
	a.click(item)
	a.click(at("step-in"))
	a.until("the chat is the agent's", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'live' || document.querySelector('[data-testid="room"]')?.outerHTML`)
	a.answers("Here I am.")
	v.hasMessage("log", "agent", "Here I am.")
	v.endsTheChat()
	a.until("the chat is closed", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'closed' || document.querySelector('[data-testid="room"]')?.outerHTML`)
	v.say("What does it cost?")
	v.answered()
	if n := get[int](v.page, `() => document.querySelectorAll('[data-testid="log"] [role="separator"]').length`); n != 1 {
		t.Errorf("the visitor sees %d dividers, want one between two visits", n)
	}
	v.picture()

	a.until("both visits are headed", `() => { const all = [...document.querySelectorAll('[data-testid="visit"]')].map((e) => e.innerText); return all.length === 2 && all[0].startsWith('Visit 1 · ') && all[0].endsWith('answered by a person') && all[1].startsWith('Visit 2 · ') || all; }`)
	a.fill(at("tag-field"), "refund")
	a.press(kb.Enter)
	a.shows(at("tags"), "refund")
	a.until("the field is free for another one", `() => document.querySelector('[data-testid="tag-field"]').value === '' && document.activeElement?.dataset.testid === 'tag-field'`)
	a.fill(at("tag-field"), "very important person")
	a.press(kb.Enter)
	a.do("go on", chromedp.Evaluate[chromedp.Void](`document.querySelector('[data-testid="agent-log"]').focus()`))
	a.shows(at("tags"), "very important person")
	if on := get[string](a.page, `() => document.activeElement.dataset.testid`); on != "agent-log" {
		t.Errorf("who has gone on to the log is taken to %q", on)
	}
	a.click(at("list-all"))
	a.shows(at("row-tags"), "refund")
	a.picture()
	a.inBoth("a chat with visits and tags")
	a.reload()
	a.shows(at("tags"), "very important person")
	a.until("the field is there", `() => !!document.querySelector('[data-testid="tag-field"]')`)
	a.do("focus it", chromedp.Evaluate[chromedp.Void](`document.querySelector('[data-testid="tag-field"]').focus()`))
	a.press(kb.Backspace)
	a.press(kb.Enter)
	a.until("the last tag is gone", `() => { const all = [...document.querySelectorAll('[data-testid="tags"] [role="listitem"]')].map((e) => e.innerText.trim()); return all.join() === 'refund' || all; }`)

	// The same on a phone.
	a.do("be a phone", chromedp.EmulateViewport(390, 844))
	a.picture()
	v.hasMessage("log", "visitor", "What does it cost?")
	v.until("the visitor knows nothing of tags", `() => !document.body.innerText.includes('refund')`)
}
