package ferrettest_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/store/mongostore"
)

func log(id chat.ID, n int) []chat.Event {
	var events []chat.Event
	for i := range n {
		events = append(events, chat.Event{
			Chat: id, Seq: uint64(i + 1), At: time.Unix(1_800_000_000, int64(i)).UTC(), Kind: chat.Message,
			ID: fmt.Sprint("m-", i), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: fmt.Sprint("line ", i),
		})
	}
	return events
}

// stored checks that the chat holds the events, each once, and that its summary
// is at the last of them.
func stored(t *testing.T, s store.Store, id chat.ID, want []chat.Event) {
	t.Helper()
	p, err := s.Page(t.Context(), store.PageQuery{Chat: id, Limit: store.MaxPage, Reader: chat.RoleAgent})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(p.Events, want) {
		t.Fatalf("the store holds %d events, want the %d that were put, each once", len(p.Events), len(want))
	}
	list, err := s.Chats(t.Context(), store.ChatsQuery{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Chats) != 1 || list.Chats[0].Seq != want[len(want)-1].Seq {
		t.Fatalf("the list is %+v, want the chat at %d", list.Chats, want[len(want)-1].Seq)
	}
}

func TestAwayAndBack(t *testing.T) {
	server := start(t)
	s := open(t, server.URI())
	id := chat.NewID()
	events := log(id, 30)
	if err := s.Put(t.Context(), events[:10]); err != nil {
		t.Fatal(err)
	}

	server.Away()
	// The shorter of the deadline and the search for a server counts.
	for _, limit := range []time.Duration{200 * time.Millisecond, time.Hour} {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		if err := s.Put(ctx, events[10:20]); err == nil {
			t.Fatal("a batch was stored while the server was away")
		}
		if limit == time.Hour && ctx.Err() != nil {
			t.Error("the search for a server has no end of its own")
		}
		cancel()
	}
	if err := s.Ping(t.Context()); err == nil {
		t.Error("ping succeeded while the server was away")
	}
	if _, err := s.Find(t.Context(), id, chat.RoleVisitor, "m-1"); err == nil || errors.Is(err, store.ErrNotFound) {
		t.Errorf("while the server was away find said %v, want an error other than not found", err)
	}

	if err := server.Back(); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), events[10:]); err != nil {
		t.Fatalf("put after the server came back: %v", err)
	}
	stored(t, s, id, events)
}

func TestOpenWhileAway(t *testing.T) {
	server := start(t)
	server.Away()
	// Whoever opens it has no deadline: the error comes by itself.
	if s, err := mongostore.Open(t.Context(), server.URI()); err == nil {
		_ = s.Close()
		t.Fatal("opened a store whose server is away")
	}
	if err := server.Back(); err != nil {
		t.Fatal(err)
	}
	s := open(t, server.URI())
	id := chat.NewID()
	if err := s.Put(t.Context(), log(id, 3)); err != nil {
		t.Fatal(err)
	}
	stored(t, s, id, log(id, 3))
}

func TestWorkersStartTogetherOnOneDatabase(t *testing.T) {
	server := start(t)
	id := chat.NewID()
	events := log(id, 40)
	const workers = 4
	done := make(chan error)
	for range workers {
		go func() {
			s, err := mongostore.Open(t.Context(), server.URI())
			if err != nil {
				done <- err
				return
			}
			err = s.Put(t.Context(), events)
			done <- errors.Join(err, s.Close())
		}()
	}
	for range workers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	stored(t, open(t, server.URI()), id, events)
}

// A crash at any write leaves what the same batch, put again, makes whole.
func TestCrashBetweenTheWrites(t *testing.T) {
	// The driver reads once more by itself where a connection breaks.
	for command, cuts := range map[string]int{"insert": 1, "update": 1, "find": 2} {
		t.Run("before "+command, func(t *testing.T) {
			server := start(t)
			s := open(t, server.URI())
			id := chat.NewID()
			events := log(id, 20)
			if err := s.Put(t.Context(), events[:5]); err != nil {
				t.Fatal(err)
			}
			for range cuts {
				server.Cut(command)
			}
			// The first five again make the store look up what it has.
			if err := s.Put(t.Context(), events); err == nil {
				t.Fatalf("put succeeded though its %s was cut", command)
			}
			other := open(t, server.URI()) // another worker has it delivered again
			if err := other.Put(t.Context(), events); err != nil {
				t.Fatal(err)
			}
			stored(t, other, id, events)
		})
	}
}
