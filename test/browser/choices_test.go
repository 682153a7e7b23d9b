package browser

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// What the bot is not sure of it offers as buttons. A press asks exactly that, once; then
// the old reply keeps what it offered as a list, without buttons; and a person can be chosen.
func TestAChoiceIsPressedOnceAndStaysAsWords(t *testing.T) {
	pages := t.TempDir()
	for name, text := range map[string]string{
		"returns.md":  "# Returns and refunds\n\n## How long\n\nYou can return shoes within 30 days. Keep the receipt.\n\n## Refund\n\nThe refund reaches your bank account within a week.",
		"delivery.md": "# Delivery\n\n## Time\n\nParcels arrive after two working days.\n\n## Countries\n\nWe deliver to France, Spain and Portugal.",
	} {
		if err := os.WriteFile(filepath.Join(pages, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := startParley(t, "BOT_KNOWLEDGE="+pages)
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.say("refund account for umbrellas and purple elephants")
	v.until("choices, and a person as the last", `() => {
		const labels = [...document.querySelectorAll('[data-testid="choice"]')].map((el) => el.textContent);
		return labels.length >= 2 && labels[0].endsWith('Refund') && labels.at(-1) === 'Talk to a person' || labels.join();
	}`)
	v.inBoth("choices")
	v.resize(375)
	v.until("nothing scrolls sideways on a phone", sideways)
	v.tabTo(at("choice"))
	v.press(kb.Enter)
	v.hasMessage("log", "bot", "The refund reaches your bank account within a week.")
	v.until("it was asked once", `() => {
		const asked = [...document.querySelectorAll('[data-testid="message"][data-role="visitor"]')];
		return asked.length === 2 && asked[1].innerText.includes('Refund') || asked.map((el) => el.innerText).join();
	}`)
	v.until("the old choices are words now", `() => document.querySelector('[data-testid="offered"]')?.innerText.includes('Refund') || document.body.innerText`)
	v.focusIsOn(at("log")) // not lost with the button
	v.reload()
	v.hasMessage("log", "bot", "The refund reaches your bank account within a week.")
	v.say("refund account for umbrellas and purple elephants")
	v.click(`[data-testid="choice"]:last-child`)
	v.hears("in line")
}
