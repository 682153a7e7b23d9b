package storetest

import (
	"errors"
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
)

func walksAll(t *testing.T, s store.Store) {
	logs := map[chat.ID][]chat.Event{}
	for i := range 5 {
		id := chat.NewID()
		logs[id] = conversation(id, 3+4*i)
	}
	for i := range 19 { // in an order that is not that of the walk
		for _, log := range logs {
			if n := len(log) - 1 - i; n >= 0 {
				put(t, s, log[n])
			}
		}
	}
	for _, limit := range []int{1, 3, 55, 56, store.MaxEvents + 1} {
		got, seen := map[chat.ID][]chat.Event{}, []chat.ID{}
		for q := (store.EventsQuery{Limit: limit}); ; {
			piece, err := s.Events(limited(t), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range piece.Events {
				if n := len(seen); n == 0 || seen[n-1] != e.Chat {
					seen = append(seen, e.Chat)
				}
				got[e.Chat] = append(got[e.Chat], e)
			}
			if q.After = piece.Next; q.After == "" {
				break
			}
		}
		if len(seen) != len(logs) {
			t.Errorf("by %d, the walk meets %d chats, want %d, each once", limit, len(seen), len(logs))
		}
		for id, log := range logs {
			sameEvents(t, "a chat", got[id], log)
		}
	}
	if _, err := s.Events(limited(t), store.EventsQuery{After: "nowhere"}); !errors.Is(err, store.ErrPlace) {
		t.Errorf("from nowhere: %v", err)
	}
}
