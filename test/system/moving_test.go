package system_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/moving"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// operator has the connections of a command in each region.
type operator map[chat.Region]*bus.Conn

func operatorOf(systems ...*system) operator {
	o := operator{}
	for _, s := range systems {
		o[s.region] = s.nats.ConnectWith(bus.Options{Name: "setup", Region: s.region, First: s.first, Log: s.log})
	}
	return o
}

func (o operator) move(ctx context.Context, id string, from, to chat.Region) (moving.Moved, error) {
	return moving.Mover{From: o[from], To: o[to]}.Move(ctx, chat.ID(id))
}

func (o operator) moveSurely(t *testing.T, id string, from, to chat.Region) moving.Moved {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), bustest.Patience)
	defer cancel()
	moved, err := o.move(ctx, id, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return moved
}

// A chat that is moved goes on for a visitor and an agent who are connected, in both regions, in
// one order and with all that it had; its old home takes nothing more.
func TestAChatThatIsMovedGoesOn(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	geu, gap := eu.whole(), ap.whole()
	o := operatorOf(eu, ap)
	ada := talktest.Dial(t, geu.url)
	met := ada.Hello("Ada", talk.Secret(), 0)
	ada.Say("m1", "before")
	ada.Event("reply", "You said: before")
	agent := talktest.Console(t, gap.url, "admin", adminPassword)
	agent.Do("t", "open", "id", "o1", "chat", met.Chat)
	made := []uint64{
		agent.Do("t", "step_in", "id", "s1", "chat", met.Chat).Seq,
		agent.Do("t", "note", "id", "n1", "chat", met.Chat, "text", "a note").Seq,
		agent.Do("t", "say", "id", "s2", "chat", met.Chat, "text", "from an agent").Seq,
	}
	last := ada.Event("say", "from an agent")

	if moved := o.moveSurely(t, met.Chat, "eu", "ap"); moved.Already || moved.Events < 5 {
		t.Errorf("moved: %+v", moved)
	}
	for name, c := range map[string]*talktest.Client{"the visitor": ada, "the agent": agent} {
		if _, err := c.Await(t.Context(), "its end", func(talk.Frame) bool { return false }); err == nil || !strings.Contains(err.Error(), "1012") {
			t.Errorf("%s is to come again: %v", name, err)
		}
	}
	if again := o.moveSurely(t, met.Chat, "eu", "ap"); !again.Already {
		t.Errorf("moved again: %+v", again)
	}

	for i, url := range []string{geu.url, gap.url} {
		back := talktest.Dial(t, url)
		back.Do("t", "hello", "name", "Ada", "token", met.Token, "since", last.Seq)
		seq := back.Say(fmt.Sprint("m2", i), "after")
		if seq < 1<<44 {
			t.Errorf("after the move it is stored as %d, which is of the old home", seq)
		}
		if again := back.Do("t", "send", "id", "m1", "text", "before", "again", true); again.Seq == 0 || again.Seq >= last.Seq {
			t.Errorf("sent again after the move it is %d, and %d came after it", again.Seq, last.Seq)
		}
		if faults := back.Faults(); len(faults) > 0 {
			t.Error(faults)
		}
	}
	agent = talktest.Console(t, geu.url, "admin", adminPassword)
	if opened := agent.Do("t", "open", "id", "o2", "chat", met.Chat); opened.Status != "live" {
		t.Errorf("opened after the move: %+v", opened)
	}
	agent.Do("t", "say", "id", "s3", "chat", met.Chat, "text", "still here")
	agent.Do("t", "return", "id", "r1", "chat", met.Chat)
	// What was called for before the move, and is called for again since no answer came, was done.
	if again := []uint64{
		agent.Do("t", "step_in", "id", "s1", "chat", met.Chat).Seq,
		agent.Do("t", "note", "id", "n1", "chat", met.Chat, "text", "a note").Seq,
		agent.Do("t", "say", "id", "s2", "chat", met.Chat, "text", "from an agent").Seq,
	}; !slices.Equal(again, made) {
		t.Errorf("called for again after the move: %d, and before it %d", again, made)
	}
	page := agent.Do("t", "page", "id", "p1", "chat", met.Chat, "before", uint64(1<<44), "limit", 50)
	var words []string
	for _, e := range page.Events {
		if e.Text != "" {
			words = append(words, e.Text)
		}
	}
	if got := strings.Join(words, ", "); !strings.Contains(got, "before, You said: before") || !strings.Contains(got, "a note, from an agent") {
		t.Errorf("what it had before: %s", got)
	}
	back := talktest.Dial(t, gap.url)
	back.Hello("Ada", met.Token, 0)
	back.Say("m3", "and now")
	back.Event("reply", "You said: and now")

	// The lists and the desk have it once, and the old home refuses whatever is written late.
	if list := agent.Do("t", "chats", "id", "c1", "limit", 10).Chats; len(list) != 1 || list[0].Chat != met.Chat {
		t.Errorf("listed: %+v", list)
	}
	stale := eu.nats.ConnectWith(bus.Options{Name: "stale", Region: "eu", Log: eu.log})
	if _, err := stale.AppendIn(t.Context(), chat.Event{Chat: chat.ID(met.Chat), Kind: chat.Message, ID: "late", From: chat.Speaker{Role: chat.RoleVisitor}, Text: "late"}, nil); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("written at the old home: %v", err)
	}
}

