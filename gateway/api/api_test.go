package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// TestTheWholeStory plays an admin's and an agent's browser against one server.
func TestTheWholeStory(t *testing.T) {
	s := start(t)
	admin, grace := s.browser("192.0.2.1"), s.browser("192.0.2.2")

	admin.want("config", admin.do("GET", "/api/config", ""), 200, `{"visitor_auth":"claim","face":{"bot":"Robi"}}`)
	admin.wantCode("before signing in", admin.do("GET", "/api/me", ""), 401, "not_signed_in")
	admin.wantCode("before signing in", admin.do("GET", "/api/agents", ""), 401, "not_signed_in")
	admin.wantCode("wrong password", admin.login("admin", "wrong password"), 401, "bad_login")
	in := admin.login("admin", adminPassword)
	admin.want("sign in", in, 200, `{"user":"admin","name":"Admin","role":"admin","unnamed":true}`)
	for _, part := range []string{"parley_agent=", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=604800"} {
		if !strings.Contains(in.header.Get("Set-Cookie"), part) {
			t.Errorf("the cookie %q lacks %s", in.header.Get("Set-Cookie"), part)
		}
	}
	admin.want("me", admin.do("GET", "/api/me", ""), 200, `{"user":"admin","name":"Admin","role":"admin","unnamed":true}`)

	made := admin.do("POST", "/api/agents", `{"user":"grace","name":" Grace  Hopper ","role":"agent","password":"`+gracePassword+`","unknown":1}`)
	admin.want("an agent is made", made, 201, `{"user":"grace"}`)
	admin.want("the list", admin.do("GET", "/api/agents", ""), 200, `{"agents":[{"user":"admin","name":"Admin","role":"admin","disabled":false,"online":false},{"user":"grace","name":"Grace Hopper","role":"agent","disabled":false,"online":true}]}`)
	admin.wantCode("again", admin.do("POST", "/api/agents", `{"user":"grace","name":"G","role":"agent","password":"`+gracePassword+`"}`), 409, "user_taken")

	grace.want("grace signs in", grace.login("Grace", gracePassword), 200, `{"user":"grace","name":"Grace Hopper","role":"agent"}`)
	for _, c := range []answer{grace.do("GET", "/api/agents", ""), grace.do("POST", "/api/agents", "{}"), grace.do("PUT", "/api/agents/grace", `{"role":"admin"}`)} {
		grace.wantCode("an agent is no admin", c, 403, "not_allowed")
	}
	grace.wantCode("wrong old password", grace.do("POST", "/api/password", `{"old":"x","new":"another password"}`), 400, "bad_password")
	grace.want("own password", grace.do("POST", "/api/password", `{"old":"`+gracePassword+`","new":"another password"}`), 204, "")
	grace.want("still signed in", grace.do("GET", "/api/me", ""), 200, `{"user":"grace","name":"Grace Hopper","role":"agent"}`)

	admin.want("a new name", admin.do("PUT", "/api/agents/grace", `{"name":"Grace","role":"admin"}`), 204, "")
	grace.want("it counts at once", grace.do("GET", "/api/me", ""), 200, `{"user":"grace","name":"Grace","role":"admin"}`)
	admin.want("disabled", admin.do("PUT", "/api/agents/grace", `{"disabled":true}`), 204, "")
	grace.wantCode("signed out by it", grace.do("GET", "/api/me", ""), 401, "not_signed_in")
	grace.wantCode("and can't sign in", grace.login("grace", "another password"), 401, "bad_login")
	admin.wantCode("the last admin", admin.do("PUT", "/api/agents/admin", `{"disabled":true}`), 409, "last_admin")
	admin.wantCode("nobody", admin.do("PUT", "/api/agents/nobody", `{"disabled":true}`), 404, "not_found")

	admin.wantCode("one's own password by the list, without the current one", admin.do("PUT", "/api/agents/admin", `{"password":"`+adminPassword+`!"}`), 400, "bad_password")
	admin.wantCode("with a wrong one", admin.do("PUT", "/api/agents/admin", `{"name":"Eve","old":"wrong password","password":"`+adminPassword+`!"}`), 400, "bad_password")
	admin.want("nothing of it happened", admin.do("GET", "/api/me", ""), 200, `{"user":"admin","name":"Admin","role":"admin","unnamed":true}`)
	admin.want("one's own password by the list", admin.do("PUT", "/api/agents/admin", `{"old":"`+adminPassword+`","password":"`+adminPassword+`!"}`), 204, "")
	admin.want("signed in all the same", admin.do("GET", "/api/me", ""), 200, `{"user":"admin","name":"Admin","role":"admin","unnamed":true}`)
	admin.want("sign out", admin.do("POST", "/api/logout", "", "Content-Type", ""), 204, "")
	if admin.cookies() != 0 {
		t.Error("the cookie is still there")
	}
	admin.wantCode("afterwards", admin.do("GET", "/api/me", ""), 401, "not_signed_in")
	admin.want("sign out once more", admin.do("POST", "/api/logout", ""), 204, "")

	for _, secret := range []string{adminPassword, gracePassword, "another password", "wrong password"} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("the log holds the password %q", secret)
		}
	}
}

