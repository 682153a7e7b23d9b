package system_test

import (
	"slices"
	"testing"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/moving"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// A region is killed and given up, with its disks: whoever had written goes on in another region,
// with all that was acknowledged, and what nobody had answered is dealt with. When the region comes
// back, it does no harm.
func TestARegionThatIsKilledIsGivenUp(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	history, desk, bot, geu := eu.history(), eu.escalation(escalation.Options{}), eu.bot(echo{}), eu.gateway()
	gap := ap.whole()
	type person struct {
		name  string
		chat  string
		token string
		last  uint64
	}
	meet := func(name string) (*talktest.Client, *person) {
		c := talktest.Dial(t, geu.url)
		met := c.Hello(name, talk.Secret(), 0)
		return c, &person{name: name, chat: met.Chat, token: met.Token}
	}
	ada, answered := meet("Ada")
	answered.last = ada.Say("m1", "hello")
	answered.last = ada.Event("reply", "You said: hello").Seq
	bob, waits := meet("Bob")
	bob.Say("m1", "hand over")
	waits.last = bob.Event("state", "waiting").Seq
	bot.stop()
	cid, open := meet("Cid")
	open.last = cid.Say("m1", "is anybody there?")
	for _, r := range []*replica{geu, desk, history} {
		r.stop() // killed: nothing in eu goes on
	}
	ap.others["eu"].Break()

	to := ap.nats.ConnectWith(bus.Options{Name: "setup", Region: "ap", First: "eu", Log: ap.log})
	disks, err := bus.ConnectFrom(t.Context(), to, bus.Options{Name: "setup", Region: "eu", InProcess: eu.nats, Replicas: 1, Log: ap.log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(disks.Close)
	giving := moving.GivingUp{Region: "eu", To: to, Disks: disks}
	done, err := giving.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if done.Chats != 3 || done.Desk != 1 || done.Open != 1 || done.Stuck != 0 || done.Events < 6 {
		t.Errorf("given up: %+v", done)
	}
	if again, err := giving.Run(t.Context()); err != nil || !again.Already || again.Open != 0 || again.Desk != 0 {
		t.Errorf("given up again: %+v, %v", again, err)
	}

	// The region comes back, with all of its processes, and reaches the others again.
	ap.others["eu"].Mend()
	geu = eu.whole()
	agent := talktest.Console(t, gap.url, "admin", adminPassword)
	agent.Find("the desk to list who waited", func(f talk.Frame) bool {
		return f.T == "welcome" && slices.ContainsFunc(f.Desk, func(e talk.Frame) bool { return e.Chat == waits.chat }) || f.T == "desk" && f.Set != nil && f.Set.Chat == waits.chat
	})
	for _, url := range []string{gap.url, geu.url} {
		for _, p := range []*person{answered, waits, open} {
			c := talktest.Dial(t, url)
			c.Do("t", "hello", "name", p.name, "token", p.token, "since", p.last)
			if seq := c.Say(string(chat.NewID()), "I'm back"); seq < 1<<44 {
				t.Errorf("%s wrote to the old home, at %d", p.name, seq)
			}
			if p == answered {
				c.Event("reply", "You said: I'm back")
			}
			if p == open {
				page := c.Do("t", "page", "id", "p1", "before", uint64(1<<44), "limit", 50)
				if len(page.Events) == 0 || page.Events[0].Text != "is anybody there?" {
					t.Errorf("what was written before: %+v", page.Events)
				}
			}
		}
	}
	cid = talktest.Dial(t, gap.url)
	if at := cid.Hello("Cid", open.token, 0); at.Status != "waiting" {
		t.Errorf("whom nobody had answered is %s", at.Status)
	}
	old := eu.nats.ConnectWith(bus.Options{Name: "late", Region: "eu", Log: eu.log})
	bustest.Eventually(t, "the late region to know", func() bool { return old.Homes().GivenUp("eu") == "ap" })
	if s, err := old.Last(t.Context(), chat.ID(open.chat)); err != nil || s.State.Moved != "ap" {
		t.Errorf("at the old home: %+v, %v", s, err)
	}
}
