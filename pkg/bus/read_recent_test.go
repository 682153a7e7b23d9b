package bus_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

func TestOnlyWhatWasSaidLatelyIsRead(t *testing.T) {
	server := bustest.Start(t)
	c, id := server.Connect("c"), chat.NewID()
	if events, err := c.RecentOut(t.Context(), id); err != nil || len(events) != 0 {
		t.Errorf("of a chat that does not exist: %v, %v", events, err)
	}
	var said []uint64
	for i := range 8 {
		if _, err := c.AppendIn(t.Context(), visitorSays(id, fmt.Sprint("m", i), "hello"), nil); err != nil {
			t.Fatal(err)
		}
		e, err := c.GuardedAppend(t.Context(), id, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
			last, err := c.LastInput(t.Context(), id)
			if err != nil {
				return chat.Event{}, err
			}
			next, err := s.State.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: last})
			return chat.Event{Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot}, Text: "hello", State: &next}, err
		})
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, e.Seq)
	}
	all, err := c.RecentOut(t.Context(), id)
	if err != nil || !slices.Equal(seqs(all), said) {
		t.Fatalf("all were said lately, and read are %v (%v), want %v", seqs(all), err, said)
	}
	window := all[7].At.Sub(all[5].At)
	late, err := c.RecentOutWithin(t.Context(), id, window)
	if err != nil || !slices.Equal(seqs(late), said[5:]) {
		t.Errorf("of the last %v %v are read (%v), want %v", window, seqs(late), err, said[5:])
	}
}

func seqs(events []chat.Event) (list []uint64) {
	for _, e := range events {
		list = append(list, e.Seq)
	}
	return list
}
