package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// asksTheBrowser stands in for the browser's own question, and remembers what the page had
// turned on when it was asked.
const asksTheBrowser = `() => {
	window.prompts = [];
	Notification.requestPermission = async () => { window.prompts.push(localStorage.getItem('parley.agent.sound')); return 'granted'; };
	return true;
}`

// switches waits until the menu's switches are as they should be.
func (a agent) switches(sound, notifications bool) {
	a.t.Helper()
	a.click(at("account"))
	a.until("the switches", `(want) => {
		const is = [...document.querySelectorAll('#account-menu .switch:not([data-testid="available"])')].map((each) => each.checked);
		return JSON.stringify(is) === JSON.stringify(want) || is;
	}`, []bool{sound, notifications})
	a.press(kb.Escape)
}

// Sound and notifications are one question, after the one about the name, and the browser's
// own prompt comes only after a yes.
func TestWhoSignsInIsAskedOnceWhetherToHearAboutChats(t *testing.T) {
	p := startParley(t)
	a := newAgent(t, p)
	get[bool](a.page, asksTheBrowser)
	a.signIn()
	a.shows(at("naming"), "")
	a.hides(at("hearing"))
	a.click(at("naming-later"))
	a.shows(at("hearing"), "Want to hear about new chats?")
	a.inBoth("asked about sound")
	for _, width := range []int64{320, 360, 1280} {
		a.resize(width)
		a.shows(at("hearing"), "")
		a.fits("asked about sound")
	}
	a.mayBePainted("asked-about-sound", 700)
	if asked := get[int](a.page, `() => prompts.length`); asked != 0 {
		t.Errorf("the browser asked %d times before anybody said yes", asked)
	}
	a.tabTo(at("hearing-yes"))
	a.press(kb.Enter)
	a.hides(at("hearing"))
	a.focusIsOn(`.tabs [aria-selected="true"]`)
	a.until("the browser is asked once, with sound on", `() => JSON.stringify(prompts) === '["on"]' || prompts`)
	a.switches(true, true)
	a.reload()
	a.shows(at("console"), "")
	a.hides(at("hearing"))

	other := newAgent(t, p) // another browser, where the name is chosen already
	get[bool](other.page, asksTheBrowser)
	other.signIn()
	other.shows(at("hearing"), "")
	other.click(at("hearing-no"))
	other.hides(at("hearing"))
	other.switches(false, false)
	if asked := get[int](other.page, `() => prompts.length`); asked != 0 {
		t.Errorf("the browser asked %d times after a no", asked)
	}
	other.reload()
	other.shows(at("console"), "")
	other.hides(at("hearing"))
	other.switches(false, false)
}
