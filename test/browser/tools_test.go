package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// saves fills in the form for a quick reply and saves it.
func (a agent) saves(form, title, text string) {
	a.t.Helper()
	a.fill(at(form+"-title"), title)
	a.fill(at(form+"-text"), text)
	a.click(at(form + "-save"))
}

// field waits until the composer holds a text.
func (a agent) field(text string) {
	a.t.Helper()
	a.until("the field holds "+text, `(text) => {
		const field = document.querySelector('[data-testid="agent-composer"]');
		return field?.value === text || field?.value;
	}`, text)
}

// An agent writes a quick reply, uses it by keyboard alone, and is shown what has no value. A
// macro says, tags and closes at once.
func TestQuickRepliesAndMacrosByKeyboard(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.startAs("Ada Lovelace")
	v.say("I want my money back.")
	v.answered()
	a := newAgent(t, p)
	a.do("be a desk", chromedp.EmulateViewport(1440, 800))
	a.signIn()
	a.allow(`status of 400 .*/api/macros/`)

	a.click(at("account"))
	a.click(at("menu-canned"))
	a.shows(at("canned-dialog"), "Yours")
	a.saves("canned", "Refund", "Dear {frist name}, from {site}.")
	a.shows("#canned-text-problem", "There is no placeholder {frist name}.")
	a.focusIsOn(at("canned-text"))
	a.inBoth("a broken placeholder")
	a.fill(at("canned-text"), "Dear {first name}, from {site}.")
	a.fill(at("canned-tags"), "refund, happy")
	a.until("it ends with a close", `() => {
		const then = document.querySelector('[data-testid="canned-then"]');
		then.value = 'close';
		then.dispatchEvent(new Event('change', { bubbles: true }));
		return true;
	}`)
	a.click(at("canned-save"))
	a.shows(at("canned-dialog"), "“Refund” is saved.")
	a.saves("canned", "Hours", "We answer from 9 to 5.")
	a.shows(at("canned-dialog"), "“Hours” is saved.")
	a.picture()
	a.inBoth("quick replies")
	a.screen(390, 844)
	a.fits("quick replies on a phone")
	a.picture()
	a.do("be a desk", chromedp.EmulateViewport(1440, 800))
	a.press(kb.Escape)
	a.hides(at("canned-dialog"))

	a.click(at("list-all"))
	a.click(item)
	a.press("t")
	a.until("the chat is the agent's", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'live' && document.activeElement?.dataset.testid === 'agent-composer'`)
	a.press("/")
	a.shows(at("canned-list"), "Refund")
	a.inBoth("the list of quick replies")
	a.picture()
	a.press("hou")
	a.until("one fits", `() => document.querySelectorAll('[data-testid="canned-list"] [role="option"]').length === 1`)
	a.press(kb.Escape)
	a.hides(at("canned-list"))
	a.field("/hou")
	for range 4 {
		a.press(kb.Backspace)
	}
	a.press("/hou")
	a.press(kb.Enter)
	a.field("We answer from 9 to 5.")
	a.press(kb.Enter)
	v.hasMessage("log", "agent", "We answer from 9 to 5.")

	a.press("/")
	a.shows(at("canned-list"), "Hours")
	a.press(kb.ArrowDown)
	a.press(kb.Enter)
	a.field("Dear Ada, from {site}.")
	a.shows(at("blanks"), "{site}")
	a.shows(at("further"), "Close the chat")
	a.inBoth("a macro with a blank")
	a.picture()
	a.until("the blank is selected", `() => { const f = document.querySelector('[data-testid="agent-composer"]'); return f.value.slice(f.selectionStart, f.selectionEnd) === '{site}'; }`)
	a.press(kb.Enter) // it is not sent
	a.field("Dear Ada, from {site}.")
	a.until("the blank is selected again", `() => { const f = document.querySelector('[data-testid="agent-composer"]'); return f.value.slice(f.selectionStart, f.selectionEnd) === '{site}'; }`)
	a.press("the shop")
	a.field("Dear Ada, from the shop.")
	a.press(kb.Enter)
	v.hasMessage("log", "agent", "Dear Ada, from the shop.")
	a.until("the chat is closed", `() => document.querySelector('[data-testid="room"]')?.dataset.status === 'closed'`)
	a.shows(at("tags"), "refund")
	a.shows(at("tags"), "happy")
	a.until("it is said once", `() => [...document.querySelectorAll('[data-testid="agent-log"] .bubble')].filter((e) => e.innerText.includes('from the shop')).length <= 1`)
}

// A draft that was begun on one device goes on at another. Where both differ, both are shown.
func TestADraftOnTwoDevices(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.say("What is Parley?")
	v.answered()
	laptop, phone := newAgent(t, p), newAgent(t, p)
	laptop.do("be a desk", chromedp.EmulateViewport(1440, 800))
	phone.screen(390, 844)
	laptop.signIn()
	phone.signIn()
	laptop.click(at("list-all"))
	laptop.click(item)
	laptop.press("t")
	laptop.until("the chat is the agent's", `() => document.activeElement?.dataset.testid === 'agent-composer'`)
	laptop.press("Let me look")
	laptop.until("it is kept", `() => Object.keys(localStorage).some((key) => key.includes('.draft.') && JSON.parse(localStorage[key]).edition > 0)`)
	phone.click(at("list-all"))
	phone.click(item)
	phone.field("Let me look")
	phone.fill(at("agent-composer"), "Let me look it up")
	laptop.field("Let me look it up") // without a look at the laptop
	// Both write at once.
	get[bool](phone.page, `() => { const f = document.querySelector('[data-testid="agent-composer"]'); f.focus(); return true; }`)
	laptop.fill(at("agent-composer"), "On the laptop")
	phone.fill(at("agent-composer"), "On the phone")
	var shown, other agent
	eventually(t, "one of them is shown both", func() (bool, string) {
		for i, a := range []agent{laptop, phone} {
			if get[bool](a.page, `() => !!document.querySelector('[data-testid="elsewhere"]')`) {
				shown, other = a, []agent{phone, laptop}[i]
				return true, ""
			}
		}
		return false, "nothing"
	})
	mine := get[string](shown.page, `() => document.querySelector('[data-testid="agent-composer"]').value`)
	theirs := get[string](other.page, `() => document.querySelector('[data-testid="agent-composer"]').value`)
	shown.shows(at("elsewhere"), theirs)
	shown.inBoth("two drafts")
	shown.picture()
	shown.click(at("use-other"))
	shown.field(theirs)
	shown.hides(at("elsewhere"))
	if mine == theirs {
		t.Errorf("both had %q", mine)
	}
	laptop.click(at("agent-composer"))
	laptop.press(kb.Enter)
	v.hasMessage("log", "agent", theirs)
	phone.field("")
}

// Two admins change one quick reply of the team at once: the second is shown both.
func TestTwoAdminsChangeOneQuickReply(t *testing.T) {
	p := startParley(t)
	ada, bob := settingsOf(t, p), settingsOf(t, p)
	ada.saves("team-macro", "Hours", "9 to 5")
	ada.shows("#macros", "“Hours” is saved.")
	bob.reload()
	bob.shows("#macros", "9 to 5")
	edit := `#macros [aria-label="Edit Hours"]`
	ada.click(edit)
	bob.click(edit)
	ada.fill(at("team-macro-text"), "8 to 6")
	ada.click(at("team-macro-save"))
	ada.shows("#macros", "“Hours” is saved.")
	bob.allow(`status of 409 `)
	bob.fill(at("team-macro-text"), "7 to 7")
	bob.click(at("team-macro-save"))
	bob.shows(at("team-macro-theirs"), "admin changed it while you were writing.")
	bob.shows(at("team-macro-theirs"), "8 to 6")
	bob.holds(at("team-macro-text"), "7 to 7")
	bob.inBoth("a quick reply that two changed")
	bob.picture()
	bob.click(at("team-macro-save"))
	bob.shows("#macros", "“Hours” is saved.")
	ada.reload()
	ada.shows("#macros", "7 to 7")

	// Two who give tags a color at once both do.
	bob.fill(at("set-tags"), "refund")
	bob.press(kb.Enter)
	bob.shows(at("tag-rows"), "refund")
	bob.inBoth("tags with colors")
	bob.picture()
	bob.click(at("save"))
	bob.shows(at("said"), "Saved.")
	ada.allow(`status of 409 `)
	ada.fill(at("set-tags"), "VIP")
	ada.click(at("add-tag"))
	ada.click(at("save"))
	ada.shows(at("said"), "admin saved other changes")
	ada.click(at("save"))
	ada.shows(at("said"), "Saved.")
	ada.shows(at("tag-rows"), "refund")

	v := newVisitor(t, p)
	v.startAs("Ada")
	v.say("What is Parley?")
	v.answered()
	bob.open(p.url + "/agent")
	bob.do("be a desk", chromedp.EmulateViewport(1440, 800))
	bob.click(at("list-all"))
	bob.click(item)
	for _, tag := range []string{"Refund", "other"} {
		bob.fill(at("tag-field"), tag)
		bob.press(kb.Enter)
		bob.shows(at("tags"), tag)
	}
	bob.until("one has the site's color, and one is gray", `() => {
		const of = [...document.querySelectorAll('[data-testid="tags"] [role="listitem"]')].map((e) => e.dataset.color ?? 'none').join();
		return of === 'red,none' || of;
	}`)
	bob.inBoth("a chat with a colored tag")
	bob.picture()
	bob.screen(390, 844)
	bob.picture()
}
