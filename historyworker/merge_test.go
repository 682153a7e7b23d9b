package historyworker

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/store"
)

// A page made of the store's page and the stream's tail is the page of the whole
// log, wherever the floor is and whatever above it is in the store already.
func TestAMergedPageIsAPageOfTheWholeLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t)
		floor := rapid.Uint64Range(0, 60).Draw(t, "floor")
		var inStore, inTail []chat.Event
		has := map[sender]uint64{}
		for _, e := range log {
			key := sender{e.From.Role, e.ID}
			early := e.Seq <= floor || rapid.Bool().Draw(t, "stored early")
			if early && (e.ID == "" || has[key] == 0) {
				inStore = append(inStore, e)
				has[key] = e.Seq
			}
			if e.Seq > floor {
				inTail = append(inTail, e)
			}
		}
		before := rapid.Uint64Range(1, 61).Draw(t, "before")
		limit := rapid.IntRange(1, 12).Draw(t, "limit")

		got, err := merge(pageOf(inStore, before, limit), inTail, before, limit, func(e chat.Event) (uint64, error) {
			return has[sender{e.From.Role, e.ID}], nil
		})
		if err != nil {
			t.Fatal(err)
		}
		whole := pageOf(counted(log, has), before, limit)
		want := roles.PageReply{Events: append([]chat.Event{}, whole.Events...), Prev: whole.Prev}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v before it %d\nwant %v before it %d", seqs(got.Events), got.Prev, seqs(want.Events), want.Prev)
		}
	})
}

func drawLog(t *rapid.T) []chat.Event {
	var log []chat.Event
	for seq := uint64(1); seq <= 60; seq++ {
		if !rapid.Bool().Draw(t, "of this chat") {
			continue // the stream holds other chats too
		}
		e := chat.Event{Seq: seq, Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor}}
		if n := rapid.IntRange(0, 20).Draw(t, "client id"); n > 0 { // some twice
			e.ID = fmt.Sprint(n)
		}
		if rapid.Bool().Draw(t, "an agent's") {
			e.Kind, e.From.Role = chat.Say, chat.RoleAgent
		}
		log = append(log, e)
	}
	return log
}

// counted is the log as the store will hold it in the end.
func counted(log []chat.Event, has map[sender]uint64) []chat.Event {
	winner := map[sender]uint64{}
	for _, e := range log {
		key := sender{e.From.Role, e.ID}
		if has[key] != 0 {
			winner[key] = has[key]
		} else if winner[key] == 0 {
			winner[key] = e.Seq
		}
	}
	var out []chat.Event
	for _, e := range log {
		if e.ID == "" || winner[sender{e.From.Role, e.ID}] == e.Seq {
			out = append(out, e)
		}
	}
	return out
}

// pageOf is what a store that holds these events answers.
func pageOf(events []chat.Event, before uint64, limit int) store.Page {
	for len(events) > 0 && events[len(events)-1].Seq >= before {
		events = events[:len(events)-1]
	}
	if n := len(events) - limit; n > 0 {
		return store.Page{Events: events[n:], Prev: events[n-1].Seq}
	}
	return store.Page{Events: events}
}

func seqs(events []chat.Event) []uint64 {
	var s []uint64
	for _, e := range events {
		s = append(s, e.Seq)
	}
	return s
}
