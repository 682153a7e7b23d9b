package browser

import (
	"context"
	"testing"

	devtools "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// hurries makes two minutes of quiet a moment on the pages that are loaded from now on.
func (g *page) hurries() {
	g.t.Helper()
	g.do("hurry", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, devtools.AddScriptToEvaluateOnNewDocument, devtools.AddScriptToEvaluateOnNewDocumentParams{Source: `
			{ const later = window.setTimeout; window.setTimeout = (act, ms, ...rest) => later(act, ms === 120_000 ? 1_000 : ms, ...rest); }`})
		return err
	}))
}

// A visitor whom the bot answered, and who says nothing more, is asked once how it was: below the
// log, without the focus, by one press or none. Agents read the rating with the visit.
func TestAChatWithTheBotAloneIsRated(t *testing.T) {
	p := startParley(t, "BOT_NAME=Robin")
	v, a := newVisitor(t, p), newAgent(t, p)
	v.hurries()
	v.reload()
	v.startAs("Ada")
	v.say("What is Parley?")
	v.answered()
	v.shows(at("rating"), "How was your chat with Robin?")
	v.focusIsOn(at("composer"))
	v.inBoth("asking how the bot was")
	for _, width := range []int64{375, 320} {
		v.resize(width)
		v.fits("asking how the bot was")
	}
	v.inBoth("asking how the bot was, on a phone")
	v.forces()
	if got := get[[]string](v.page, `() => [...document.querySelectorAll('[data-testid="rating"] .scores button')].filter((el) => parseFloat(getComputedStyle(el).borderTopWidth) === 0).map((el) => el.outerHTML)`); len(got) > 0 {
		t.Errorf("without an edge, where colors are forced: %q", got)
	}
	v.do("be a desk", chromedp.EmulateViewport(1280, 800))

	// It is not in the way: who writes on is answered, and asked again.
	v.say("What does it cost?")
	v.until("it gives way to what is written", `() => !document.querySelector('[data-testid="rating"]') || [...document.querySelectorAll('[data-testid="message"][data-role="bot"]')].length > 1`)
	v.answered()
	v.shows(at("rating"), "How was your chat with Robin?")

	// By keyboard, with words.
	v.do("focus it", chromedp.Evaluate[chromedp.Void](`document.querySelector('[data-testid="score-1"]').focus()`))
	for range 3 {
		v.press(kb.Tab)
	}
	v.focusIsOn(at("score-4"))
	v.press(kb.Enter)
	v.focusIsOn(at("rating-text"))
	v.paste("Quick")
	v.press(kb.Enter)
	v.shows(at("rating-thanks"), "Thanks")
	v.focusIsOn(at("composer"))

	// Once a visit, also after more was said, and on a page that is loaded again.
	v.say("How do I embed it?")
	v.answered()
	v.reload()
	v.hasMessage("log", "visitor", "How do I embed it?")
	v.until("nobody asks again", `() => new Promise((done) => setTimeout(() => done(!document.querySelector('[data-testid="rating"]')), 3_000))`)

	a.signIn()
	a.screen(1280, 800)
	a.click(at("list-all"))
	a.shows(item, "Ada")
	a.opens()
	a.shows(at("agent-log"), "Ada rated the chat 4 of 5: Quick")
	a.shows(at("context"), "4 of 5")
	a.open(p.url + "/ops")
	a.until("the bot's rating is among the figures, beside that of people", `() => [...document.querySelectorAll('[data-testid="ratings-table"] tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent).join(' ')).join() === 'People 0 –,The bot alone 1 4.0'`)
}

// Who would rather not is not asked again in this visit, and in the next; a chat that nobody
// wrote in for long is closed, and rated then.
func TestWhoWouldRatherNotRateIsNotAskedAgain(t *testing.T) {
	p := startParley(t, "BOT_NAME=Robin", "IDLE_LIMIT=1m")
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.say("What is Parley?")
	v.answered()
	v.hears("This chat is closed")
	v.shows(at("rating"), "How was your chat with Robin?")
	v.inBoth("a chat with the bot that is over")
	v.click(at("rate-not"))
	v.hides(at("rating"))
	v.focusIsOn(at("composer"))
	v.reload()
	v.hears("This chat is closed")
	v.until("nobody asks again", `() => new Promise((done) => setTimeout(() => done(!document.querySelector('[data-testid="rating"]')), 2_000))`)
	v.say("What does it cost?")
	v.answered()
	v.shows(at("rating"), "How was your chat with Robin?")
}
