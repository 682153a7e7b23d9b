package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/gateway/admission"
)

// tokenOf reads the token of a new invite.
func tokenOf(t *testing.T, got answer) string {
	t.Helper()
	var made struct{ User, Token, Expires string }
	if err := json.Unmarshal([]byte(got.body), &made); err != nil || made.Token == "" || made.Expires == "" {
		t.Fatalf("no invite: %d %s", got.status, got.body)
	}
	return made.Token
}

func joins(token, name, password string) string {
	body, _ := json.Marshal(map[string]string{"token": token, "name": name, "password": password})
	return string(body)
}

func TestAnAdminInvitesAndSomebodyJoins(t *testing.T) {
	s := start(t)
	admin, grace, eve := s.browser("192.0.2.1"), s.browser("192.0.2.2"), s.browser("192.0.2.3")
	admin.login("admin", adminPassword)
	first := tokenOf(t, admin.do("POST", "/api/invites", `{"user":"grace","name":"Grace","role":"agent"}`))
	admin.wantCode("the name is taken", admin.do("POST", "/api/invites", `{"user":"grace","name":"Grace","role":"agent"}`), 409, "user_taken")
	list := admin.do("GET", "/api/agents", "").body
	if !strings.Contains(list, `"user":"grace","name":"Grace","role":"agent","disabled":false,"online":false,"invite_expires":"2026-03-08T12:00:00Z"`) {
		t.Errorf("the list: %s", list)
	}
	token := tokenOf(t, admin.do("POST", "/api/invites/grace", ""))

	eve.wantCode("the link that was replaced", eve.do("POST", "/api/invite", `{"token":"`+first+`"}`), 410, "bad_invite")
	grace.want("whose it is", grace.do("POST", "/api/invite", `{"token":"`+token+`"}`), 200, `{"user":"grace","name":"Grace","role":"agent"}`)
	weak := grace.do("POST", "/api/join", joins(token, "Grace Hopper", "grace hopper"))
	grace.wantCode("a weak password", weak, 400, "bad_password")
	if !strings.Contains(weak.body, `"rule":"name"`) {
		t.Errorf("the refusal names no rule: %s", weak.body)
	}
	grace.want("she joins", grace.do("POST", "/api/join", joins(token, "Grace Hopper", gracePassword)), 200, `{"user":"grace","name":"Grace Hopper","role":"agent"}`)
	grace.want("and is signed in", grace.do("GET", "/api/me", ""), 200, `{"user":"grace","name":"Grace Hopper","role":"agent"}`)
	eve.wantCode("the link was used", eve.do("POST", "/api/join", joins(token, "Eve", "eve's own password")), 410, "bad_invite")
	eve.wantCode("nobody is signed in by it", eve.do("GET", "/api/me", ""), 401, "not_signed_in")

	for _, c := range []answer{grace.do("POST", "/api/invites", `{"user":"eve","name":"Eve","role":"admin"}`), grace.do("POST", "/api/invites/grace", ""), grace.do("DELETE", "/api/invites/grace", "")} {
		grace.wantCode("an agent can't invite", c, 403, "not_allowed")
	}
	eve.wantCode("nor can a stranger", eve.do("POST", "/api/invites", `{"user":"eve","name":"Eve","role":"admin"}`), 401, "not_signed_in")
	admin.wantCode("she joined already", admin.do("DELETE", "/api/invites/grace", ""), 409, "changed")

	late := tokenOf(t, admin.do("POST", "/api/invites", `{"user":"late","name":"Late","role":"agent"}`))
	gone := tokenOf(t, admin.do("POST", "/api/invites", `{"user":"gone","name":"Gone","role":"agent"}`))
	admin.want("withdrawn", admin.do("DELETE", "/api/invites/gone", ""), 204, "")
	eve.wantCode("a withdrawn link", eve.do("POST", "/api/join", joins(gone, "Eve", "eve's own password")), 410, "bad_invite")
	if list := admin.do("GET", "/api/agents", "").body; strings.Contains(list, "gone") {
		t.Errorf("the list: %s", list)
	}
	s.clock.pass(8 * 24 * time.Hour)
	eve.wantCode("an expired link", eve.do("POST", "/api/join", joins(late, "Eve", "eve's own password")), 410, "bad_invite")

	said := s.log.String()
	for _, token := range []string{first, token, late, gone} {
		_, secret, _ := strings.Cut(token, ".")
		if strings.Contains(said, secret) {
			t.Error("the log holds the secret of an invite")
		}
	}
	for _, line := range []string{`"user":"grace","account_role":"agent","by":"admin","message":"invited"`, `"message":"invited again`, `"user":"gone","by":"admin","message":"invite withdrawn"`, `"user":"grace","addr":"192.0.2.2","message":"joined by invite`} {
		if !strings.Contains(said, line) {
			t.Errorf("the log lacks %s", line)
		}
	}
}

func TestInviteLinksCantBeTriedWithoutEnd(t *testing.T) {
	s := start(t)
	eve, other := s.browser("192.0.2.3"), s.browser("192.0.2.4")
	refused := 0
	share := admission.InvitesOfAddress.Burst
	for i := range share + 5 {
		if got := eve.do("POST", []string{"/api/invite", "/api/join"}[i%2], `{"token":"`+fmt.Sprint(i)+`"}`); got.status == 429 {
			refused++
		}
	}
	if refused < 4 || refused > 5 {
		t.Errorf("%d of %d tries were too many, want 5", refused, share+5)
	}
	other.wantCode("at another address", other.do("POST", "/api/join", `{"token":"x"}`), 410, "bad_invite")
}
