package bus_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/spent"
)

const day = "20261129"

func TestWhatIsSpentIsAddedUpOverReplicasAndRestarts(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	id, ctx := chat.NewID(), t.Context()
	replicas := []*bus.Conn{server.Connect("a"), server.Connect("b")}
	var adding sync.WaitGroup
	for n := range 20 {
		adding.Go(func() {
			if _, err := replicas[n%2].Spend(ctx, day, bus.Spenders(id, "here.subnet.network"), spent.Amount{Calls: 1, Tokens: 100}); err != nil {
				t.Error(err)
			}
		})
	}
	adding.Wait()
	server.Restart()
	want := spent.Amount{Calls: 21, Tokens: 1970}
	bustest.Eventually(t, "the counters to be there", func() bool { // a correction is tried once
		l, err := replicas[1].SpentOn(ctx, day)
		return err == nil && l.All.Calls == 20
	})
	if err := replicas[1].CorrectSpent(ctx, day, bus.Spenders(id, "here.subnet.network"), spent.Amount{Tokens: -30}); err != nil {
		t.Fatal(err)
	}
	var got map[spent.Scope]spent.Amount
	bustest.Eventually(t, "the counters to be there again", func() (ok bool) {
		var err error
		got, err = replicas[0].Spend(ctx, day, bus.Spenders(id, "here.subnet.network"), spent.Amount{Calls: 1})
		return err == nil
	})
	for _, scope := range spent.Scopes {
		if got[scope] != want {
			t.Errorf("%s: %+v, want %+v", scope, got[scope], want)
		}
	}
	other, err := replicas[1].Spend(ctx, day, bus.Spenders(chat.NewID(), "there"), spent.Amount{Calls: 1})
	if err != nil || other[spent.Chat].Calls != 1 || other[spent.Address].Calls != 1 || len(other) != 3 || other[spent.Day].Calls != 22 {
		t.Errorf("somebody else: %+v, %v", other, err)
	}
	next, err := replicas[1].Spend(ctx, "20261130", bus.Spenders(id, "here.subnet.network"), spent.Amount{Calls: 1})
	if err != nil || next[spent.Chat].Calls != 1 || next[spent.Day].Calls != 1 {
		t.Errorf("the next day: %+v, %v", next, err)
	}
}

func TestWhatWasSpentIsShownWithWhoIsNearTheCeiling(t *testing.T) {
	t.Parallel()
	c, ctx := bustest.Start(t).Connect("bot"), t.Context()
	if l, err := c.SpentOn(ctx, day); err != nil || l.All.Calls != 0 || len(l.Marked) != 0 {
		t.Errorf("before the first call: %+v, %v", l, err)
	}
	for n := range 3 {
		for range n + 1 {
			if _, err := c.Spend(ctx, day, bus.Spenders(chat.NewID(), fmt.Sprint("s", n)), spent.Amount{Calls: 1, Tokens: 7}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 2 {
		if err := c.MarkSpender(ctx, day, bus.Spender{Scope: spent.Address, Of: "s2"}); err != nil {
			t.Fatal(err)
		}
	}
	l, err := c.SpentOn(ctx, day)
	if err != nil || l.All != (spent.Amount{Calls: 6, Tokens: 42}) || l.More || len(l.Marked) != 1 ||
		l.Marked[0] != (bus.SpenderLook{Spender: bus.Spender{Scope: spent.Address, Of: "s2"}, Spent: spent.Amount{Calls: 3, Tokens: 21}}) {
		t.Errorf("%+v, %v", l, err)
	}
	for n := range 60 {
		if err := c.MarkSpender(ctx, day, bus.Spender{Scope: spent.Chat, Of: fmt.Sprint("c", n)}); err != nil {
			t.Fatal(err)
		}
	}
	if l, err := c.SpentOn(ctx, day); err != nil || !l.More || l.All.Calls != 6 {
		t.Errorf("many are near: %+v, %v", l, err)
	}
	if l, err := c.SpentOn(ctx, "20261130"); err != nil || l.All.Calls != 0 || len(l.Marked) != 0 {
		t.Errorf("another day: %+v, %v", l, err)
	}
}

// What the bot answers because of a change of the chat is read from the stream, and is
// charged to the address that wrote it.
func TestAnInputThatIsReadHasItsSource(t *testing.T) {
	t.Parallel()
	c, id, ctx := bustest.Start(t).Connect("gateway"), chat.NewID(), t.Context()
	for _, source := range []string{"here", ""} {
		if _, err := c.AppendIn(ctx, chat.Event{Chat: id, Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor}, Text: "x", ID: "m" + source, Source: source}, nil); err != nil {
			t.Fatal(err)
		}
	}
	inputs, err := c.Inputs(ctx, id, 0, 100, 10)
	if err != nil || len(inputs) != 2 || inputs[0].Source != "here" || inputs[1].Source != "" {
		t.Errorf("%+v, %v", inputs, err)
	}
}
