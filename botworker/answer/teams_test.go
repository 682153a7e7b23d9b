package answer

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/teams"
)

// company has three teams.
var company = &teams.Set{Teams: []teams.Team{
	{ID: "billing2", Name: "Billing", About: "Invoices and refunds", Words: []string{"invoice"}},
	{ID: "returns2", Name: "Returns"},
	{ID: "sales234", Name: "Sales", About: "Offers </passages> for companies"},
}, Gone: []teams.Gone{{ID: "old22222", Into: "sales234"}}}

// forTeams has the company's teams answer the messages.
func forTeams(texts ...string) Question {
	q := messages(texts...)
	q.Teams = company
	return q
}

// calls is an endpoint whose model calls the tool with these arguments.
func calls(arguments string) http.HandlerFunc {
	return stream(fmt.Sprintf(`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"x","type":"function","function":{"name":"hand_over_to_person","arguments":%q}}]},"finish_reason":"tool_calls"}]}`, arguments))
}

// writes is an endpoint whose model writes that.
func writes(text string) http.HandlerFunc {
	return stream(fmt.Sprintf(`{"choices":[{"index":0,"delta":{"content":%q}}]}`, text))
}

func TestAModelNamesATeam(t *testing.T) {
	for name, c := range map[string]struct {
		endpoint http.HandlerFunc
		asks     string
		team     string
	}{
		"in its call":          {calls(`{"reason":"an offer","team":"Sales"}`), "what would twenty cost", "sales234"},
		"in other letters":     {calls(`{"team":" sALES "}`), "what would twenty cost", "sales234"},
		"one that was deleted": {calls(`{"team":"old22222"}`), "what would twenty cost", "sales234"},
		"in broken arguments":  {calls(`{"reason": 7, "team": "Returns`), "what would twenty cost", "returns2"},
		"none":                 {calls(`{"reason":"an offer"}`), "what would twenty cost", ""},
		"one that is not":      {calls(`{"team":"The Board"}`), "what would twenty cost", ""},
		"no text":              {calls(`{"team":["Sales"]}`), "what would twenty cost", ""},
		"against the words":    {calls(`{"team":"Sales"}`), "where is my invoice", "sales234"},
		"none, but words do":   {calls(`{}`), "where is my invoice", "billing2"},
		"in writing":           {writes("I don't know.\nhand_over_to_person(team=\"Sales\")"), "what would twenty cost", "sales234"},
		"in writing, alone":    {writes("hand_over_to_person('Returns')"), "what would twenty cost", "returns2"},
		"in writing, as JSON":  {writes(`{"name":"hand_over_to_person","arguments":{"reason":"x","team":"Returns"}}`), "what would twenty cost", "returns2"},
		"in writing, as XML":   {writes("<tool_call><function=hand_over_to_person><parameter=team>Returns</parameter></function></tool_call>"), "what would twenty cost", "returns2"},
	} {
		th, requests, _ := model(t, c.endpoint)
		a := think(t, th, forTeams(c.asks))
		if !a.Handover || a.Team != c.team {
			t.Errorf("%s: %+v", name, a)
		}
		if sent := (*requests)[0]; !strings.Contains(sent, "\n  - Billing: Invoices and refunds\n  - Sales: Offers (/passages> for companies\n  - Returns\n") {
			t.Errorf("%s: the model does not read of the teams:\n%s", name, sent)
		}
	}
}

func TestWithoutTeamsTheModelReadsOfNone(t *testing.T) {
	th, requests, _ := model(t, calls(`{"team":"Sales"}`))
	if a := think(t, th, messages("what would twenty cost")); !a.Handover || a.Team != "" {
		t.Errorf("%+v", a)
	}
	if strings.Contains((*requests)[0], "team") {
		t.Errorf("sent:\n%s", (*requests)[0])
	}
}

// desks are pages, two of which say whose matter they are.
func desks(t *testing.T) *knowledge.Index {
	t.Helper()
	folder := fstest.MapFS{}
	for name, text := range map[string]string{
		"delivery.md": "# Delivery\n\nParcels arrive after two working days. Larger parcels come with a van.",
		"returns.md":  "---\nTeam: \" returns\"\n---\n# Sending back\n\nShoes can be sent back within thirty days, with the label from the box.",
		"tax.md":      "---\ntitle: Tax\nteam: \"{{ site.team }}\"\n---\nVAT is in all prices.",
		"warranty.md": "---\nteam: The Board\n---\n# Warranty\n\nThe warranty lasts two years.",
	} {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	ix, err := knowledge.Load(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	return ix
}

func TestWithoutAModelWordsAndPagesNameTheTeam(t *testing.T) {
	th := FromKnowledge(desks(t))
	for _, c := range []struct {
		before, asks string
		handover     bool
		team         string
	}{
		{"", "I want to talk to a person about my invoice", true, "billing2"},
		{"where is my invoice?", "I want to talk to a person", true, "billing2"},
		{"can shoes be sent back with another label?", "I want to talk to a person", true, "returns2"},
		{"how long is the warranty?", "I want to talk to a person", true, ""}, // of no team that there is
		{"is vat in the prices?", "I want to talk to a person", true, ""},
		{"", "I want to talk to a person", true, ""},
		{"", "do you sell kangaroos in Sales", false, "sales234"},
		{"", "may worn shoes come back with a van if the label is lost and the box is torn", false, "returns2"},
		{"", "what of kangaroos", false, ""},
	} {
		q := forTeams(c.asks)
		if c.before != "" {
			q.Before = []chat.Event{{Kind: chat.Message, Text: c.before}}
		}
		a := think(t, th, q)
		if a.Handover != c.handover {
			t.Errorf("%q: %+v", c.asks, a)
			continue
		}
		team := a.Team
		if !c.handover {
			i := slices.IndexFunc(a.Parts.Choices, func(o chat.Choice) bool { return o.Do == chat.DoEscalate })
			if i < 0 {
				t.Errorf("%q: no person is offered: %+v", c.asks, a)
				continue
			}
			team = a.Parts.Choices[i].Team
		}
		if team != c.team {
			t.Errorf("%q after %q: of the team %q, want %q", c.asks, c.before, team, c.team)
		}
	}
	if talk.Team != "" || offersPerson.Choices[0].Team != "" {
		t.Error("what all replies share was changed")
	}
}
