// Package storetest holds every implementation of store.Store to the contract.
package storetest

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
)

// Run checks what store.Store promises. Each call of open returns a store of its
// own that holds nothing yet; open sees to it that it is closed at the test's end.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, c := range []struct {
		promise string
		check   func(*testing.T, store.Store)
	}{
		{"events come back in order whatever order they were put in", anyOrder},
		{"an event put again changes nothing", putAgain},
		{"an event put twice in one batch is stored once", twiceInOneBatch},
		{"a client id sent again under another sequence changes nothing", sameClientID},
		{"a client id belongs to one chat and role", clientIDScope},
		{"writers at the same time store everything once", concurrentWriters},
		{"a batch of 2000 events is stored whole", largeBatch},
		{"an empty batch is stored", emptyBatch},
		{"an event without chat, sequence or known kind is refused", refused},

		{"a page holds the last events before its bound", pageBounds},
		{"pages chain by Prev with and without notes", pageChain},
		{"a page of a chat that nobody wrote in is empty", pageOfNothing},
		{"a page's limit is kept within bounds", pageLimit},

		{"what a client sent is found by its id", find},
		{"the last event with a state is found", lastOut},

		{"chats are listed last written to first", chatsOrder},
		{"the list of chats is paged without loss", chatsPaging},
		{"chats written to at the same moment are not torn apart", chatsSameMoment},
		{"a summary tells the last words, state and name", summaryContent},
		{"nothing of a note is in a summary", summaryWithoutNotes},
		{"events that come late never set a summary back", summaryLateEvents},
		{"a repeated client id leaves the summary", summarySameClientID},
		{"a summary keeps 120 characters of a text", summaryCut},

		{"a walk has all events of all chats, chat by chat", walksAll},

		{"every field comes back as it was", everyField},
		{"events with the JSON of the stream come back as they were, but for where their visitor is", asItCame},
		{"times are exact to the nanosecond", exactTimes},
		{"sequences reach 2^63-1", bigSequences},
		{"the hardest strings come back as they were", hostileStrings},

		{"a cancelled context ends a call with an error", cancelled},
	} {
		t.Run(c.promise, func(t *testing.T) { c.check(t, open(t)) })
	}
	t.Run("the store agrees with a simple model", func(t *testing.T) { agreesWithModel(t, open) })
}

// patience is how long any one call may take.
const patience = 60 * time.Second

func put(t testing.TB, s store.Store, events ...chat.Event) {
	t.Helper()
	if err := s.Put(limited(t), events); err != nil {
		t.Fatalf("put %d events: %v", len(events), err)
	}
}

func page(t testing.TB, s store.Store, q store.PageQuery) store.Page {
	t.Helper()
	p, err := s.Page(limited(t), q)
	if err != nil {
		t.Fatalf("page %+v: %v", q, err)
	}
	return p
}

// all returns the chat's whole log, notes too.
func all(t testing.TB, s store.Store, id chat.ID) []chat.Event {
	t.Helper()
	return walk(t, s, store.PageQuery{Chat: id, Limit: store.MaxPage, Reader: chat.RoleAgent})
}

// walk follows Prev from the query's page to the chat's first event.
func walk(t testing.TB, s store.Store, q store.PageQuery) []chat.Event {
	t.Helper()
	var log []chat.Event
	var prev uint64
	for first := true; ; first = false {
		p := page(t, s, q)
		if !first && (len(p.Events) == 0 || p.Events[len(p.Events)-1].Seq != prev) {
			t.Fatalf("the page before %d does not end with %d, which Prev announced: %v", q.Before, prev, seqs(p.Events))
		}
		log = append(append([]chat.Event{}, p.Events...), log...)
		if p.Prev == 0 {
			return log
		}
		prev, q.Before = p.Prev, p.Events[0].Seq
	}
}

func chats(t testing.TB, s store.Store, q store.ChatsQuery) store.Chats {
	t.Helper()
	c, err := s.Chats(limited(t), q)
	if err != nil {
		t.Fatalf("chats %+v: %v", q, err)
	}
	return c
}

// summary returns the summary of the chat, which must be the only one.
func summary(t testing.TB, s store.Store) store.Summary {
	t.Helper()
	list := chats(t, s, store.ChatsQuery{Limit: 10}).Chats
	if len(list) != 1 {
		t.Fatalf("there are %d chats, want 1", len(list))
	}
	return list[0]
}

func limited(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// failer is what testing.T and rapid.T have in common, as far as it is needed.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func same(t failer, what string, got, want any) {
	t.Helper()
	if reflect.DeepEqual(got, want) {
		return
	}
	t.Fatalf("%s:\n got %s\nwant %s", what, show(got), show(want))
}

// sameEvents compares logs; an empty one is as good as none.
func sameEvents(t failer, what string, got, want []chat.Event) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %d events %v, want %d %v", what, len(got), seqs(got), len(want), seqs(want))
	}
	for i := range got {
		same(t, what, got[i], want[i])
	}
}

// show writes a value so that a failure can be read, pointers included.
func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func seqs(events []chat.Event) []uint64 {
	var s []uint64
	for _, e := range events {
		s = append(s, e.Seq)
	}
	return s
}
