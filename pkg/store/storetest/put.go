package storetest

import (
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
)

func anyOrder(t *testing.T, s store.Store) {
	a, b := chat.NewID(), chat.NewID()
	logA, logB := conversation(a, 20), conversation(b, 30)
	mixed := shuffled(append(append([]chat.Event{}, logA...), logB...), 1)
	put(t, s, mixed[:25]...)
	put(t, s, mixed[25:]...)
	sameEvents(t, "one chat", all(t, s, a), logA)
	sameEvents(t, "the other chat", all(t, s, b), logB)
}

func putAgain(t *testing.T, s store.Store) {
	id := chat.NewID()
	log := conversation(id, 12)
	put(t, s, log...)
	before := summary(t, s)

	put(t, s, shuffled(log, 2)...)
	changed := log[0]
	changed.Text, changed.ID = "other words under the same sequence", "other"
	last := log[len(log)-1]
	last.Text, last.ID = "other last words", ""
	put(t, s, changed, last)

	sameEvents(t, "the log", all(t, s, id), log)
	same(t, "the summary", summary(t, s), before)
}

func twiceInOneBatch(t *testing.T, s store.Store) {
	id := chat.NewID()
	log := conversation(id, 6)
	put(t, s, append(append([]chat.Event{}, log...), log...)...)
	sameEvents(t, "the log", all(t, s, id), log)
}

func sameClientID(t *testing.T, s store.Store) {
	id := chat.NewID()
	first := message(id, 10, "said once")
	put(t, s, first)
	again := message(id, 90, "said again")
	again.ID = first.ID
	put(t, s, again)
	other := message(id, 91, "said after it")
	again.Seq = 92
	put(t, s, again, other)
	sameEvents(t, "the log", all(t, s, id), []chat.Event{first, other})
}

func clientIDScope(t *testing.T, s store.Store) {
	a, b := chat.NewID(), chat.NewID()
	visitor := message(a, 1, "a visitor's")
	agent := chat.Event{
		Chat: a, Seq: 2, At: at(2), Kind: chat.Say, ID: visitor.ID, Text: "an agent's",
		From:  chat.Speaker{Role: chat.RoleAgent, Name: "Grace", User: "grace"},
		State: &chat.State{Status: chat.Live, Agent: &chat.Agent{User: "grace", Name: "Grace"}},
	}
	elsewhere := message(b, 1, "another visitor's")
	first, second := reply(a, 3, "without an id"), reply(a, 4, "another without an id")
	put(t, s, visitor, agent, elsewhere, first, second)
	sameEvents(t, "one chat", all(t, s, a), []chat.Event{visitor, agent, first, second})
	sameEvents(t, "the other chat", all(t, s, b), []chat.Event{elsewhere})
}

func concurrentWriters(t *testing.T, s store.Store) {
	const writers, batch = 8, 10
	ids := []chat.ID{chat.NewID(), chat.NewID(), chat.NewID()}
	var everything []chat.Event
	for _, id := range ids {
		everything = append(everything, conversation(id, 40)...)
	}
	ctx := limited(t)
	errs := make([]error, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			mine := shuffled(everything, uint64(w+1))
			for i := 0; i < len(mine); i += batch {
				if err := s.Put(ctx, mine[i:i+batch]); err != nil {
					errs[w] = err
					return
				}
			}
		})
	}
	wg.Wait()
	for w, err := range errs {
		if err != nil {
			t.Fatalf("writer %d: %v", w, err)
		}
	}
	for _, id := range ids {
		sameEvents(t, "the log", all(t, s, id), conversation(id, 40))
	}
	for _, c := range chats(t, s, store.ChatsQuery{Limit: 10}).Chats {
		seen := withoutNotes(conversation(c.Chat, 40))
		last := seen[len(seen)-1]
		if c.Seq != last.Seq || c.Text != last.Text {
			t.Errorf("the summary of chat %s is at %d %q, want %d %q", c.Chat, c.Seq, c.Text, last.Seq, last.Text)
		}
	}
}

func largeBatch(t *testing.T, s store.Store) {
	var batch []chat.Event
	var ids []chat.ID
	for range 20 {
		id := chat.NewID()
		ids = append(ids, id)
		batch = append(batch, conversation(id, 100)...)
	}
	put(t, s, shuffled(batch, 3)...)
	for _, id := range ids {
		sameEvents(t, "the log", all(t, s, id), conversation(id, 100))
	}
	put(t, s, batch...)
	sameEvents(t, "the log put again", all(t, s, ids[0]), conversation(ids[0], 100))
}

func emptyBatch(t *testing.T, s store.Store) {
	put(t, s)
	if list := chats(t, s, store.ChatsQuery{Limit: 1}); len(list.Chats) > 0 || list.More {
		t.Errorf("an empty store lists %v", list)
	}
	if err := s.Ping(limited(t)); err != nil {
		t.Errorf("ping: %v", err)
	}
}

func refused(t *testing.T, s store.Store) {
	good := message(chat.NewID(), 1, "good")
	for _, bad := range []chat.Event{
		message("", 1, "no chat"),
		message("a/b.c$d*e>f g\x00", 1, "no proper chat"),
		message(good.Chat, 0, "no sequence"),
		message(good.Chat, math.MaxInt64+1, "a sequence that no stream reaches"),
		{Chat: good.Chat, Seq: 2, At: at(2), Kind: "whisper", Text: "of a later version"},
	} {
		if err := s.Put(limited(t), []chat.Event{bad}); err == nil {
			t.Errorf("a %s event of chat %q with sequence %d was stored", bad.Kind, bad.Chat, bad.Seq)
		}
	}
	put(t, s, good)
	sameEvents(t, "the log", all(t, s, good.Chat), []chat.Event{good})
}

func bigSequences(t *testing.T, s store.Store) {
	id := chat.NewID()
	var log []chat.Event
	for _, seq := range []uint64{1, 1<<31 - 1, 1 << 31, 1<<53 - 1, 1 << 53, 1<<53 + 1, math.MaxInt64 - 1, math.MaxInt64} {
		e := reply(id, seq, fmt.Sprint(seq))
		e.At = start // the sequence is what orders
		e.Covers = seq
		log = append(log, e)
	}
	put(t, s, shuffled(log, 4)...)
	sameEvents(t, "the log", all(t, s, id), log)
	sameEvents(t, "pages of one", walk(t, s, store.PageQuery{Chat: id, Limit: 1}), log)
	sameEvents(t, "an unreachable bound", page(t, s, store.PageQuery{Chat: id, Before: math.MaxUint64, Limit: 100}).Events, log)
	if c := summary(t, s); c.Seq != math.MaxInt64 {
		t.Errorf("the summary is at %d, want %d", c.Seq, math.MaxInt64)
	}
}
