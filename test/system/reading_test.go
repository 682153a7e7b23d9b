package system_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// Where agents read the chats of their own teams only, others' are in no list of theirs, and
// nothing of them can be opened, paged, or written on. Supervisors read all. The switch acts at
// once on consoles that are open.
func TestAgentsReadOnlyWhatIsOfTheirTeamsIfTheSiteSaysSo(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	g := s.whole()
	admin := talktest.Login(t, g.url, "admin", adminPassword)
	grace, linus := staff(t, g.url, admin, "grace", "Grace", "agent"), staff(t, g.url, admin, "linus", "Linus", "agent")
	staff(t, g.url, admin, "ada", "Ada", "supervisor")
	staff(t, g.url, admin, "rhea", "Rhea", "reader")
	talktest.Call(t, g.url, http.MethodPost, "/api/teams", `{"revision":0,"team":{"name":"Billing","members":["grace"]}}`, admin)
	ann, bob := talktest.Dial(t, g.url), talktest.Dial(t, g.url)
	secret, open := ann.Hello("Ann", "", 0).Chat, bob.Hello("Bob", "", 0).Chat
	ann.Say("m1", "hand over")
	bob.Say("m1", "hello there")
	team := ""
	grace.Find("the team", func(f talk.Frame) bool {
		if f.T == "teams" && len(f.Teams) == 1 {
			team = f.Teams[0].ID
		}
		return team != ""
	})
	ann.Find("the queue", func(f talk.Frame) bool { return f.Status == "waiting" })
	grace.Do("t", "take", "id", "t1", "chat", secret)
	bustest.Eventually(t, "it is passed on to the team", func() bool {
		return grace.Try("t", "pass_on", "id", "p1", "chat", secret, "team", team).T == "ack"
	})
	linus.Find("the chat on the desk", func(f talk.Frame) bool { return f.T == "desk" && f.Set != nil && f.Set.Chat == secret })

	talktest.Call(t, g.url, http.MethodPut, "/api/teams", `{"revision":1,"own":true}`, admin)
	bustest.Eventually(t, "the console is told to connect again", func() bool { return linus.Ended() != nil })
	for _, user := range []string{"linus", "rhea"} {
		header := talktest.Login(t, g.url, user, staffPassword)
		c := talktest.DialConsole(t, g.url, header)
		w := c.Find("the welcome", func(f talk.Frame) bool { return f.T == "welcome" })
		for _, e := range w.Desk {
			if e.Chat == secret {
				t.Errorf("%s is listed another team's chat", user)
			}
		}
		file := g.url + "/api/files/" + secret + "/" + fileID()
		if f := ask(t, http.MethodGet, file, header, nil); f.Code != "other_team" {
			t.Errorf("%s: reading a file of another team's chat: %d %s", user, f.Status, f.Body)
		}
		if f := ask(t, http.MethodPost, file, header, strings.NewReader("x")); f.Code != "other_team" && !(user == "rhea" && f.Code == "not_allowed") {
			t.Errorf("%s: sending a file to another team's chat: %d %s", user, f.Status, f.Body)
		}
		for _, act := range []string{"open", "page", "note", "card", "step_in"} {
			f := c.Try("t", act, "id", "no-"+act, "chat", secret, "text", "x", "edit", map[string]any{"add": []string{"x"}})
			if f.Code != "other_team" && !(user == "rhea" && f.Code == "not_allowed") {
				t.Errorf("%s: %s of another team's chat: %+v", user, act, f)
			}
		}
		bustest.Eventually(t, "the list has the chat of everybody alone", func() bool {
			f := c.Ask("t", "chats", "id", "l1")
			for _, one := range f.Chats {
				if one.Chat == secret {
					t.Fatalf("%s lists another team's chat", user)
				}
			}
			return len(f.Chats) == 1 && f.Chats[0].Chat == open
		})
		if f := c.Ask("t", "chats", "id", "l2", "team", team); len(f.Chats) > 0 {
			t.Errorf("%s is listed the chats of another team: %+v", user, f.Chats)
		}
		if f := c.Try("t", "open", "id", "o1", "chat", open); f.T == "error" {
			t.Errorf("a chat of everybody: %+v", f)
		}
	}
	for _, user := range []string{"grace", "ada"} {
		c := talktest.Console(t, g.url, user, staffPassword)
		if f := c.Try("t", "open", "id", "o1", "chat", secret); f.T == "error" {
			t.Errorf("%s may read it: %+v", user, f)
		}
		bustest.Eventually(t, "both are listed", func() bool { return len(c.Ask("t", "chats", "id", "l1").Chats) == 2 })
		for of, want := range map[string]string{team: secret, "-": open, "no-such-team": ""} {
			bustest.Eventually(t, "the list of one team's has its chats alone", func() bool {
				f := c.Ask("t", "chats", "id", "l2", "team", of)
				return want == "" && len(f.Chats) == 0 || len(f.Chats) == 1 && f.Chats[0].Chat == want
			})
		}
	}
	talktest.Call(t, g.url, http.MethodPut, "/api/teams", `{"revision":2,"own":false}`, admin)
	linus = talktest.Console(t, g.url, "linus", staffPassword)
	bustest.Eventually(t, "it is open to all again", func() bool { return linus.Try("t", "open", "id", "o2", "chat", secret).T != "error" })
}
