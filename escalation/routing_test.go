package escalation_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/teams"
)

var ada = chat.Agent{User: "ada", Name: "Ada"}

// teams makes teams, and returns their ids by name. A fallback is given by its name.
func (s *stage) teams(list ...teams.Team) map[string]string {
	s.Helper()
	ids := map[string]string{}
	s.changeTeams(func(set teams.Set) (teams.Set, error) {
		for _, t := range list {
			t.Fallback = ids[t.Fallback]
			next, made, err := set.Put(t, func(string) bool { return true })
			if err != nil {
				return set, err
			}
			set, ids[t.Name] = next, made.ID
		}
		return set, nil
	})
	return ids
}

// changeTeams is what an admin does.
func (s *stage) changeTeams(change func(teams.Set) (teams.Set, error)) {
	s.Helper()
	site := teams.New(s.conn, "nothing")
	ctx, stop := context.WithCancel(s.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = site.Run(ctx) }()
	defer func() { stop(); <-done }()
	v, err := site.Read(ctx)
	if err == nil {
		_, err = site.Change(ctx, v.Revision, "admin", time.Now(), change)
	}
	if err != nil {
		s.Fatal(err)
	}
}

// asksFor has a visitor ask for a person of a team, under the name that a page calls it by.
func (s *stage) asksFor(id chat.ID, team string) {
	s.Helper()
	s.in(chat.Event{Chat: id, Kind: chat.Request, Request: chat.Escalate, Parts: &chat.Parts{Team: team}})
}

func TestAChatIsAssignedToItsTeamOnly(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ids := s.teams(teams.Team{Name: "Night", Members: []string{"linus"}, Automatic: true}, teams.Team{Name: "Billing", Members: []string{"grace"}, Fallback: "Night", Automatic: true},
		teams.Team{Name: "By hand", Members: []string{"linus"}})
	opts := patient()
	opts.AutoAssign, opts.Capacity = true, 2
	s.work("one", opts)
	s.work("two", opts)
	s.staysOnline(linus) // who has nothing to do, and is before Grace in nothing
	leave := s.staysOnline(grace)
	billing := []chat.ID{chat.NewID(), chat.NewID(), chat.NewID()}
	for _, id := range billing {
		s.asksFor(id, " BILLING ")
	}
	byHand := chat.NewID()
	s.asksFor(byHand, ids["By hand"])
	s.listed(byHand, chat.Waiting)
	held := 0
	bustest.Eventually(t, "Grace has two of Billing's chats", func() bool {
		held = 0
		for _, id := range billing {
			switch now := s.last(id).State; {
			case now.Is() == chat.Live && now.Agent.User != "grace":
				t.Fatalf("a chat of Billing's was given to %s", now.Agent.User)
			case now.Is() == chat.Live:
				held++
			}
		}
		return held == 2
	})
	leave()
	s.signsOff(grace)
	bustest.Eventually(t, "nobody of Billing is there, and Night has the third", func() bool {
		return slices.ContainsFunc(billing, func(id chat.ID) bool {
			now := s.last(id).State
			return now.Is() == chat.Live && now.Agent.User == "linus"
		})
	})
	general := chat.NewID()
	s.ask(general, chat.Escalate)
	if got := s.becomes(general, chat.Live).State; got.Agent.User != "linus" || got.Team() != "" {
		t.Errorf("a chat of no team is with %s, of team %q", got.Agent.User, got.Team())
	}
	if got := s.last(byHand).State; got.Is() != chat.Waiting || got.Team() != ids["By hand"] {
		t.Errorf("a chat of a team that takes chats by hand is %+v", got)
	}
	s.must(roles.DeskClose, general, linus, "") // there is room for one more
	s.must(roles.DeskTake, byHand, linus, "")
}

func TestAChatOfATeamIsTakenByItsMembers(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ids := s.teams(teams.Team{Name: "Night", Members: []string{"ada"}}, teams.Team{Name: "Billing", Members: []string{"grace"}, Fallback: "Night"})
	s.work("one", patient())
	leave := s.staysOnline(grace)
	s.staysOnline(ada)
	id := chat.NewID()
	s.asksFor(id, "billing")
	s.listed(id, chat.Waiting, func(e *desk.Entry) bool { return e.Team == ids["Billing"] })
	for _, a := range []chat.Agent{linus, ada} {
		if no := s.refuses(codes.OtherTeam, roles.DeskTake, roles.DeskRequest{Chat: id, Agent: a}); no.Message != "This chat waits for Billing. Only members of that team take it; you can still step in." {
			t.Errorf("%s reads %q", a.User, no.Message)
		}
	}
	leave()
	s.signsOff(grace)
	bustest.Eventually(t, "nobody of Billing is there, so Ada of Night takes it", func() bool {
		_, err := s.call(roles.DeskTake, roles.DeskRequest{Chat: id, Agent: ada})
		return err == nil
	})
	s.must(roles.DeskTransfer, id, ada, "")
	if now := s.becomes(id, chat.Waiting).State; now.Team() != ids["Billing"] {
		t.Errorf("put back, it waits for %q", now.Team())
	}
	s.must(roles.DeskStepIn, id, linus, "") // deliberately
}

// The page of a site may name a team that is not there any more, or never was.
func TestAChatOfATeamThatIsGoneIsEverybodys(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ids := s.teams(teams.Team{Name: "Sales", Members: []string{"grace"}}, teams.Team{Name: "Billing", Members: []string{"ada"}})
	s.work("one", patient())
	s.staysOnline(grace)
	s.staysOnline(ada)
	unknown, into, gone := chat.NewID(), chat.NewID(), chat.NewID()
	s.asksFor(unknown, "nobody knows it")
	if now := s.becomes(unknown, chat.Waiting).State; now.Team() != "" {
		t.Errorf("of the team %q", now.Team())
	}
	s.must(roles.DeskTake, unknown, linus, "")
	s.asksFor(into, "billing")
	s.asksFor(gone, "billing")
	s.becomes(into, chat.Waiting)
	s.becomes(gone, chat.Waiting)
	remove := func(id, into string) {
		s.changeTeams(func(set teams.Set) (teams.Set, error) { return set.Delete(id, into, time.Now()) })
	}
	remove(ids["Billing"], ids["Sales"])
	bustest.Eventually(t, "Sales has the chats of Billing", func() bool {
		_, err := s.call(roles.DeskTake, roles.DeskRequest{Chat: into, Agent: grace})
		return err == nil
	})
	s.refuses(codes.OtherTeam, roles.DeskTake, roles.DeskRequest{Chat: gone, Agent: ada})
	remove(ids["Sales"], "")
	bustest.Eventually(t, "everybody has the chats of Sales", func() bool {
		_, err := s.call(roles.DeskTake, roles.DeskRequest{Chat: gone, Agent: linus})
		return err == nil
	})
}

// The bot's own request names the team, too; what it says is decided as a visitor's.
func TestTheBotNamesATeam(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ids := s.teams(teams.Team{Name: "Billing", Members: []string{"grace"}})
	s.work("one", patient())
	id := chat.NewID()
	s.message(id, "my invoice is wrong")
	announced := s.reply(id, true)
	s.in(chat.Event{Chat: id, Kind: chat.Request, Request: chat.Escalate, From: chat.Speaker{Role: chat.RoleBot}, Covers: announced.Seq, Parts: &chat.Parts{Team: "Billing"}})
	if now := s.becomes(id, chat.Waiting).State; now.Team() != ids["Billing"] {
		t.Errorf("of the team %q", now.Team())
	}
}
