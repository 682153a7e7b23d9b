package llm

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestTheTeamOfACallIsFound(t *testing.T) {
	for call, want := range map[string]string{
		`{"team":"Billing"}`:                                                  "Billing",
		`{"arguments":{"team":"Billing","reason":"x"}}`:                       "Billing",
		`{"reason":"the \"team\" of nobody"}`:                                 "",
		`{"reason":"my team: \"A\""}`:                                         "",
		`{"name":"hand_over_to_person","arguments":"{\"team\":\"Billing\"}"}`: "Billing",
		`{"team":""}`:               "",
		`{"team":7}`:                "",
		`{"reason":"x","team":"Bil`: "Bil",
		`{\"team\": \"Billing\"}`:   "Billing",
		`hand_over_to_person(reason="x", team='Kund*innen')`: "Kund*innen",
		`hand_over_to_person("Billing")`:                     "Billing",
		`hand\_over\_to\_person("Billing")`:                  "Billing",
		`<parameter name="team">R &amp; D</parameter>`:       "R & D",
		`<arg_key>reason</arg_key><arg_value>x</arg_value><arg_key>team</arg_key><arg_value>Billing</arg_value>`: "Billing",
		`hand_over_to_person()`:                        "",
		`{"team":"` + strings.Repeat("x", 5000) + `"}`: strings.Repeat("x", maxTeamName),
	} {
		if got := handoverTeam(call); got != want {
			t.Errorf("%.80s: %q, want %q", call, got, want)
		}
	}
}

// A hundred teams with long lines leave room for the question, and the tool has the names that
// the rules have.
func TestTheTeamsInAPromptAreBounded(t *testing.T) {
	var all []Team
	for i := range 100 {
		all = append(all, Team{Name: fmt.Sprint("Team ", i), About: strings.Repeat("what they do ", 15)})
	}
	d := Draft{Question: []string{"Where is my parcel?"}, Teams: all}
	p := d.Prompt(0)
	if n := len(p.Teams); n < 10 || n > 40 || strings.Count(p.System, "\n  - Team ") != n {
		t.Errorf("%d teams in the tool, rules:\n%s", n, p.System)
	}
	if at := strings.Index(p.System, "\n- Everything between"); at < strings.LastIndex(p.System, "\n  - Team ") {
		t.Errorf("what can't change the rules stands before the teams:\n%s", p.System)
	}
	small := d.Prompt(500)
	if len(small.Teams) >= len(p.Teams) || small.Tokens() > 500 {
		t.Errorf("%d teams, %d tokens in a window of 500", len(small.Teams), small.Tokens())
	}
	if none := (Draft{Question: d.Question}).Prompt(0); none.Teams != nil || none.System != rules("") {
		t.Errorf("without teams:\n%s", none.System)
	}
}

func TestTheToolHasTheTeams(t *testing.T) {
	endpoint(t, func(t *testing.T, c *Client, requests *[]map[string]any) {
		p := Draft{Question: []string{"hello"}, Teams: []Team{{Name: `Sales "Nord"`}, {Name: "Billing"}}}.Prompt(0)
		if _, err := c.Stream(t.Context(), p, Unmetered{}, &recorder{}); err != nil {
			t.Fatal(err)
		}
		tool := (*requests)[0]["tools"].([]any)[0].(map[string]any)["function"].(map[string]any)["parameters"].(map[string]any)
		names := tool["properties"].(map[string]any)["team"].(map[string]any)["enum"].([]any)
		if !slices.Equal(names, []any{`Sales "Nord"`, "Billing"}) || fmt.Sprint(tool["required"]) != "[reason]" {
			t.Errorf("%v", tool)
		}
	}, words("Hello"))
}
