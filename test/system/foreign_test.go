package system_test

import (
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// An installation without regions knows no chat whose id names one. An agent is told so at
// once, rather than to try again.
func TestWithoutRegionsAnIdThatNamesOneIsNoChat(t *testing.T) {
	s := newSystem(t)
	g := s.whole()
	console := talktest.DialConsole(t, g.url, talktest.Login(t, g.url, "admin", adminPassword))
	console.Send("t", "open", "id", "o1", "chat", string(chat.NewIDAt("eu")))
	if f := console.Find("an answer", func(f talk.Frame) bool { return f.ID == "o1" }); f.T != "error" || f.Code != "not_found" || f.Retry != 0 {
		t.Errorf("the agent reads %+v", f)
	}
}