// Chats are moved to and fro while their visitors write without a pause, and each command is
// stopped somewhere and run again: nothing is lost, doubled or out of order.
func TestChatsAreMovedWhileTheirVisitorsWrite(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	geu, gap := eu.whole(), ap.whole()
	o := operatorOf(eu, ap)
	visitors := talk.Crowd(6, "visitor", func() []string { return []string{geu.url, gap.url} })
	goesOn := func(messages int) {
		acked := func() (n int) {
			for _, v := range visitors {
				n += len(v.Acks())
			}
			return n
		}
		want := acked() + messages
		bustest.Eventually(t, "the chats to go on", func() bool { return acked() >= want })
	}
	figures, err := talk.While(t.Context(), bustest.Patience, visitors, func(ctx context.Context) error {
		goesOn(2 * len(visitors))
		other := map[chat.Region]chat.Region{"eu": "ap", "ap": "eu"}
		at := map[string]chat.Region{}
		for range bus.MaxMoves {
			for _, v := range visitors {
				id := v.Chat()
				if at[id] == "" {
					at[id] = chat.ID(id).Home()
				}
				from, to := at[id], other[at[id]]
				for range 3 { // stopped at any point
					once, stop := context.WithTimeout(ctx, time.Duration(rand.IntN(60))*time.Millisecond)
					_, _ = o.move(once, id, from, to)
					stop()
				}
				if _, err := o.move(ctx, id, from, to); err != nil {
					return err
				}
				at[id] = to
			}
			goesOn(2 * len(visitors))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range visitors {
		if faults := v.Faults(); len(faults) > 0 {
			t.Errorf("%s: %v", v.Name, faults)
		}
	}
	t.Log(figures)
	// What each region's streams have of a chat is one part of it, and together they are all.
	for _, v := range visitors {
		id := chat.ID(v.Chat())
		home := o[map[bool]chat.Region{true: "ap", false: "eu"}[id.Home() == "eu"]] // after three moves
		page, err := roles.AskPage(t.Context(), home, chat.RoleVisitor, roles.PageRequest{Chat: id, Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		fences := 0
		for _, e := range page.Events {
			if e.Request == chat.Fence {
				fences++
			}
		}
		if page.Prev == 0 && fences != bus.MaxMoves {
			t.Errorf("%s has %d fences after %d moves", id, fences, bus.MaxMoves)
		}
	}
	if _, err := o.move(t.Context(), visitors[0].Chat(), chat.ID(visitors[0].Chat()).Home(), chat.ID(visitors[0].Chat()).Home()); err == nil {
		t.Error("moved a fourth time")
	}
}
