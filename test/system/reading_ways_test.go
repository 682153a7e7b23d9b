package system_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// billing is a site whose agents read the chats of their own teams only. Grace is in Billing, for
// which a chat waits; a chat of everybody's is older. Linus is in no team, Ada is a supervisor.
type billing struct {
	url                string
	admin              http.Header
	grace, linus, ada  *talktest.Client
	ann                *talktest.Client // waits for Billing
	secret, open, team string
	source             string
}

func newBilling(t *testing.T) billing {
	t.Helper()
	s := newSystem(t)
	g := s.whole()
	b := billing{url: g.url, admin: talktest.Login(t, g.url, "admin", adminPassword)}
	b.grace = staff(t, g.url, b.admin, "grace", "Grace", "agent")
	talktest.Call(t, g.url, http.MethodPost, "/api/teams", `{"revision":0,"team":{"name":"Billing","members":["grace"]}}`, b.admin)
	b.grace.Find("the team", func(f talk.Frame) bool {
		if f.T == "teams" && len(f.Teams) == 1 {
			b.team = f.Teams[0].ID
		}
		return b.team != ""
	})
	bob, ann := talktest.Dial(t, g.url), talktest.Dial(t, g.url)
	b.open = bob.Hello("Bob", "", 0).Chat
	bob.Say("m1", "hello there")
	bob.Event("reply", "You said: hello there")
	b.ann = ann
	b.secret = ann.Hello("Ann", "", 0).Chat
	ann.Say("m1", "hand over")
	ann.Find("the queue", func(f talk.Frame) bool { return f.Status == "waiting" })
	b.grace.Do("t", "take", "id", "t1", "chat", b.secret)
	bustest.Eventually(t, "it is passed on to the team", func() bool {
		return b.grace.Try("t", "pass_on", "id", "p1", "chat", b.secret, "team", b.team).T == "ack"
	})
	talktest.Call(t, g.url, http.MethodPut, "/api/teams", `{"revision":1,"own":true}`, b.admin)
	bustest.Eventually(t, "the console is told to connect again", func() bool { return b.grace.Ended() != nil })
	b.linus, b.ada = staff(t, g.url, b.admin, "linus", "Linus", "agent"), staff(t, g.url, b.admin, "ada", "Ada", "supervisor")
	b.grace = talktest.Console(t, g.url, "grace", staffPassword)
	b.grace.Find("the chat in the line of the team", func(f talk.Frame) bool {
		for _, e := range append(f.Desk, deskEntry(f)...) {
			if e.Chat == b.secret && e.Status == "waiting" && e.Team == b.team {
				b.source = e.Source
			}
		}
		return b.source != ""
	})
	return b
}

// deskEntry is the entry that a frame has, if it is one of the desk.
func deskEntry(f talk.Frame) []talk.Frame {
	if f.T != "desk" || f.Set == nil {
		return nil
	}
	return []talk.Frame{*f.Set}
}

// Whoever is no supervisor any more watches and lists what they may read from then on, at once;
// and so does who became one.
func TestAChangedRoleChangesWhatIsRead(t *testing.T) {
	t.Parallel()
	b := newBilling(t)
	b.ada.Do("t", "open", "id", "o1", "chat", b.secret)
	talktest.Call(t, b.url, http.MethodPut, "/api/agents/ada", `{"role":"agent"}`, b.admin)
	bustest.Eventually(t, "the console has to begin again", func() bool { return b.ada.Ended() != nil })
	ada := talktest.Console(t, b.url, "ada", staffPassword)
	for _, e := range ada.Find("the welcome", func(f talk.Frame) bool { return f.T == "welcome" }).Desk {
		if e.Chat == b.secret {
			t.Error("a chat of another team is listed")
		}
	}
	if f := ada.Try("t", "page", "id", "p1", "chat", b.secret); f.Code != "other_team" {
		t.Errorf("a page of it: %+v", f)
	}

	talktest.Call(t, b.url, http.MethodPut, "/api/agents/linus", `{"role":"supervisor"}`, b.admin)
	bustest.Eventually(t, "this one, too", func() bool { return b.linus.Ended() != nil })
	linus := talktest.Console(t, b.url, "linus", staffPassword)
	listed := false
	for _, e := range linus.Find("the welcome", func(f talk.Frame) bool { return f.T == "welcome" }).Desk {
		listed = listed || e.Chat == b.secret
	}
	if !listed {
		t.Error("a supervisor is not listed the chat of a team")
	}
}

