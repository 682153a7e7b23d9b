package api_test

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestAgentsKeepTheirOwnQuickRepliesAndAdminsTheTeams(t *testing.T) {
	s := start(t)
	admin, grace, nobody := s.browser("192.0.2.1"), s.browser("192.0.2.2"), s.browser("192.0.2.3")
	admin.login("admin", adminPassword)
	admin.do("POST", "/api/agents", `{"user":"grace","name":"Grace","role":"agent","password":"`+gracePassword+`"}`)
	grace.login("grace", gracePassword)
	hers := `{"revision":0,"macro":{"title":"Hello","text":"Hi {first name}","owner":"admin","by":"admin"}}`
	shared := `{"revision":0,"shared":true,"macro":{"title":"Hours","text":"9 to 5"}}`

	nobody.wantCode("a stranger reads", nobody.do("GET", "/api/macros", ""), 401, "not_signed_in")
	nobody.wantCode("a stranger writes", nobody.do("PUT", "/api/macros/a", hers), 401, "not_signed_in")
	if a := grace.do("PUT", "/api/macros/hers", hers); a.status != 200 || !strings.Contains(a.body, `"by":"grace"`) || !strings.Contains(a.body, `"owner":"grace"`) {
		t.Errorf("her own: %d %s", a.status, a.body)
	}
	grace.wantCode("she shares", grace.do("PUT", "/api/macros/all", shared), 403, "not_allowed")
	if a := admin.do("PUT", "/api/macros/all", shared); a.status != 200 {
		t.Errorf("the team's: %d %s", a.status, a.body)
	}
	admin.wantCode("hers is not the admin's", admin.do("PUT", "/api/macros/hers", strings.Replace(hers, `"revision":0`, `"revision":1`, 1)), 403, "not_allowed")
	admin.wantCode("nor to be removed", admin.do("DELETE", "/api/macros/hers?revision=1", ""), 403, "not_allowed")
	grace.wantCode("the team's is not hers", grace.do("DELETE", "/api/macros/all?revision=1", ""), 403, "not_allowed")
	if !strings.Contains(s.log.String(), `"by":"admin","macro":"all","title":"Hours","revision":1`) || strings.Contains(s.log.String(), "Hi {first") {
		t.Errorf("the log: %s", s.log)
	}

	var list struct {
		Macros []struct{ ID, Title string }
		Shares bool
	}
	if err := json.Unmarshal([]byte(grace.do("GET", "/api/macros", "").body), &list); err != nil || len(list.Macros) != 2 || list.Shares {
		t.Errorf("she reads %+v, %v", list, err)
	}
	if err := json.Unmarshal([]byte(admin.do("GET", "/api/macros", "").body), &list); err != nil || len(list.Macros) != 1 || !list.Shares {
		t.Errorf("the admin reads %+v, %v", list, err)
	}

	late := admin.do("PUT", "/api/macros/all", `{"revision":0,"shared":true,"macro":{"title":"Hours","text":"8 to 6"}}`)
	admin.wantCode("from an old revision", late, 409, "changed")
	if !strings.Contains(late.body, `"text":"9 to 5"`) {
		t.Errorf("what it is now is not in %s", late.body)
	}
	for name, body := range map[string]string{
		"a broken placeholder": `{"macro":{"title":"x","text":"Hi {frist name}"}}`,
		"no title":             `{"macro":{"text":"x"}}`,
		"to nobody":            `{"macro":{"title":"x","then":"pass_on"}}`,
		"to no account":        `{"macro":{"title":"x","then":"pass_on","to":"nobody"}}`,
		"to a deleted team":    `{"macro":{"title":"x","then":"pass_on","to_team":"gone2222"}}`,
	} {
		a := grace.do("PUT", "/api/macros/x", body)
		grace.wantCode(name, a, 400, "bad_setting")
		if !strings.Contains(a.body, `"fields":{"`) {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	grace.wantCode("an id that leads elsewhere", grace.do("PUT", "/api/macros/a.b", hers), 400, "bad_setting")
	grace.wantCode("too long", grace.do("PUT", "/api/macros/x", `{"macro":{"title":"x","text":"`+strings.Repeat("a", 70_000)+`"}}`), 413, "too_long")
	grace.wantCode("no revision", grace.do("DELETE", "/api/macros/hers", ""), 400, "bad_request")
	if a := grace.do("DELETE", "/api/macros/hers?revision=1", ""); a.status != 204 {
		t.Errorf("removed: %d %s", a.status, a.body)
	}
	if a := grace.do("DELETE", "/api/macros/hers?revision=1", ""); a.status != 204 {
		t.Errorf("removed twice: %d %s", a.status, a.body)
	}
}
