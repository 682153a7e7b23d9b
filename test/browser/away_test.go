package browser

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// away excuses what a browser reports about a server that is down, or that has just
// started and says so.
func away(g *page) {
	g.allow(`WebSocket connection to|net::ERR_(CONNECTION|EMPTY|SOCKET)|status of 503 `)
}

// sameLog waits until the log is exactly what it was, each message once.
func (v visitor) sameLog(before []message) {
	v.t.Helper()
	var got []message
	if _, ok := within(patience, func() (bool, string) {
		got = v.log("log")
		return slices.Equal(got, before), ""
	}); !ok {
		v.t.Fatalf("the log changed\nbefore: %v\nafter:  %v", before, got)
	}
}

func TestTypedTextSurvivesAReload(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.fill(at("composer"), "My order number is 4711, and")
	v.reload()
	v.until("the typed text is still there", `(s) => document.querySelector(s)?.value === 'My order number is 4711, and'
		|| document.querySelector(s)?.value`, at("composer"))
}

func TestATextTypedWhileTheServerIsAwayIsSentWhenItIsBackOnce(t *testing.T) {
	p := startParley(t)
	v := newVisitor(t, p)
	v.startAs("Ada")
	v.say("Before")
	v.answered()
	away(v.page)
	p.kill()

	v.say("While you were away")
	v.until("the text stands in the log, not sent yet", `() => (`+messagesIn+`)('log').some((m) => m.Text === 'While you were away' && m.Seq === 0)`)
	v.shows(at("offline-bar"), "Not connected")
	p.restart()

	v.hides(at("offline-bar"))
	v.hasMessage("log", "visitor", "Before")
	v.hasMessage("log", "visitor", "While you were away")
	v.answered()
	before := v.log("log")
	v.reload()
	v.sameLog(before)
}

func TestTwoTabsOfOneVisitorShowOneChat(t *testing.T) {
	p := startParley(t)
	first := newVisitor(t, p)
	first.startAs("Ada")
	first.say("From the first tab")
	first.answered()

	second := visitor{first.profile.tab(), first.profile}
	second.open(p.url + "/")
	second.hasMessage("log", "visitor", "From the first tab")
	second.say("From the second tab")
	second.answered()
	first.hasMessage("log", "visitor", "From the second tab")
	first.sameLog(second.log("log"))

	first.say("escalate")
	second.hears("in line")
	second.click(at("person")) // cancels
	first.hears("Parley bot")
}

func TestAnAgentKeepsTheDeskWhenTheServerComesBack(t *testing.T) {
	p := startParley(t)
	v, a := newVisitor(t, p), newAgent(t, p)
	v.startAs("Ada")
	v.say("escalate")
	a.signIn()
	a.seesWaiting("Ada")
	a.opens()
	a.takes()
	away(v.page)
	away(a.page)
	p.kill()
	a.shows(at("offline-bar"), "Not connected")
	a.paste("I looked it up.")
	a.press(kb.Enter)
	p.restart()
	a.hasMessage("agent-log", "agent", "I looked it up.")
	v.hasMessage("log", "agent", "I looked it up.")
	v.hears("Admin from support")
}