// All wait behind one address. An agent who closes them together closes those that they may read.
func TestNobodyClosesTheChatsOfOtherTeamsWithTheirAddress(t *testing.T) {
	t.Parallel()
	b := newBilling(t)
	if f := b.linus.Try("t", "close_source", "id", "c1", "source", b.source); f.T != "ack" || f.Closed != 0 {
		t.Errorf("of another team: %+v", f)
	}
	b.grace.Do("t", "open", "id", "o1", "chat", b.secret)
	b.grace.Find("that it still waits", func(f talk.Frame) bool { return f.T == "opened" && f.Status == "waiting" })
	bustest.Eventually(t, "whose team it is closes it", func() bool {
		return b.grace.Try("t", "close_source", "id", "c2", "source", b.source).Closed == 1
	})
}

// What an agent may not read is no dead end of the list: it goes on behind it.
func TestTheListOfAllChatsGoesOnBehindWhatMayNotBeRead(t *testing.T) {
	t.Parallel()
	b := newBilling(t)
	bustest.Eventually(t, "both are listed", func() bool { return len(b.ada.Try("t", "chats", "id", "l0").Chats) == 2 })
	if f := b.ada.Try("t", "chats", "id", "l1", "limit", 1); len(f.Chats) != 1 || f.Chats[0].Chat != b.secret || !f.More {
		t.Fatalf("the chat of the team is not the latest: %+v", f)
	}
	if f := b.linus.Try("t", "chats", "id", "l2", "limit", 1); len(f.Chats) != 1 || f.Chats[0].Chat != b.open {
		t.Errorf("whoever may not read the latest chat is listed %+v", f)
	}
}

// A note mentions those who may read it. A reader reads it like all others, and whoever can't open
// a chat any more can dismiss it.
func TestWhoIsMentionedMayReadIt(t *testing.T) {
	t.Parallel()
	b := newBilling(t)
	rhea := staff(t, b.url, b.admin, "rhea", "Rhea", "reader")
	b.ada.Do("t", "note", "id", "n1", "chat", b.secret, "text", "@linus @rhea @grace please look")
	b.grace.Find("that she is mentioned", func(f talk.Frame) bool { return f.T == "mentions" && len(f.Mentions) == 1 })
	for i, c := range []*talktest.Client{b.linus, rhea} {
		note := b.ada.Do("t", "note", "id", fmt.Sprint("n2", i), "chat", b.open, "text", "@linus @rhea see this")
		f := c.Find("the first mention", func(f talk.Frame) bool { return f.T == "mentions" && len(f.Mentions) > 0 })
		if len(f.Mentions) != 1 || f.Mentions[0].Chat != b.open {
			t.Errorf("mentioned in %+v, of which %s may not be read", f.Mentions, b.secret)
		}
		if c == rhea {
			c.Do("t", "open", "id", "o1", "chat", b.open)
		}
		c.Find("the note's mention", func(f talk.Frame) bool {
			return f.T == "mentions" && len(f.Mentions) == 1 && f.Mentions[0].Seq == note.Seq
		})
		c.Forget()
		c.Send("t", "mentions_seen", "chat", b.open, "seq", note.Seq)
		c.Find("that nothing is left", func(f talk.Frame) bool { return f.T == "mentions" && len(f.Mentions) == 0 })
		for _, f := range c.Seen() {
			if f.T == "error" {
				t.Errorf("it is refused: %+v", f)
			}
		}
	}
}
