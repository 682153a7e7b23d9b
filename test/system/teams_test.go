package system_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// A page of the site names a team, and so does a visitor; the bot calls a person for the team
// of the page. Each waits in that team's own line, for its members. A team that is deleted
// leaves its chats to another one, and a name that is not there to everybody.
func TestAChatWaitsInTheLineOfItsTeam(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	g := s.whole()
	admin := talktest.Login(t, g.url, "admin", adminPassword)
	grace, linus := staff(t, g.url, admin, "grace", "Grace", "agent"), staff(t, g.url, admin, "linus", "Linus", "agent")
	talktest.Call(t, g.url, http.MethodPost, "/api/teams", `{"revision":0,"team":{"name":"Billing","members":["grace"]}}`, admin)
	talktest.Call(t, g.url, http.MethodPost, "/api/teams", `{"revision":1,"team":{"name":"Sales","members":["linus"]}}`, admin)
	ids := map[string]string{}
	linus.Find("the teams", func(f talk.Frame) bool {
		for _, team := range f.Teams {
			ids[team.Name] = team.ID
		}
		return len(f.Teams) == 2
	})
	visitors := map[string]*talktest.Client{}
	waits := func(name, page, chosen, words string) string {
		t.Helper()
		v := talktest.Dial(t, g.url)
		visitors[name] = v
		id := v.Do("t", "hello", "name", name, "token", talk.Secret(), "team", page).Chat
		if words != "" {
			v.Say("m1", words)
		} else {
			v.Do("t", "escalate", "id", "e1", "team", chosen)
		}
		v.Find(name+"'s position", func(f talk.Frame) bool { return f.What == "queue" && f.Place > 0 })
		return id
	}
	byBot := waits("Ann", "billing", "", "hand over")
	byCommand := waits("Bob", ids["Sales"], "", "escalate")
	chosen := waits("Cid", "billing", ids["Sales"], "")
	unknown := waits("Dot", "no such team", "", "escalate")
	for name, place := range map[string]int{"Ann": 1, "Bob": 1, "Cid": 2, "Dot": 1} {
		visitors[name].Find(name+"'s place in the own line", func(f talk.Frame) bool { return f.What == "queue" && f.Place == place })
	}
	for id, team := range map[string]string{byBot: ids["Billing"], byCommand: ids["Sales"], chosen: ids["Sales"], unknown: ""} {
		grace.Find("the chat on the desk", func(f talk.Frame) bool {
			return f.T == "desk" && f.Set != nil && f.Set.Chat == id && f.Set.Status == "waiting" && f.Set.Team == team
		})
	}
	if f := linus.Try("t", "take", "id", "t1", "chat", byBot); f.Code != "other_team" {
		t.Errorf("an agent takes another team's chat: %+v", f)
	}
	grace.Do("t", "take", "id", "t1", "chat", unknown)

	talktest.Call(t, g.url, http.MethodDelete, "/api/teams/"+ids["Billing"], `{"revision":2,"into":"`+ids["Sales"]+`"}`, admin)
	bustest.Eventually(t, "the other team has its chats", func() bool { return linus.Try("t", "take", "id", "t2", "chat", byBot).T == "ack" })
}

// handsTo hands every chat over to one team, as a bot does that chose it.
type handsTo struct{ team string }

func (h handsTo) Think(context.Context, answer.Question, answer.Progress) (answer.Answer, error) {
	return answer.Answer{Text: "I'm asking Billing.", Handover: true, Team: h.team}, nil
}

// What the bot chose counts before what the page says, and also if the replica that announced a
// person died before it asked for one.
func TestTheBotChoosesTheTeam(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.history()
	s.escalation(escalation.Options{})
	g := s.gateway()
	admin := talktest.Login(t, g.url, "admin", adminPassword)
	grace := staff(t, g.url, admin, "grace", "Grace", "agent")
	talktest.Call(t, g.url, http.MethodPost, "/api/teams", `{"revision":0,"team":{"name":"Billing","members":["grace"]}}`, admin)
	talktest.Call(t, g.url, http.MethodPost, "/api/teams", `{"revision":1,"team":{"name":"Sales","members":["grace"]}}`, admin)
	ids := map[string]string{}
	grace.Find("the teams", func(f talk.Frame) bool {
		for _, team := range f.Teams {
			ids[team.Name] = team.ID
		}
		return len(f.Teams) == 2
	})
	waits := func(id, team string) {
		t.Helper()
		grace.Find("the chat in the line of its team", func(f talk.Frame) bool {
			return f.T == "desk" && f.Set != nil && f.Set.Chat == id && f.Set.Status == "waiting" && f.Set.Team == team
		})
	}
	bot := s.bot(handsTo{ids["Billing"]})
	ann := talktest.Dial(t, g.url)
	id := ann.Do("t", "hello", "name", "Ann", "token", talk.Secret(), "team", "sales").Chat
	ann.Say("m1", "my invoice is wrong")
	waits(id, ids["Billing"])
	bot.stop()

	// Nobody asked for the person that this reply announced.
	bob := talktest.Dial(t, g.url)
	id = bob.Do("t", "hello", "name", "Bob", "token", talk.Secret(), "team", "sales").Chat
	asked := bob.Say("m1", "my invoice is wrong, too")
	next, err := chat.State{}.Apply(chat.Step{Kind: chat.Reply, At: time.Now(), AnsweredThrough: asked, Visitor: "Bob", Handover: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.connect("dead bot").GuardedAppend(t.Context(), chat.ID(id), asked, nil, func(bus.Snapshot) (chat.Event, error) {
		return chat.Event{Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot, Name: "Parley bot"}, Text: "I'm asking Billing.", Parts: &chat.Parts{Team: ids["Billing"]}, State: &next}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.bot(handsTo{ids["Sales"]})
	waits(id, ids["Billing"])
}
