package system_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// An admin renames an agent whose console stays connected. What the agent says from
// then on carries the new name, and the others see it among those who are online.
func TestARenamedAgentSpeaksUnderTheNewName(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.escalation(escalation.Options{})
	g := s.gateway()
	ann := s.agent(g, "ann")
	ada := talktest.Dial(t, g.url)
	chat := ada.Hello("Ada", "", 0).Chat
	ada.Do("t", "escalate", "id", "e1")
	ada.Find("the queue", func(f talk.Frame) bool { return f.T == "event" && f.Status == "waiting" })
	ann.Do("t", "take", "id", "t1", "chat", chat)

	talktest.Call(t, g.url, http.MethodPut, "/api/agents/ann", `{"name":"Annabel"}`, talktest.Login(t, g.url, "admin", adminPassword))
	n := 0
	bustest.Eventually(t, "words under the new name", func() bool {
		n++
		id := fmt.Sprint("s", n)
		ann.Do("t", "say", "id", id, "chat", chat, "text", "It is me: "+id+".")
		return ada.Event("say", id+".").From.Name == "Annabel"
	})
	presence, err := bus.OpenBucket[desk.Presence](t.Context(), s.connect("witness"), bus.PresenceBucket)
	if err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the new name among the agents who are online", func() bool {
		p, _, err := presence.Get(t.Context(), "ann")
		return err == nil && p.Name == "Annabel"
	})
}