func TestASessionIsProlongedByWhatIsDoneNotByWhatIsRead(t *testing.T) {
	s := start(t)
	b := s.browser("192.0.2.1")
	b.login("admin", adminPassword)
	for range 4 {
		s.clock.pass(11 * time.Hour)
		b.want("a change", b.do("PUT", "/api/agents/admin", `{"name":"Admin"}`), 204, "")
	}
	for range 3 { // as the console and the operator page do
		s.clock.pass(3 * time.Hour)
		b.want("reading", b.do("GET", "/api/me", ""), 200, `{"user":"admin","name":"Admin","role":"admin"}`)
	}
	s.clock.pass(4 * time.Hour)
	b.wantCode("after thirteen hours of reading", b.do("GET", "/api/me", ""), 401, "not_signed_in")
	b.wantCode("and a change then", b.do("PUT", "/api/agents/admin", `{"name":"Admin"}`), 401, "not_signed_in")
}

func TestANewPasswordBeginsANewSession(t *testing.T) {
	s := start(t)
	b := s.browser("192.0.2.1")
	b.login("admin", adminPassword)
	s.clock.pass(time.Hour)
	got := b.do("POST", "/api/password", `{"old":"`+adminPassword+`","new":"another password"}`)
	b.want("the change", got, 204, "")
	b.want("signed in", b.do("GET", "/api/me", ""), 200, `{"user":"admin","name":"Admin","role":"admin","unnamed":true}`)
}

func TestACopiedCookieIsVoidAfterSignOut(t *testing.T) {
	s := start(t)
	b := s.browser("192.0.2.1")
	copied, _, _ := strings.Cut(b.login("admin", adminPassword).header.Get("Set-Cookie"), ";")
	thief := s.browser("192.0.2.2")
	if got := thief.do("GET", "/api/me", "", "Cookie", copied); got.status != 200 {
		t.Fatalf("the copy does not work at all: %d", got.status)
	}
	b.do("POST", "/api/logout", "")
	thief.wantCode("afterwards", thief.do("GET", "/api/me", "", "Cookie", copied), 401, "not_signed_in")
}

func TestTheCookieIsSecureBehindTLS(t *testing.T) {
	s := start(t)
	b := s.browser("192.0.2.1")
	body := `{"user":"admin","password":"` + adminPassword + `"}`
	if c := b.do("POST", "/api/login", body, "X-Forwarded-Proto", "https").header.Get("Set-Cookie"); !strings.Contains(c, "; Secure") {
		t.Errorf("behind a trusted proxy's TLS: %s", c)
	}
	if c := b.do("POST", "/api/login", body).header.Get("Set-Cookie"); c == "" || strings.Contains(c, "; Secure") {
		t.Errorf("without TLS: %s", c)
	}
}

