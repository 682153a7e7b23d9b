package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// fromWord is what people paste: Word's line break, an optional hyphen, a terminal's
// colors, a byte order mark.
const fromWord = "\ufeffone\vtwo\r\nVer\u00adsand \x1b[31mred\x1b[0m\x00!"

// clipboard pastes at the caret as the browser does: the page may take it over. It
// reports whether the page did.
func (g *page) clipboard(selector, text string) bool {
	g.t.Helper()
	return get[bool](g, `(s, text) => {
		const field = document.querySelector(s), data = new DataTransfer();
		field.focus();
		data.setData('text/plain', text);
		return !field.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
	}`, selector, text)
}

func (g *page) holds(selector, text string) {
	g.t.Helper()
	g.until(selector+" holds the text", `(s, text) => document.querySelector(s)?.value === text || document.querySelector(s)?.value`, selector, text)
}

func TestWhatIsPastedIsCleanedWhereItIsPasted(t *testing.T) {
	p := startParley(t)
	v, a := newVisitor(t, p), newAgent(t, p)
	v.click(at("name-input"))
	if !v.clipboard(at("name-input"), "Ada\v\x00Lovelace\r\n") {
		t.Error("the page left the name to the browser")
	}
	v.holds(at("name-input"), "Ada Lovelace")
	v.click(at("start"))
	v.shows(at("who"), "")
	v.until("the chat is open", `() => document.querySelector('[data-testid="composer"]') !== null`)

	v.fill(at("composer"), "before after")
	v.do("put the caret in the middle", chromedp.Evaluate[chromedp.Void](`document.querySelector('[data-testid="composer"]').setSelectionRange(7, 7)`))
	if v.clipboard(at("composer"), "a clean text\r\nis left alone") {
		t.Error("the page took over a clean text")
	}
	v.clipboard(at("composer"), fromWord+" ")
	v.holds(at("composer"), "before one\ntwo\nVersand red! after")
	v.until("the caret stands after what was pasted", `(s) => document.querySelector(s).selectionStart === 'before one\ntwo\nVersand red! '.length || document.querySelector(s).selectionStart`, at("composer"))
	v.press("z", chromedp.ModifierCtrl)
	v.holds(at("composer"), "before after")
	v.clipboard(at("composer"), fromWord+" ")
	v.press(kb.Enter)
	v.hasMessage("log", "visitor", "before one\ntwo\nVersand red! after")

	a.signIn()
	v.say("escalate")
	a.seesWaiting("Ada Lovelace")
	a.opens()
	a.takes()
	a.clipboard(at("agent-composer"), fromWord)
	a.press(kb.Enter)
	v.hasMessage("log", "agent", "one\ntwo\nVersand red!")
	a.click(at("note-toggle"))
	a.clipboard(at("agent-composer"), fromWord)
	a.press(kb.Enter)
	a.until("the note is there", `() => [...document.querySelectorAll('.note .words')].some((el) => el.innerText === 'one\ntwo\nVersand red!')`)
}

func TestWhatAnotherWayBroughtInIsCleanedWhenItIsSent(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.startAs("Ada")
	// As a text that is dropped, dictated, or kept as a draft by an earlier version.
	set := `(s, text) => {
		const field = document.querySelector(s);
		field.value = text;
		field.dispatchEvent(new InputEvent('input', {bubbles: true}));
		field.focus();
		return true;
	}`
	get[bool](v.page, set, at("composer"), fromWord)
	v.press(kb.Enter)
	v.hasMessage("log", "visitor", "one\ntwo\nVersand red!")
	get[bool](v.page, set, at("composer"), "\x00\ufeff")
	v.until("there is nothing to send", `() => document.querySelector('[data-testid="send"]').getAttribute('aria-disabled') === 'true'`)
}
