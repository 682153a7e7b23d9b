package bus_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// Notes stand on a subject of their own. While an agent's tail is read both
// subjects grow: no note may be in it without the message before it, and no
// message without the note before it. (The torture found a note that was shown
// before the reply that it followed.)
func TestATailWithNotesHasNoHole(t *testing.T) {
	server := bustest.Start(t)
	writer, reader, id := server.Connect("writer"), server.Connect("reader"), chat.NewID()
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	defer writing.Wait()
	defer stop()
	writing.Go(func() {
		for i := 0; ctx.Err() == nil; i++ { // they take turns, so a hole shows
			var err error
			if i%2 == 0 {
				_, err = writer.AppendIn(ctx, visitorSays(id, fmt.Sprint("m", i), "x"), nil)
			} else {
				_, err = writer.Append(ctx, chat.Event{Chat: id, Kind: chat.Note, ID: fmt.Sprint("n", i), Text: "x", From: chat.Speaker{Role: chat.RoleAgent, User: "grace"}})
			}
			if err != nil && ctx.Err() == nil {
				t.Error(err)
				return
			}
		}
	})
	after := uint64(0)
	for reads := 0; reads < 300 || after < 100 && !t.Failed(); reads++ { // the writer may be the slower one
		tail, err := reader.TailPart(t.Context(), id, after, chat.RoleAgent)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range tail.Events {
			if e.Seq != after+1 { // the chat has the stream to itself
				t.Fatalf("event %d (a %s) follows event %d", e.Seq, e.Kind, after)
			}
			after = e.Seq
		}
	}
}
