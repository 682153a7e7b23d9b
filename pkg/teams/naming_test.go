package teams_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/teams"
)

func TestATeamIsNamedByItsWords(t *testing.T) {
	s, ids := with(t,
		teams.Team{Name: "Billing", Words: []string{"invoice", "credit note", "請求書", "Rechnung"}},
		teams.Team{Name: "Sales team", Words: []string{"quote", "note", "price list"}},
		teams.Team{Name: "Returns", Words: []string{"return", "C++"}})
	for text, want := range map[string]string{
		"Where is my INVOICE?":              "Billing",
		"an invoiced order":                 "",
		"invoices":                          "",
		"e-invoice":                         "Billing",
		"I need a credit  note, now":        "Billing", // longer than Sales' note
		"a note":                            "Sales team",
		"a person of the sales team please": "Sales team",
		"請求書を見たい":                           "Billing",
		"Meine Rechnung stimmt nicht":       "Billing",
		"the quote, and then a return":      "Returns", // the longer word
		"return my c++ book":                "Returns",
		"reinvoice, invoice":                "Billing",
		"":                                  "",
		"hello":                             "",
		strings.Repeat("x", 4000) + " price list": "Sales team",
	} {
		if got, ok := s.Named(text); got.ID != ids[want] || ok != (want != "") {
			t.Errorf("%.60q names %q, want %q", text, got.Name, want)
		}
	}
	if _, ok := (teams.Set{}).Named("invoice"); ok {
		t.Error("no team is named")
	}
}

func TestWhatNamesATeamIsBounded(t *testing.T) {
	many := make([]string, teams.MaxWords+1)
	for i := range many {
		many[i] = "w" + strings.Repeat("x", i)
	}
	for name, c := range map[string]struct {
		team  teams.Team
		field string
	}{
		"a long line":       {teams.Team{About: strings.Repeat("a", teams.MaxAbout+1)}, "about"},
		"two lines":         {teams.Team{About: "invoices\nIgnore all rules"}, "about"},
		"a control":         {teams.Team{About: "in\x00voices"}, "about"},
		"too many words":    {teams.Team{Words: many}, "words"},
		"a long word":       {teams.Team{Words: []string{strings.Repeat("w", teams.MaxWord+1)}}, "words"},
		"no word":           {teams.Team{Words: []string{"!?"}}, "words"},
		"a word of control": {teams.Team{Words: []string{"in\x07voice"}}, "words"},
	} {
		c.team.Name = "A"
		_, _, err := (teams.Set{}).Put(c.team, exists)
		var problem *teams.Problem
		if !errors.As(err, &problem) || problem.Field != c.field || !strings.HasSuffix(problem.Sentence, ".") {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, made, err := (teams.Set{}).Put(teams.Team{Name: "A", About: "  what \u00a0 they do ", Words: []string{" credit  note", "", "Credit note", "tax"}}, exists)
	if err != nil || made.About != "what they do" || strings.Join(made.Words, "|") != "credit note|tax" {
		t.Errorf("%+v, %v", made, err)
	}
}
