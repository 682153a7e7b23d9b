package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// answeredTeams are the parts of an answer about teams that the tests look at.
type answeredTeams struct {
	Teams []struct {
		ID, Name, Fallback string
		Members            []string
		Capacity, Waiting  int
		Automatic          bool
	}
	Ask      bool
	Revision int
	By       string
	Fields   map[string]string
	Now      *answeredTeams
}

func teamsOf(t *testing.T, a answer) (v answeredTeams) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
	return v
}

func TestAdminsMakeChangeAndDeleteTeams(t *testing.T) {
	s := start(t)
	ada, bob := s.browser("192.0.2.1"), s.browser("192.0.2.2")
	ada.login("admin", adminPassword)
	bob.login("admin", adminPassword)
	ada.do("POST", "/api/agents", `{"user":"grace","name":"Grace","role":"agent","password":"`+gracePassword+`"}`)
	ada.want("at first", ada.do("GET", "/api/teams", ""), 200, `{"teams":[],"ask":false,"own":false,"revision":0}`)
	made := ada.do("POST", "/api/teams", `{"revision":0,"team":{"name":" Billing ","members":["grace"],"capacity":3,"automatic":true}}`)
	v := teamsOf(t, made)
	if made.status != 201 || v.Revision != 1 || v.By != "admin" || len(v.Teams) != 1 || v.Teams[0].Name != "Billing" || v.Teams[0].Capacity != 3 || !v.Teams[0].Automatic || v.Teams[0].Members[0] != "grace" {
		t.Fatalf("made: %d %s", made.status, made.body)
	}
	billing := v.Teams[0].ID

	late := bob.do("POST", "/api/teams", `{"revision":0,"team":{"name":"Sales"}}`)
	bob.wantCode("from an old revision", late, 409, "changed")
	if now := teamsOf(t, late).Now; now == nil || now.Revision != 1 || len(now.Teams) != 1 {
		t.Errorf("the second is not told what the first changed: %s", late.body)
	}
	sales := ""
	for _, each := range teamsOf(t, bob.do("POST", "/api/teams", `{"revision":1,"team":{"name":"Sales","fallback":"`+billing+`"}}`)).Teams {
		if each.Name == "Sales" {
			sales = each.ID
		}
	}
	if v := teamsOf(t, ada.do("PUT", "/api/teams/"+billing, `{"revision":2,"team":{"name":"Invoices","members":[]}}`)); v.Revision != 3 || v.Teams[0].Name != "Invoices" || v.Teams[0].ID != billing || v.Teams[0].Capacity != 0 || len(v.Teams[0].Members) != 0 {
		t.Errorf("changed: %+v", v)
	}
	if v := teamsOf(t, ada.do("PUT", "/api/teams", `{"revision":3,"ask":true}`)); !v.Ask || v.Revision != 4 {
		t.Errorf("visitors choose: %+v", v)
	}
	s.waiting = map[string]int{billing: 2}
	if v := teamsOf(t, ada.do("GET", "/api/teams", "")); v.Teams[0].Waiting != 2 {
		t.Errorf("how many wait: %+v", v)
	}
	ada.wantCode("deleted, without where its chats go", ada.do("DELETE", "/api/teams/"+billing, `{"revision":4}`), 409, "team_waits")
	ada.wantCode("to a team that is not there", ada.do("DELETE", "/api/teams/"+billing, `{"revision":4,"into":"abcdefgh"}`), 400, "bad_setting")
	ada.wantCode("from an old revision", ada.do("DELETE", "/api/teams/"+billing, `{"revision":3,"into":""}`), 409, "changed")
	if v := teamsOf(t, ada.do("DELETE", "/api/teams/"+billing, `{"revision":4,"into":"`+sales+`"}`)); len(v.Teams) != 1 || v.Teams[0].Fallback != "" || v.Revision != 5 {
		t.Errorf("deleted: %+v", v)
	}
	if set := s.teams.Now(); set.Line(billing) != sales {
		t.Errorf("its chats are in the line %q", set.Line(billing))
	}
	ada.wantCode("once more", ada.do("DELETE", "/api/teams/"+billing, `{"revision":5,"into":""}`), 404, "not_found")
	ada.wantCode("changed, though it is deleted", ada.do("PUT", "/api/teams/"+billing, `{"revision":5,"team":{"name":"A"}}`), 404, "not_found")
	for _, line := range []string{
		`"by":"admin","team":"` + billing + `","name":"Billing","members":["grace"],"capacity":3,"fallback":"","automatic":true,"revision":1,"message":"team made"`,
		`"message":"team changed"`, `"name":"Invoices","into":"` + sales + `","revision":5,"message":"team deleted"`, `"ask":true,"own":false,"revision":4`,
	} {
		if n := strings.Count(s.log.String(), line); n != 1 {
			t.Errorf("the log has %d lines with %s: %s", n, line, s.log)
		}
	}
}

