package system_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/moving"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// copies makes a gateway keep a copy of that region's chats.
func copies(of chat.Region) func(*gateway.Options) {
	return func(o *gateway.Options) { o.CopyOf = []chat.Region{of} }
}

// copied waits until the own region's copy has all that the streams of the other one hold now.
func copied(t *testing.T, own, of *bus.Conn) {
	t.Helper()
	want := map[string]uint64{}
	for _, stream := range of.ChatStreams() {
		last, err := of.LastOf(t.Context(), stream)
		if err != nil {
			t.Fatal(err)
		}
		want[stream] = last
	}
	bustest.Eventually(t, "the copy to have everything", func() bool {
		has, _, err := moving.CopiedOf(t.Context(), own, of.Region())
		if err != nil || has.Through.IsZero() {
			return false
		}
		for stream, last := range want {
			if has.At[stream] < last && last%(1<<44) > 0 && last%(1<<44) != 1<<44-1 {
				return false
			}
		}
		return true
	})
}

// A region whose disks are gone, and of which another one kept a copy over a link that was cut, is
// given up from it: nothing is lost of what the copy had.
func TestARegionWithoutDisksIsGivenUpFromItsCopy(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	geu := eu.gateway(copies("ap"))
	eu.history()
	eu.escalation(escalation.Options{})
	eu.bot(echo{})
	history, desk, bot, gap := ap.history(), ap.escalation(escalation.Options{}), ap.bot(echo{}), ap.gateway()
	o := operatorOf(eu, ap)
	type person struct {
		name, chat, token string
		last              uint64
	}
	meet := func(url, name string) (*talktest.Client, *person) {
		c := talktest.Dial(t, url)
		met := c.Hello(name, talk.Secret(), 0)
		c.Say("m1", "hello")
		return c, &person{name, met.Chat, met.Token, c.Event("reply", "You said: hello").Seq}
	}
	ada, answered := meet(gap.url, "Ada")
	bob, waits := meet(gap.url, "Bob")
	_, moved := meet(geu.url, "Cid")
	o.moveSurely(t, moved.chat, "eu", "ap")
	agent := talktest.Console(t, gap.url, "admin", adminPassword)
	agent.Do("t", "open", "id", "o1", "chat", answered.chat)
	agent.Do("t", "note", "id", "n1", "chat", answered.chat, "text", "a note")
	copied(t, o["eu"], o["ap"])
	if list := agent.Do("t", "chats", "id", "c1", "limit", 10).Chats; len(list) != 3 {
		t.Errorf("with a copy there are listed: %+v", list)
	}

	// A cut costs time: afterward the copy has what was said in it.
	eu.others["ap"].Break()
	for i := range 5 {
		ada.Say(fmt.Sprint("cut", i), fmt.Sprintf("said in the cut, %d", i))
		answered.last = ada.Event("reply", fmt.Sprintf("You said: said in the cut, %d", i)).Seq
	}
	bob.Say("m2", "hand over")
	waits.last = bob.Event("state", "waiting").Seq
	cid := talktest.Dial(t, gap.url)
	cid.Do("t", "hello", "name", "Cid", "token", moved.token, "since", moved.last)
	cid.Say("m2", "after the move")
	moved.last = cid.Event("reply", "You said: after the move").Seq
	bot.stop()
	dan := talktest.Dial(t, gap.url)
	met := dan.Hello("Dan", talk.Secret(), 0)
	open := &person{"Dan", met.Chat, met.Token, dan.Say("m1", "is anybody there?")}
	eu.others["ap"].Mend()
	copied(t, o["eu"], o["ap"])
	for _, r := range []*replica{gap, desk, history} {
		r.stop() // killed, and its disks are gone
	}
	eu.others["ap"].Break()

	done, err := moving.GivingUp{Region: "ap", To: o["eu"]}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if done.Chats != 4 || done.Desk != 1 || done.Open != 1 || done.Stuck != 0 {
		t.Errorf("given up: %+v", done)
	}
	for _, p := range []*person{answered, waits, moved, open} {
		c := talktest.Dial(t, geu.url)
		c.Do("t", "hello", "name", p.name, "token", p.token, "since", p.last)
		if seq := c.Say("m3", "I'm back"); seq < 1<<44 {
			t.Errorf("%s wrote to the old home, at %d", p.name, seq)
		}
		if p == answered || p == moved {
			c.Event("reply", "You said: I'm back")
		}
		if faults := c.Faults(); len(faults) > 0 {
			t.Errorf("%s: %v", p.name, faults)
		}
	}
	agent = talktest.Console(t, geu.url, "admin", adminPassword)
	agent.Do("t", "open", "id", "o2", "chat", answered.chat)
	page := agent.Do("t", "page", "id", "p1", "chat", answered.chat, "before", uint64(1<<44), "limit", 50)
	has := map[string]bool{}
	for _, e := range page.Events {
		has[e.Text] = true
	}
	for _, text := range []string{"hello", "a note", "said in the cut, 0", "You said: said in the cut, 4"} {
		if !has[text] {
			t.Errorf("%q is lost: %+v", text, page.Events)
		}
	}
}

// What stands in another region's streams of a chat that is at home here, as far as is known here, is
// copied once it is known that the chat was moved there; other streams don't wait for it.
func TestACopyWaitsUntilItKnowsWhereAChatIs(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	eu.history()
	ap.history()
	o := operatorOf(eu, ap)
	moved, there := chat.NewID()+"eu", chat.NewID()+"ap"
	home := bus.Home{Revision: 1, At: time.Now(), Path: []chat.Region{"eu", "ap"}}
	if err := moving.Say(t.Context(), o["ap"], bus.HomeKey(moved), home); err != nil {
		t.Fatal(err)
	}
	if err := moving.Arrive(t.Context(), o["ap"], moved, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := o["ap"].AppendIn(t.Context(), chat.Event{Chat: there, Kind: chat.Message, ID: "m1", From: chat.Speaker{Role: chat.RoleVisitor}, Text: "hello"}, nil); err != nil {
		t.Fatal(err)
	}
	copying, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		(&moving.Copier{Own: o["eu"], From: o["ap"], Log: eu.log}).Run(copying)
	}()
	defer func() { stop(); <-ended }()
	has := func() (c moving.Copied) {
		c, _, err := moving.CopiedOf(t.Context(), o["eu"], "ap")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	bustest.Eventually(t, "the other stream to be copied", func() bool {
		for stream, at := range has().At {
			if at > 0 && !strings.HasPrefix(stream, "CHAT_g") {
				return true
			}
		}
		return false
	})
	if c := has(); c.At["CHAT_g1"] > 0 || !c.Through.IsZero() {
		t.Errorf("copied before it is known here: %+v", c)
	}
	if err := moving.Say(t.Context(), o["eu"], bus.HomeKey(moved), home); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the moved chat to be copied", func() bool { c := has(); return c.At["CHAT_g1"] > 0 && !c.Through.IsZero() })
	for _, id := range []chat.ID{moved, there} {
		page, err := eu.store.Page(t.Context(), store.PageQuery{Chat: id, Limit: 10})
		if err != nil || len(page.Events) != 1 {
			t.Errorf("eu has of the chat %s: %+v, %v", id, page.Events, err)
		}
	}
}
