package api_test

import (
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/desk"
)

// What can't be a capacity is refused with a sentence, and changes nothing.
func TestAnAgentsOwnCapacity(t *testing.T) {
	s := start(t)
	admin, grace := s.browser("192.0.2.1"), s.browser("192.0.2.2")
	admin.login("admin", adminPassword)
	admin.do("POST", "/api/agents", `{"user":"grace","name":"Grace","role":"agent","password":"`+gracePassword+`"}`)
	grace.login("grace", gracePassword)
	for _, capacity := range []string{"1", "7", "100"} {
		admin.want("a capacity of "+capacity, admin.do("PUT", "/api/agents/grace", `{"capacity":`+capacity+`}`), 204, "")
	}
	for _, capacity := range []string{"0", "-1", "101", "1.5", "1e3", `"7"`, `""`, "true", "[3]", "{}"} {
		got := admin.do("PUT", "/api/agents/grace", `{"capacity":`+capacity+`}`)
		admin.wantCode("a capacity of "+capacity, got, 400, "bad_capacity")
		if !strings.Contains(got.body, "A capacity is a whole number from 1 to 100") || !strings.Contains(got.body, "To get no chats") {
			t.Errorf("a capacity of %s: told %s", capacity, got.body)
		}
	}
	admin.wantCode("together with what is stored elsewhere", admin.do("PUT", "/api/agents/grace", `{"name":"Nobody","capacity":3}`), 400, "bad_request")
	grace.wantCode("an agent's own wish", grace.do("PUT", "/api/agents/grace", `{"capacity":50}`), 403, "not_allowed")
	if d := s.duty("grace"); d.Capacity != 100 || d.Revision != 3 {
		t.Errorf("set is %+v, want the third change, a capacity of 100", d)
	}
	admin.want("the same again", admin.do("PUT", "/api/agents/grace", `{"capacity":100}`), 204, "")
	if d := s.duty("grace"); d.Revision != 3 {
		t.Errorf("what changes nothing is revision %d", d.Revision)
	}
	if list := admin.do("GET", "/api/agents", "").body; !strings.Contains(list, `"user":"grace","name":"Grace"`) || !strings.Contains(list, `"capacity":100`) {
		t.Errorf("the list is %s", list)
	}
	admin.want("their own no more", admin.do("PUT", "/api/agents/grace", `{"capacity":null}`), 204, "")
	if d := s.duty("grace"); d.Capacity != 0 {
		t.Errorf("set is %+v", d)
	}
	admin.wantCode("of nobody", admin.do("PUT", "/api/agents/nobody", `{"capacity":3}`), 404, "not_found")
	if d := s.duty("nobody"); d != (desk.Duty{}) {
		t.Errorf("an account that is not there has %+v", d)
	}
}

// Away is an agent's own switch, and leaves the capacity alone.
func TestAnAgentGoesAwayAndComesBack(t *testing.T) {
	s := start(t)
	admin, grace := s.browser("192.0.2.1"), s.browser("192.0.2.2")
	admin.login("admin", adminPassword)
	admin.do("POST", "/api/agents", `{"user":"grace","name":"Grace","role":"agent","password":"`+gracePassword+`"}`)
	admin.do("PUT", "/api/agents/grace", `{"capacity":4}`)
	grace.wantCode("signed out", grace.do("PUT", "/api/me", `{"away":true}`), 401, "not_signed_in")
	grace.login("grace", gracePassword)
	for _, body := range []string{`{}`, `{"away":null}`} {
		grace.wantCode(body, grace.do("PUT", "/api/me", body), 400, "bad_request")
	}
	for i, c := range []struct {
		body     string
		away     bool
		revision uint64
	}{{`{"away":true}`, true, 2}, {`{"away":true}`, true, 2}, {`{"away":false}`, false, 3}} {
		grace.want(c.body, grace.do("PUT", "/api/me", c.body), 204, "")
		if d := s.duty("grace"); d.Away != c.away || d.Capacity != 4 || d.Revision != c.revision {
			t.Errorf("change %d: %+v, want %+v", i, d, c)
		}
	}
	if d := s.duty("admin"); d != (desk.Duty{}) {
		t.Errorf("the admin's is %+v", d)
	}
}