func TestOnlyAdminsManageTeams(t *testing.T) {
	s := start(t)
	admin, grace, nobody := s.browser("192.0.2.1"), s.browser("192.0.2.2"), s.browser("192.0.2.3")
	admin.login("admin", adminPassword)
	admin.do("POST", "/api/agents", `{"user":"grace","name":"Grace","role":"agent","password":"`+gracePassword+`"}`)
	grace.login("grace", gracePassword)
	id := teamsOf(t, admin.do("POST", "/api/teams", `{"revision":0,"team":{"name":"Billing"}}`)).Teams[0].ID
	for _, call := range []struct{ method, path, body string }{
		{"GET", "/api/teams", ""}, {"POST", "/api/teams", `{"revision":1,"team":{"name":"Hers"}}`}, {"PUT", "/api/teams", `{"revision":1,"ask":true}`},
		{"PUT", "/api/teams/" + id, `{"revision":1,"team":{"name":"Hers"}}`}, {"DELETE", "/api/teams/" + id, `{"revision":1}`},
	} {
		grace.wantCode("an agent", grace.do(call.method, call.path, call.body), 403, "not_allowed")
		nobody.wantCode("a stranger", nobody.do(call.method, call.path, call.body), 401, "not_signed_in")
	}
	if v := teamsOf(t, admin.do("GET", "/api/teams", "")); v.Revision != 1 || len(v.Teams) != 1 {
		t.Errorf("something was changed: %+v", v)
	}
}

func TestABadTeamIsRefusedAtItsField(t *testing.T) {
	s := start(t)
	admin := s.browser("192.0.2.1")
	admin.login("admin", adminPassword)
	many := make([]string, 501)
	for i := range many {
		many[i] = fmt.Sprintf("somebody-with-a-long-user-name%d", i)
	}
	names, _ := json.Marshal(many)
	for name, c := range map[string]struct{ team, field string }{
		"no name":           {`{"name":"  "}`, "name"},
		"4,000 characters":  {`{"name":"` + strings.Repeat("n", 4000) + `"}`, "name"},
		"control character": {`{"name":"a\u0007b"}`, "name"},
		"a capacity of 0":   {`{"name":"A","capacity":0}`, "capacity"},
		"a capacity below":  {`{"name":"A","capacity":-4}`, "capacity"},
		"a stranger":        {`{"name":"A","members":["nobody"]}`, "members"},
		"501 members":       {`{"name":"A","members":` + string(names) + `}`, "members"},
		"no such fallback":  {`{"name":"A","fallback":"abcdefgh"}`, "fallback"},
	} {
		a := admin.do("POST", "/api/teams", `{"revision":0,"team":`+c.team+`}`)
		admin.wantCode(name, a, 400, "bad_setting")
		if teamsOf(t, a).Fields[c.field] == "" {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	if v := teamsOf(t, admin.do("GET", "/api/teams", "")); v.Revision != 0 || len(v.Teams) != 0 {
		t.Errorf("something was made: %+v", v)
	}
}

// Disabling an account is said in the teams, and enabling it again as well.
func TestTeamsKnowWhoCantSignIn(t *testing.T) {
	s := start(t)
	ada := s.browser("192.0.2.1")
	ada.login("admin", adminPassword)
	ada.do("POST", "/api/agents", `{"user":"grace","name":"Grace","role":"agent","password":"`+gracePassword+`"}`)
	ada.do("PUT", "/api/agents/grace", `{"disabled":true}`)
	if v := teamsOf(t, ada.do("GET", "/api/teams", "")); v.Revision != 0 {
		t.Errorf("without a team: %+v", v)
	}
	off := func() []string {
		v, err := s.teams.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return v.Off
	}
	ada.do("POST", "/api/teams", `{"revision":0,"team":{"name":"Billing","members":["admin","grace"]}}`)
	if got := off(); len(got) != 1 || got[0] != "grace" {
		t.Errorf("made with a disabled account: %v", got)
	}
	ada.want("enabled", ada.do("PUT", "/api/agents/grace", `{"disabled":false}`), 204, "")
	if got := off(); len(got) != 0 {
		t.Errorf("enabled: %v", got)
	}
	ada.want("disabled", ada.do("PUT", "/api/agents/grace", `{"disabled":true}`), 204, "")
	v := teamsOf(t, ada.do("GET", "/api/teams", ""))
	if got := off(); len(got) != 1 || len(v.Teams[0].Members) != 2 || v.Revision != 3 {
		t.Errorf("disabled: %v, %+v", got, v)
	}
}
