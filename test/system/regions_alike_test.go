package system_test

import (
	"net/http"
	"testing"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// An agent has one account in all regions, with one password and one session, whichever began
// first. What is taken away in one region is gone in the others as soon as they hear of it.
func TestAnAgentHasOneAccountInAllRegions(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	geu := eu.whole()
	admin := talktest.Login(t, geu.url, "admin", adminPassword)
	ap.history()
	ap.escalation(escalation.Options{})
	ap.bot(echo{})
	gap := ap.gateway(func(o *gateway.Options) { o.AdminPassword = "" }) // it must not make up another
	talktest.Call(t, gap.url, http.MethodGet, "/api/agents", "", admin)
	talktest.Login(t, gap.url, "admin", adminPassword)

	const password = "correct horse battery"
	talktest.Call(t, geu.url, http.MethodPost, "/api/agents", `{"user":"bea","name":"Bea","role":"agent","password":"`+password+`"}`, admin)
	bustest.Eventually(t, "bea to sign in in ap", func() bool {
		_, err := talk.Login(t.Context(), gap.url, "bea", password)
		return err == nil
	})
	bea := talktest.Login(t, gap.url, "bea", password)
	console := talktest.DialConsole(t, gap.url, bea)
	console.Find("a welcome", func(f talk.Frame) bool { return f.T == "welcome" })

	ap.others["eu"].Break()
	eu.others["ap"].Break()
	talktest.Call(t, geu.url, http.MethodPut, "/api/agents/bea", `{"disabled":true}`, admin)
	talktest.Call(t, gap.url, http.MethodPut, "/api/agents/bea", `{"name":"Beatrice"}`, talktest.Login(t, gap.url, "admin", adminPassword))
	ap.others["eu"].Mend()
	eu.others["ap"].Mend()
	for _, url := range []string{gap.url, geu.url} {
		bustest.Eventually(t, "bea to be shut out", func() bool {
			_, err := talk.Login(t.Context(), url, "bea", password)
			return err != nil
		})
	}
	bustest.Eventually(t, "the session to have ended", func() bool {
		_, err := talk.Call(t.Context(), gap.url, http.MethodGet, "/api/me", "", bea)
		return err != nil
	})
}

// A visitor whom the name identifies, and who was met in one region, has the same chat in the
// other.
func TestAVisitorWhomANameIdentifiesHasOneChat(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	open := func(o *gateway.Options) { o.VisitorAuth = identity.Open }
	for _, s := range []*system{eu, ap} {
		s.history()
		s.escalation(escalation.Options{})
		s.bot(echo{})
	}
	geu, gap := eu.gateway(open), ap.gateway(open)
	ada := talktest.Dial(t, geu.url)
	met := ada.Hello("Ada", "", 0)
	ada.Say("m1", "from eu")
	bustest.Eventually(t, "ap to know her", func() bool {
		return talktest.Dial(t, gap.url).Do("t", "hello", "name", "Ada").Chat == met.Chat
	})
	moved := talktest.Dial(t, gap.url)
	moved.Do("t", "hello", "name", "Ada", "since", 0)
	moved.Event("message", "from eu")
}
