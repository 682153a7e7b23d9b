package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// settingsOf opens the settings page for an admin who is not signed in yet.
func settingsOf(t *testing.T, p *parley) agent {
	t.Helper()
	a := newAgent(t, p)
	a.open(p.url + "/agent/settings")
	a.fill(at("login-user"), "admin")
	a.fill(at("login-password"), adminPassword)
	a.press(kb.Enter)
	a.shows(at("settings"), "Your brand")
	return a
}

// previews waits until the frame beside the form shows words.
func (a agent) previews(words string) {
	a.t.Helper()
	a.until("the preview shows "+words, `(words) => {
		const body = document.querySelector('[data-testid="preview"]').contentDocument.body;
		return body.innerText.includes(words) || body.innerText;
	}`, words)
}

func TestTwoAdminsSetWhatVisitorsSee(t *testing.T) {
	p := startParley(t, "BOT_NAME=Robi")
	ada, bob := settingsOf(t, p), settingsOf(t, p)

	// The preview follows what is typed, and nothing is saved, begun or kept by it.
	ada.previews("Robi answers right away")
	ada.fill(at("set-title"), "Ada's Shop")
	ada.previews("Ada's Shop")
	ada.fill(at("set-starters"), "Where is my order?\nDo you ship abroad?")
	ada.previews("Do you ship abroad?")
	ada.fill(at("set-accent"), "#a0205a")
	ada.until("the preview has the color", `() => {
		const frame = document.querySelector('[data-testid="preview"]').contentDocument;
		return getComputedStyle(frame.querySelector('[data-testid="start"]')).backgroundColor === 'rgb(160, 32, 90)';
	}`)
	ada.until("the preview takes no input and keeps nothing", `() => {
		const frame = document.querySelector('[data-testid="preview"]');
		return frame.contentDocument.getElementById('app').inert && localStorage.length === 0 || Object.keys(localStorage).join();
	}`)

	// The other admin saves first. Ada's words stay, and she learns of it.
	bob.fill(at("set-greeting"), "Hi <b>you</b>!")
	bob.click(at("save"))
	bob.shows(at("said"), "Saved.")
	ada.allow(`status of 409 `)
	ada.tabTo(at("save"))
	ada.press(kb.Enter)
	ada.shows(at("said"), "admin saved other changes")
	ada.until("both are in the form", `() => {
		const of = (name) => document.querySelector('[data-testid="set-' + name + '"]').value;
		return of('title') === "Ada's Shop" && of('greeting') === 'Hi <b>you</b>!' || of('title') + of('greeting');
	}`)
	ada.press(kb.Enter)
	ada.shows(at("said"), "Saved.")

	// A setting that is wrong is said beside its field, which gets the focus.
	ada.allow(`status of 400 `)
	ada.fill(at("set-accent"), "red")
	ada.click(at("save"))
	ada.shows("#accent-problem", "A color is written as #")
	ada.focusIsOn(at("set-accent"))
	ada.inBoth("settings, with something wrong")
	ada.fill(at("set-accent"), "#a0205a")
	ada.click(at("save"))
	ada.shows(at("said"), "Saved.")
	for _, width := range []int64{320, 640, 1280} { // 640: 1280 at 200 %
		ada.resize(width)
		ada.fits("settings")
	}
	ada.inBoth("settings")

	v := newVisitor(t, p)
	v.shows(at("who"), "Ada's Shop")
	v.shows(at("greeting"), "Hi <b>you</b>!")
	v.shows(at("greeting"), "Robi answers right away")
	v.shows(at("starter"), "Where is my order?")
}
