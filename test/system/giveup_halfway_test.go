package system_test

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/moving"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// Chats that were on their way to a region when it was lost, at each step of a move, go on where the
// region's chats do, with all that was said in either.
func TestChatsOnTheirWayToARegionThatIsGivenUp(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	geu, gap := eu.whole(), ap.whole()
	o := operatorOf(eu, ap)
	type person struct {
		name, chat, token string
		last              uint64
	}
	meet := func(name string) *person {
		c := talktest.Dial(t, gap.url)
		met := c.Hello(name, talk.Secret(), 0)
		c.Say("m1", "hello")
		return &person{name, met.Chat, met.Token, c.Event("reply", "You said: hello").Seq}
	}
	input := func(p *person) {
		last, err := o["ap"].LastInputEvent(t.Context(), chat.ID(p.chat))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o["ap"].FenceInputs(t.Context(), chat.ID(p.chat), last.Seq); err != nil {
			t.Fatal(err)
		}
	}
	state := func(p *person) {
		if _, err := o["ap"].GuardedAppend(t.Context(), chat.ID(p.chat), 0, nil, func(s bus.Snapshot) (chat.Event, error) {
			step := chat.Step{Kind: chat.StateChange, Reason: chat.MovedAway, Home: "eu", At: time.Now()}
			next, err := s.State.Apply(step)
			return chat.Event{Kind: chat.StateChange, Reason: step.Reason, From: chat.Speaker{Role: chat.RoleSystem}, State: &next}, err
		}); err != nil {
			t.Fatal(err)
		}
	}
	inputs, fenced, arrived, moved := meet("Ada"), meet("Bob"), meet("Cid"), meet("Dan")
	input(inputs)
	input(fenced)
	state(fenced)
	o.moveSurely(t, moved.chat, "ap", "eu")

	// Of one that has arrived only the lost region knows.
	eu.others["ap"].Break()
	ap.others["eu"].Break()
	input(arrived)
	state(arrived)
	page, err := roles.AskPage(t.Context(), o["ap"], chat.RoleAgent, roles.PageRequest{Chat: chat.ID(arrived.chat), Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	if err := moving.Import(t.Context(), o["eu"], page.Events); err != nil {
		t.Fatal(err)
	}
	if err := moving.Say(t.Context(), o["eu"], bus.HomeKey(chat.ID(arrived.chat)), bus.Home{Revision: 1, At: time.Now(), Path: []chat.Region{"ap", "eu"}}); err != nil {
		t.Fatal(err)
	}
	if err := moving.Arrive(t.Context(), o["eu"], chat.ID(arrived.chat), ""); err != nil {
		t.Fatal(err)
	}
	cid := talktest.Dial(t, geu.url)
	cid.Do("t", "hello", "name", "Cid", "token", arrived.token, "since", arrived.last)
	cid.Say("m2", "said in eu")
	arrived.last = cid.Event("reply", "You said: said in eu").Seq
	geu.stop() // killed

	disks, err := bus.ConnectFrom(t.Context(), o["ap"], bus.Options{Name: "setup", Region: "eu", InProcess: eu.nats, Replicas: 1, Log: ap.log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(disks.Close)
	if _, err := (moving.GivingUp{Region: "eu", To: o["ap"], Disks: disks}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*person{inputs, fenced, arrived, moved} {
		if at := o.moveSurely(t, p.chat, "ap", "ap"); !at.Already {
			t.Errorf("%s: %+v", p.name, at)
		}
		c := talktest.Dial(t, gap.url)
		c.Do("t", "hello", "name", p.name, "token", p.token, "since", p.last)
		if seq := c.Say("m3", "I'm back"); seq < 2<<44 {
			t.Errorf("%s wrote at %d, where the chat was before", p.name, seq)
		}
		c.Event("reply", "You said: I'm back")
		if faults := c.Faults(); len(faults) > 0 {
			t.Errorf("%s: %v", p.name, faults)
		}
	}
	page, err = roles.AskPage(t.Context(), o["ap"], chat.RoleVisitor, roles.PageRequest{Chat: chat.ID(arrived.chat), Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	said := false
	for _, e := range page.Events {
		said = said || e.Text == "said in eu"
	}
	if !said {
		t.Errorf("what was said in the lost region is not there: %+v", page.Events)
	}
}
