package check

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// The times of these tests, in seconds after this one.
var morning = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

func after(seconds int) time.Time { return morning.Add(time.Duration(seconds) * time.Second) }

// twoTeams are the teams of these tests: Night stands in for Billing, which is deleted into Sales
// after 100 seconds.
func twoTeams() []history.Teams {
	billing := history.Team{ID: "billing1", Name: "Billing", Members: []string{"ada"}, Fallback: "night111", Automatic: true}
	night := history.Team{ID: "night111", Name: "Night", Members: []string{"linus"}, Automatic: true}
	sales := history.Team{ID: "sales111", Name: "Sales", Members: []string{"grace"}}
	return []history.Teams{
		{From: after(-60), Known: after(-59), Teams: []history.Team{billing, night, sales}},
		{From: after(100), Known: after(101), Teams: []history.Team{night, sales}, Gone: map[string]string{"billing1": "sales111"}},
	}
}

// state is a change of the chat for a team.
func state(second int, reason, team, user string) history.Event {
	e := history.Event{Kind: "state", Role: "system", Reason: reason, Status: waiting, Team: team, At: after(second).Format(time.RFC3339Nano)}
	switch reason {
	case "assigned":
		e.Status, e.Holder, e.Agent = live, user, user
	case "taken":
		e.Status, e.Holder, e.Agent, e.Role, e.User, e.Name, e.ID = live, user, user, "agent", user, user, "t1"
	case "transferred":
		e.Role, e.User, e.Name, e.ID = "agent", user, user, "p1"
	}
	return e
}

func asks(second int, team string) history.Event {
	return history.Event{Kind: "ask", What: "escalate", Role: "visitor", ID: "a1", Team: team, At: after(second).Format(time.RFC3339Nano)}
}

func TestChatsGoToTheirTeam(t *testing.T) {
	billing, waits := asks(1, "billing"), state(2, "escalated", "billing1", "")
	// ada has her console open all the time, as far as entries tell.
	there := []history.Entry{{Op: history.Begin, Role: "agent", User: "ada", Name: "ada"}, {Op: history.Open, At: 0}, {Op: history.Done, At: 200 * time.Second}}
	away := []history.Entry{there[0], there[1], {Op: history.Duty, What: "away", At: 3 * time.Second}, there[2]}
	passes := func(also ...history.Entry) []history.Entry {
		begin := history.Entry{Op: history.Begin, Role: "agent", User: "grace", Name: "grace"}
		return append([]history.Entry{begin, {Op: history.Call, Chat: chatA, ID: "p1", What: "pass_team", Text: "night111"}}, also...)
	}
	withNote := passes(history.Entry{Op: history.Call, Chat: chatA, ID: "p1" + history.Along, What: "note", Text: "look"})
	note := history.Event{Kind: "note", Role: "agent", User: "grace", ID: "p1" + history.Along, Text: "look", At: after(30).Format(time.RFC3339Nano)}
	for name, c := range map[string]struct {
		rule   string
		log    []history.Event
		ada    []history.Entry
		others []history.Entry
		harms  []history.Harm
	}{
		"to its team":             {log: []history.Event{billing, waits, state(20, "assigned", "billing1", "ada")}},
		"to a stranger":           {rule: OtherTeam, log: []history.Event{billing, waits, state(20, "assigned", "billing1", "grace")}},
		"taken by a stranger":     {rule: OtherTeam, log: []history.Event{billing, waits, state(20, "taken", "billing1", "grace")}},
		"in place of nobody":      {log: []history.Event{billing, waits, state(20, "assigned", "billing1", "linus")}, ada: away},
		"in place of somebody":    {rule: StoodIn, log: []history.Event{billing, waits, state(20, "assigned", "billing1", "linus")}},
		"after a fault":           {log: []history.Event{billing, waits, state(20, "assigned", "billing1", "linus")}, harms: []history.Harm{{At: 12 * time.Second, Until: 13 * time.Second}}},
		"a team that takes":       {rule: OtherTeam, log: []history.Event{asks(1, "sales"), state(2, "escalated", "sales111", ""), state(20, "assigned", "sales111", "grace")}},
		"taken by the team":       {log: []history.Event{asks(1, "sales"), state(2, "escalated", "sales111", ""), state(20, "taken", "sales111", "grace")}},
		"of nobody's":             {rule: OtherTeam, log: []history.Event{asks(1, "none"), state(2, "escalated", "", ""), state(20, "assigned", "", "grace")}},
		"taken of nobody's":       {log: []history.Event{asks(1, "none"), state(2, "escalated", "", ""), state(20, "taken", "", "ada")}},
		"to another team":         {rule: Misrouted, log: []history.Event{billing, state(2, "escalated", "sales111", "")}},
		"to no team":              {rule: Misrouted, log: []history.Event{billing, state(2, "escalated", "", "")}},
		"out of its team":         {rule: Misrouted, log: []history.Event{billing, waits, state(20, "agent_gone", "sales111", "")}},
		"while it is deleted":     {log: []history.Event{asks(90, "billing"), state(100, "escalated", "", "")}},
		"where the deletion said": {log: []history.Event{billing, waits, state(150, "taken", "billing1", "grace")}},
		"not where it said":       {rule: OtherTeam, log: []history.Event{billing, waits, state(150, "taken", "billing1", "ada")}},
		"shortly after":           {log: []history.Event{billing, waits, state(110, "taken", "billing1", "ada")}},
		"passed on":               {log: []history.Event{billing, waits, state(20, "taken", "billing1", "ada"), state(30, "transferred", "night111", "grace")}, others: passes()},
		"passed on elsewhere":     {rule: Misrouted, log: []history.Event{billing, waits, state(20, "taken", "billing1", "ada"), state(30, "transferred", "sales111", "grace")}, others: passes()},
		"with its note":           {log: []history.Event{billing, waits, note, state(30, "transferred", "night111", "grace")}, others: withNote},
		"without its note":        {rule: Alongside, log: []history.Event{billing, waits, state(30, "transferred", "night111", "grace")}, others: withNote},
		"before its note":         {rule: Alongside, log: []history.Event{billing, waits, state(30, "transferred", "night111", "grace"), note}, others: withNote},
	} {
		b := newBook(Options{Teams: twoTeams(), Harms: c.harms, Grace: 30 * time.Second})
		b.began = morning
		for i := range c.log {
			c.log[i].Chat, c.log[i].Seq, c.log[i].Visit = chatA, uint64(i+1), 1
		}
		b.readLogs(c.log, c.log)
		if c.ada == nil {
			c.ada = there
		}
		b.collect("ada", c.ada)
		b.collect("grace", c.others)
		b.seal()
		b.teams()
		r := b.report()
		if (len(r.Violations) == 0) != (c.rule == "") || c.rule != "" && r.Violations[0].Rule != c.rule {
			t.Errorf("%s:\n%s", name, formatted(t, r))
		}
	}
}
