package api_test

import (
	"strings"
	"testing"
	"time"
)

func TestAnAdminHelpsSomebodyWhoForgotThePassword(t *testing.T) {
	s := start(t)
	admin, grace, eve := s.browser("192.0.2.1"), s.browser("192.0.2.2"), s.browser("192.0.2.3")
	admin.login("admin", adminPassword)
	admin.want("an account", admin.do("POST", "/api/agents", `{"user":"grace","name":"Grace","role":"supervisor","password":"`+gracePassword+`"}`), 201, `{"user":"grace"}`)
	grace.login("grace", gracePassword)
	for _, c := range []answer{grace.do("POST", "/api/resets/grace", ""), grace.do("DELETE", "/api/agents/admin/sessions", ""), grace.do("GET", "/api/settings", ""), grace.do("GET", "/api/agents", "")} {
		grace.wantCode("a supervisor is no admin", c, 403, "not_allowed")
	}
	first := tokenOf(t, admin.do("POST", "/api/resets/grace", ""))
	token := tokenOf(t, admin.do("POST", "/api/resets/grace", ""))
	eve.wantCode("the link that was replaced", eve.do("POST", "/api/reset", `{"token":"`+first+`"}`), 410, "bad_invite")
	fresh := s.browser("192.0.2.4")
	fresh.want("whose it is", fresh.do("POST", "/api/reset", `{"token":"`+token+`"}`), 200, `{"user":"grace","name":"Grace","role":"supervisor"}`)
	renew := func(b *browser, password string) answer {
		return b.do("POST", "/api/renew", `{"token":"`+token+`","password":"`+password+`"}`)
	}
	fresh.wantCode("a weak password", renew(fresh, "grace grace"), 400, "bad_password")
	grace.want("not signed out yet", grace.do("GET", "/api/me", ""), 200, `{"user":"grace","name":"Grace","role":"supervisor"}`)
	fresh.want("the new password", renew(fresh, "another password"), 200, `{"user":"grace","name":"Grace","role":"supervisor"}`)
	fresh.want("and is signed in", fresh.do("GET", "/api/me", ""), 200, `{"user":"grace","name":"Grace","role":"supervisor"}`)
	grace.wantCode("the old session has ended", grace.do("GET", "/api/me", ""), 401, "not_signed_in")
	eve.wantCode("once only", renew(eve, "eve's own password"), 410, "bad_invite")
	admin.wantCode("nobody's", admin.do("POST", "/api/resets/nobody", ""), 404, "not_found")

	admin.want("signed out by an admin", admin.do("DELETE", "/api/agents/grace/sessions", ""), 204, "")
	fresh.wantCode("everywhere", fresh.do("GET", "/api/me", ""), 401, "not_signed_in")
	fresh.login("grace", "another password")
	grace.login("grace", "another password")
	grace.want("signed out by herself", grace.do("DELETE", "/api/sessions", ""), 204, "")
	for _, b := range []*browser{grace, fresh} {
		b.wantCode("everywhere", b.do("GET", "/api/me", ""), 401, "not_signed_in")
	}
	late := tokenOf(t, admin.do("POST", "/api/resets/grace", ""))
	s.clock.pass(25 * time.Hour)
	eve.wantCode("an expired link", eve.do("POST", "/api/renew", `{"token":"`+late+`","password":"eve's own password"}`), 410, "bad_invite")

	said := s.log.String()
	for _, token := range []string{first, token, late} {
		_, secret, _ := strings.Cut(token, ".")
		if strings.Contains(said, secret) {
			t.Error("the log holds the secret of a link")
		}
	}
	for _, line := range []string{
		`"user":"grace","by":"admin","message":"link for a new password made"`, `"user":"grace","addr":"192.0.2.4","message":"password set by a link`,
		`"user":"grace","by":"admin","message":"signed out everywhere"`, `"user":"grace","by":"grace","addr":"192.0.2.2","message":"signed out everywhere"`,
	} {
		if !strings.Contains(said, line) {
			t.Errorf("the log lacks %s", line)
		}
	}
}

func TestARoleIsChangedAndTheLogSaysWhoDidIt(t *testing.T) {
	s := start(t)
	admin := s.browser("192.0.2.1")
	admin.login("admin", adminPassword)
	admin.do("POST", "/api/agents", `{"user":"grace","name":"Grace","role":"reader","password":"`+gracePassword+`"}`)
	for _, role := range []string{"agent", "supervisor", "admin", "reader"} {
		admin.want(role, admin.do("PUT", "/api/agents/grace", `{"role":"`+role+`"}`), 204, "")
		if line := `"user":"grace","by":"admin","password":false,"account_role":"` + role + `","message":"account changed"`; !strings.Contains(s.log.String(), line) {
			t.Errorf("the log lacks %s", line)
		}
	}
	admin.wantCode("no role", admin.do("PUT", "/api/agents/grace", `{"role":"wizard"}`), 400, "bad_role")
	admin.wantCode("the last admin", admin.do("PUT", "/api/agents/admin", `{"role":"supervisor"}`), 409, "last_admin")
}