func TestOtherSitesCannotAct(t *testing.T) {
	s := start(t)
	b := s.browser("192.0.2.1")
	b.login("admin", adminPassword)
	for _, from := range [][]string{
		{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Origin", "http://127.0.0.1"}, {"Origin", s.url + ".evil.example"},
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, // whatever the Origin says
	} {
		for _, c := range []struct{ method, path, body string }{
			{"POST", "/api/login", `{"user":"admin","password":"` + adminPassword + `"}`}, {"POST", "/api/logout", ""},
			{"POST", "/api/password", `{"old":"` + adminPassword + `","new":"another password"}`},
			{"POST", "/api/agents", `{"user":"eve","name":"Eve","role":"admin","password":"another password"}`}, {"PUT", "/api/agents/admin", `{"name":"Eve"}`},
		} {
			b.wantCode(from[1]+" "+c.path, b.do(c.method, c.path, c.body, from...), 403, "bad_origin")
		}
	}
	b.want("nothing happened", b.do("GET", "/api/me", ""), 200, `{"user":"admin","name":"Admin","role":"admin","unnamed":true}`)
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=utf-16", "application/jsonx", "a/b/c"} {
		b.wantCode(kind, b.do("PUT", "/api/agents/admin", `{"name":"Eve"}`, "Content-Type", kind), 415, "bad_content_type")
	}
	b.want("a program names no origin", b.do("PUT", "/api/agents/admin", `{"name":"Admin"}`, "Origin", ""), 204, "")
	if got := b.do("POST", "/api/login", `{"user":"admin","password":"`+adminPassword+`"}`, "Host", "chat.corp:80", "Origin", "http://chat.corp"); got.status != http.StatusOK {
		t.Errorf("a proxy names the port that a browser leaves out: %d %s", got.status, got.body)
	}
	b.want("a charset may be said", b.do("PUT", "/api/agents/admin", `{"name":"Admin"}`, "Content-Type", "application/json; charset=UTF-8"), 204, "")
}

func TestBadRequestsGetASentence(t *testing.T) {
	s := start(t)
	b := s.browser("192.0.2.1")
	b.login("admin", adminPassword)
	for _, c := range []struct {
		what, method, path, body string
		status                   int
		code                     string
	}{
		{"no JSON", "PUT", "/api/agents/admin", "name=Eve", 400, "bad_request"},
		{"nothing", "PUT", "/api/agents/admin", "", 400, "bad_request"},
		{"a list", "PUT", "/api/agents/admin", "[]", 400, "bad_request"},
		{"null", "PUT", "/api/agents/admin", "null", 400, "bad_request"},
		{"cut", "PUT", "/api/agents/admin", `{"name":"`, 400, "bad_request"},
		{"two", "PUT", "/api/agents/admin", `{"name":"A"}{"name":"B"}`, 400, "bad_request"},
		{"a number", "PUT", "/api/agents/admin", `{"name":7}`, 400, "bad_request"},
		{"invalid UTF-8", "PUT", "/api/agents/admin", "{\"name\":\"\xff\"}", 400, "bad_request"},
		{"deep", "PUT", "/api/agents/admin", `{"name":` + strings.Repeat("[", 12000), 400, "bad_request"},
		{"too long", "PUT", "/api/agents/admin", `{"name":"` + strings.Repeat("x", 20000) + `"}`, 413, "too_long"},
		{"NUL in a name", "PUT", "/api/agents/admin", `{"name":"\u0000"}`, 400, "bad_name"},
		{"override in a name", "PUT", "/api/agents/admin", `{"name":"\u202e"}`, 400, "bad_name"},
		{"role", "PUT", "/api/agents/admin", `{"role":"root"}`, 400, "bad_role"},
		{"short password", "PUT", "/api/agents/admin", `{"password":"x"}`, 400, "bad_password"},
		{"user", "POST", "/api/agents", `{"user":"*","name":"A","role":"agent","password":"` + gracePassword + `"}`, 400, "bad_user"},
		{"a user with a slash", "PUT", "/api/agents/a%2Fb", `{"name":"A"}`, 404, "not_found"},
		{"a user with a star", "PUT", "/api/agents/%3E", `{"name":"A"}`, 404, "not_found"},
		{"no such path", "GET", "/api/nothing", "", 404, "not_found"},
		{"the root", "GET", "/api/", "", 404, "not_found"},
		{"method", "DELETE", "/api/agents", "", 405, "method_not_allowed"},
		{"method", "GET", "/api/login", "", 405, "method_not_allowed"},
		{"method", "POST", "/api/agents/admin", "{}", 405, "method_not_allowed"},
	} {
		got := b.do(c.method, c.path, c.body)
		b.wantCode(c.what, got, c.status, c.code)
		if got.header.Get("Content-Type") != "application/json; charset=utf-8" || got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", c.what, got.header)
		}
	}
	if got := b.do("DELETE", "/api/agents", "").header.Get("Allow"); got != "GET, HEAD, POST" {
		t.Errorf("Allow: %s", got)
	}
	if got := b.do("HEAD", "/api/me", ""); got.status != 200 || got.body != "" {
		t.Errorf("HEAD: %d %s", got.status, got.body)
	}
}

