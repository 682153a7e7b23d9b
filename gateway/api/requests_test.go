package api_test

import "testing"

// One account can't have the gateway read all accounts, or tell all consoles, without end.
// What it does is nothing to anybody else behind the same address.
func TestAnAccountHasAShareOfRequests(t *testing.T) {
	s := start(t)
	admin, grace := s.browser("192.0.2.1"), s.browser("192.0.2.1")
	admin.login("admin", adminPassword)
	admin.do("POST", "/api/agents", `{"user":"grace","name":"Grace","role":"agent","password":"`+gracePassword+`"}`)
	grace.login("grace", gracePassword)
	refused := false
	for range 2000 {
		if a := grace.do("GET", "/api/me", ""); a.status != 200 {
			grace.wantCode("too many", a, 429, "rate_limited")
			refused = true
			break
		}
	}
	if !refused {
		t.Error("2,000 requests in a row were answered")
	}
	if a := admin.do("GET", "/api/me", ""); a.status != 200 {
		t.Errorf("somebody else: %d %s", a.status, a.body)
	}
}

// Readers write nothing, not for themselves either.
func TestReadersKeepNoQuickReplies(t *testing.T) {
	s := start(t)
	admin, rhea := s.browser("192.0.2.1"), s.browser("192.0.2.2")
	admin.login("admin", adminPassword)
	admin.do("POST", "/api/agents", `{"user":"rhea","name":"Rhea","role":"reader","password":"`+gracePassword+`"}`)
	rhea.login("rhea", gracePassword)
	rhea.wantCode("she keeps one", rhea.do("PUT", "/api/macros/hers", `{"revision":0,"macro":{"title":"Hello","text":"Hi"}}`), 403, "not_allowed")
}
