package bus_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

func botNote(id chat.ID, name, text string) chat.Event {
	return chat.Event{Chat: id, Kind: chat.Note, ID: name, From: chat.Speaker{Role: chat.RoleBot, Name: "Bot"}, Text: text, Parts: &chat.Parts{Citations: []chat.Citation{{Title: "Returns", URL: "https://shop.example/returns"}}}}
}

func notesOf(t *testing.T, c *bus.Conn, id chat.ID) (notes []chat.Event) {
	t.Helper()
	tail, err := c.TailOf(t.Context(), id, 0, chat.RoleAgent)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range tail.Events {
		if e.Kind == chat.Note {
			notes = append(notes, e)
		}
	}
	return notes
}

// Several who write the same note at once, while agents write others, store it once.
func TestANoteIsStoredOnceWhoeverWritesIt(t *testing.T) {
	t.Parallel()
	server, id := bustest.Start(t), chat.NewID()
	const writers = 6
	var writing sync.WaitGroup
	begin := make(chan struct{})
	seqs := make([]uint64, writers)
	for w := range writers {
		c := server.Connect(fmt.Sprint("escalation ", w))
		writing.Go(func() {
			<-begin
			if _, err := c.Append(t.Context(), chat.Event{Chat: id, Kind: chat.Note, ID: fmt.Sprint(w), From: chat.Speaker{Role: chat.RoleAgent, User: "ada"}, Text: "hm"}); err != nil {
				t.Error(err)
			}
			stored, err := c.AppendNoteOnce(t.Context(), botNote(id, "handover-7", "why"), 0)
			if err != nil {
				t.Error(err)
			}
			seqs[w] = stored.Seq
		})
	}
	close(begin)
	writing.Wait()
	own := 0
	for _, n := range notesOf(t, server.Connect("gateway"), id) {
		if n.From.Role != chat.RoleBot {
			continue
		}
		own++
		if n.Text != "why" || len(n.Citations) != 1 {
			t.Errorf("the note is %+v", n)
		}
		for w, seq := range seqs {
			if seq != n.Seq {
				t.Errorf("writer %d was told %d, and it stands at %d", w, seq, n.Seq)
			}
		}
	}
	if own != 1 {
		t.Errorf("%d notes of the bot", own)
	}
}

// A note is stored once also where the stream no longer knows its id: which it does for ten
// minutes, here for none, since the first one is stored without.
func TestANoteIsStoredOnceAfterTheStreamForgotItsID(t *testing.T) {
	t.Parallel()
	server, id := bustest.Start(t), chat.NewID()
	c := server.Connect("escalation")
	first := server.PublishAsStored(noteSubject(id), marshal(t, map[string]any{"kind": "note", "id": "handover-7", "from": map[string]string{"role": "bot", "name": "Bot"}, "sealed": map[string]any{"key": "gone", "text": "aGk="}}))
	for _, after := range []uint64{0, first - 1} {
		if again, err := c.AppendNoteOnce(t.Context(), botNote(id, "handover-7", "why"), after); err != nil || again.Seq != first || !again.Duplicate {
			t.Errorf("after %d: written again it became %+v, %v; want the one at %d", after, again, err, first)
		}
	}
	// Another one's of the same name, and one before which it can't stand, are others.
	for i, note := range []chat.Event{botNote(id, "handover-8", "why"), {Chat: id, Kind: chat.Note, ID: "handover-7", From: chat.Speaker{Role: chat.RoleAgent, User: "ada"}, Text: "mine"}} {
		if stored, err := c.AppendNoteOnce(t.Context(), note, 0); err != nil || stored.Duplicate {
			t.Errorf("note %d became %+v, %v", i, stored, err)
		}
	}
	if _, err := c.AppendNoteOnce(t.Context(), chat.Event{Chat: id, Kind: chat.Say, ID: "x"}, 0); !bus.IsPermanent(err) {
		t.Errorf("words of an agent: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.AppendNoteOnce(ended, botNote(id, "handover-9", "why"), 0); err == nil {
		t.Error("stored after the context ended")
	}
}

func noteSubject(id chat.ID) string { return fmt.Sprintf("note.%d.%s", id.Partition(), id) }

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Why a reply hands a chat over travels beside it: whoever reads the stream gets it, and neither
// what is stored nor what is encoded has it.
func TestWhyTravelsBesideTheReply(t *testing.T) {
	t.Parallel()
	server, id := bustest.Start(t), chat.NewID()
	c := server.Connect("botworker")
	in, err := c.AppendIn(t.Context(), visitorSays(id, "1", "hello"), nil)
	if err != nil {
		t.Fatal(err)
	}
	why := chat.NewWhy(chat.CauseModel, "wants a réfund")
	_, err = c.GuardedAppend(t.Context(), id, in.Seq, nil, func(s bus.Snapshot) (chat.Event, error) {
		next, err := s.State.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: in.Seq, Handover: true})
		return chat.Event{Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot}, Text: "One moment.", Why: why, State: &next}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	recent, err := c.LastHour(t.Context(), id)
	if err != nil || len(recent) != 2 || recent[1].Why == nil || *recent[1].Why != *why {
		t.Fatalf("the hour has %+v, %v", recent, err)
	}
	last, err := c.LastEvent(t.Context(), id, chat.RoleVisitor)
	if err != nil || last.Why == nil || *last.Why != *why {
		t.Errorf("the leader has %+v, %v", last.Why, err)
	}
	if data, err := last.Encode(); err != nil || string(data) != string(must(last)) {
		t.Errorf("encoded as %s, %v", data, err)
	}
}

// must encodes the event without what travels beside it.
func must(e chat.Event) []byte {
	e.Why = nil
	data, _ := e.Encode()
	return data
}