func TestGuessersAreSlowedDown(t *testing.T) {
	s := start(t)
	one := s.browser("192.0.2.1")
	for range 10 {
		one.wantCode("a guess", one.login("", "guess guess"), 401, "bad_login")
	}
	got := one.login("admin", adminPassword)
	one.wantCode("one more from this address", got, 429, "rate_limited")
	if got.header.Get("Retry-After") != "7" && got.header.Get("Retry-After") != "6" || !strings.Contains(got.body, `"retry_after_ms":6`) {
		t.Errorf("when to come again: %v, %s", got.header.Get("Retry-After"), got.body)
	}
	// X-Forwarded-For that the client wrote itself changes nothing.
	one.wantCode("with another address before it", one.do("POST", "/api/login", `{}`, "X-Forwarded-For", "198.51.100.7, 192.0.2.1"), 429, "rate_limited")
	two := s.browser("2001:db8::1")
	two.want("another address", two.login("admin", adminPassword), 200, `{"user":"admin","name":"Admin","role":"admin","unnamed":true}`)
	s.clock.pass(6 * time.Second)
	one.want("after the wait", one.login("admin", adminPassword), 200, `{"user":"admin","name":"Admin","role":"admin","unnamed":true}`)
}

func TestGuessesOfOneAccountFromManyAddressesAreSlowedDown(t *testing.T) {
	s := start(t)
	limited := 0
	for i := range 25 {
		b := s.browser("2001:db8:0:" + string(rune('a'+i%6)) + string(rune('0'+i%10)) + "::1")
		name := []string{"admin", "ADMIN", " admin "}[i%3]
		if got := b.login(name, "guess guess guess"); got.status == 429 {
			limited++
		} else if got.status != 401 {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	if limited != 5 {
		t.Errorf("%d of 25 were refused, want 5", limited)
	}
}

func TestOldPasswordsCannotBeGuessedThroughAStolenSession(t *testing.T) {
	s := start(t)
	b := s.browser("192.0.2.1")
	b.login("admin", adminPassword)
	last := answer{}
	for range 21 {
		last = b.do("POST", "/api/password", `{"old":"guess","new":"another password"}`)
	}
	b.wantCode("after many guesses", last, 429, "rate_limited")
}

func TestFaultsInsideStayInside(t *testing.T) {
	s := start(t)
	s.online = func() []chat.Agent { panic("secret of the program") }
	b := s.browser("192.0.2.1")
	b.login("admin", adminPassword)
	got := b.do(http.MethodGet, "/api/agents", "")
	b.wantCode("a panic", got, 500, "internal")
	if strings.Contains(got.body, "secret") || !strings.Contains(s.log.String(), "secret of the program") {
		t.Errorf("answered %s, logged %s", got.body, s.log)
	}
	b.want("the server goes on", b.do("GET", "/api/config", ""), 200, `{"visitor_auth":"claim","face":{"bot":"Robi"}}`)
	s.conn.Close()
	for _, got := range []answer{b.do("GET", "/api/me", ""), b.login("admin", adminPassword), b.do("POST", "/api/logout", "")} {
		b.wantCode("without NATS", got, 503, "unavailable")
		if got.header.Get("Retry-After") == "" || strings.Contains(got.body, "nats") || strings.Contains(got.body, "bucket") {
			t.Errorf("%v %s", got.header, got.body)
		}
	}
	if b.cookies() != 1 {
		t.Error("an outage signed the agent out")
	}
}
