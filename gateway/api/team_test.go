package api_test

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// Anybody may know who is online by the names that visitors see, and no more.
func TestAnybodySeesWhoIsOnlineByNameOnly(t *testing.T) {
	s := start(t)
	s.online = func() []chat.Agent {
		return []chat.Agent{{User: "grace-login", Name: "Grace"}, {User: "alan-login", Name: "Alan"}}
	}
	b := s.browser("192.0.2.1")
	b.want("two are online", b.do("GET", "/api/team", ""), 200, `{"online":["Grace","Alan"],"count":2}`)

	s.online = func() []chat.Agent {
		many := make([]chat.Agent, 40)
		for i := range many {
			many[i] = chat.Agent{User: "u", Name: string(rune('A' + i%20))}
		}
		return many
	}
	b.want("one look serves all for a while", b.do("GET", "/api/team", ""), 200, `{"online":["Grace","Alan"],"count":2}`)
	s.clock.pass(6 * time.Second)
	b.want("some names, and how many there are", b.do("GET", "/api/team", ""), 200, `{"online":["A","B","C","D","E"],"count":40}`)

	s.online = func() []chat.Agent { return nil }
	s.clock.pass(6 * time.Second)
	b.want("nobody", b.do("GET", "/api/team", ""), 200, `{"online":[],"count":0}`)
	b.wantCode("it is only read", b.do("POST", "/api/team", "{}"), 405, "method_not_allowed")
}
