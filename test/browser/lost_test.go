package browser

import (
	"testing"
	"time"
)

// When a gateway dies, its visitors and agents are at another one in a moment and
// caught up, and what they typed meanwhile was sent once. The time is logged but not
// judged, because this machine may be busy.
func TestAVisitorWhoLosesAGatewayContinuesAtAnother(t *testing.T) {
	nats, data := startNATS(t), "DATA_DIR="+t.TempDir()
	url := "NATS_URL=" + nats
	startRole(t, "historyworker", url, data)
	startRole(t, "botworker", url)
	startRole(t, "escalation", url)
	first := startServing(t, []string{"gateway"}, []string{url})
	second := startServing(t, []string{"gateway"}, []string{url})
	one := openDoor(t, first, second)

	// The page knows only one address, the door's.
	p := &parley{t: t, url: one.url()}
	v, a := newVisitor(t, p), newAgent(t, p)
	v.startAs("Ada")
	v.say("Before")
	v.answered()
	v.say("escalate")
	a.signIn()
	a.seesWaiting("Ada")
	a.opens()
	a.takes()
	v.hears("Admin from support")

	away(v.page)
	away(a.page)
	lost := time.Now()
	first.kill()
	v.say("Are you still there?")
	a.hasMessage("agent-log", "visitor", "Are you still there?")
	t.Logf("a visitor whose gateway was killed was heard by an agent whose gateway was killed after %v", time.Since(lost).Round(10*time.Millisecond))
	v.hides(at("offline-bar"))
	v.hasMessage("log", "visitor", "Before")
	v.hasMessage("log", "visitor", "Are you still there?")
	a.answers("Yes, at another gateway.")
	v.hasMessage("log", "agent", "Yes, at another gateway.")
}
