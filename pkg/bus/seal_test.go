package bus_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

const secret = "she paid twice"

func noteOf(id chat.ID, clientID, text string) chat.Event {
	return chat.Event{Chat: id, Kind: chat.Note, ID: clientID, Text: text, From: chat.Speaker{Role: chat.RoleAgent, Name: "Grace", User: "grace"}}
}

func writeNote(t *testing.T, c *bus.Conn, e chat.Event) bus.Stored {
	t.Helper()
	s, err := c.Append(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func storedNote(t *testing.T, c *bus.Conn, id chat.ID) string {
	t.Helper()
	data, err := c.StoredNote(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// textOf is what people read of the chat's last note.
func textOf(t *testing.T, c *bus.Conn, id chat.ID) string {
	t.Helper()
	tail, err := c.TailOf(t.Context(), id, 0, chat.RoleAgent)
	if err != nil || len(tail.Events) == 0 {
		t.Fatalf("%d events, %v", len(tail.Events), err)
	}
	return tail.Events[len(tail.Events)-1].Text
}

// texts is a listener that keeps what it heard.
type texts struct {
	mu   sync.Mutex
	said []string
}

func (l *texts) Live(e chat.Event, _ uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, e.Text)
}
func (l *texts) Signal(chat.ID, bus.Signal) {}
func (l *texts) Lost(chat.ID)               {}
func (l *texts) heard(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.said, text)
}

func TestTheWordsOfANoteAreOnNoSubject(t *testing.T) {
	s := bustest.Start(t)
	writer, reader, id, l := s.Connect("escalation"), s.Connect("gateway"), chat.NewID(), &texts{}
	live, err := writer.HearNotes(id)
	if err != nil {
		t.Fatal(err)
	}
	feed := reader.NewFeed(l)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- feed.Run(ctx) }()
	defer func() { cancel(); <-done }()
	if err := errors.Join(feed.FollowInternal(ctx, id), feed.Followed(ctx)); err != nil {
		t.Fatal(err)
	}

	seq := writeNote(t, writer, noteOf(id, "n", secret)).Seq
	msg, err := live.NextMsg(bustest.Patience)
	if err != nil {
		t.Fatal(err)
	}
	for what, data := range map[string]string{"the stream": storedNote(t, reader, id), "the live copy": string(msg.Data)} {
		if strings.Contains(data, secret) || !strings.Contains(data, `"grace"`) {
			t.Errorf("%s has %s", what, data)
		}
	}
	// Whoever may have the key can read it, wherever it comes from.
	bustest.Eventually(t, "the feed delivers the note", func() bool { return l.heard(secret) })
	tail, err := reader.TailOf(ctx, id, 0, chat.RoleAgent)
	if err != nil || len(tail.Events) != 1 {
		t.Fatalf("%+v, %v", tail, err)
	}
	want := noteOf(id, "n", secret)
	want.Seq, want.At = seq, tail.Events[0].At
	if tail.Events[0] != want || want.At.IsZero() {
		t.Errorf("read:    %+v\nwritten: %+v", tail.Events[0], want)
	}
}

func TestANoteSentTwiceIsThereOnce(t *testing.T) {
	c, id := bustest.Conn(t), chat.NewID()
	first, again := writeNote(t, c, noteOf(id, "n", secret)), writeNote(t, c, noteOf(id, "n", secret))
	if again.Seq != first.Seq || !again.Duplicate {
		t.Errorf("stored as %+v, then as %+v", first, again)
	}
}

func TestNotesAreSealedWithTheNewestKeyAndOpenedWithAll(t *testing.T) {
	s := bustest.Start(t)
	writer, reader := s.Connect("escalation"), s.Connect("gateway")
	used := map[string]bool{}
	var ids []chat.ID
	for i := range 3 {
		id := chat.NewID()
		ids = append(ids, id)
		writeNote(t, writer, noteOf(id, "n", fmt.Sprint(secret, i)))
		var note struct{ Sealed struct{ Key string } }
		if err := json.Unmarshal([]byte(storedNote(t, reader, id)), &note); err != nil {
			t.Fatal(err)
		}
		used[note.Sealed.Key] = true
		if err := s.Connect("setup").RenewSealKey(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(used) != 3 {
		t.Errorf("sealed with %v, want three keys", used)
	}
	for i, id := range ids {
		if got := textOf(t, reader, id); got != fmt.Sprint(secret, i) {
			t.Errorf("note %d reads %q", i, got)
		}
	}
}

func TestManyWritersAtOnceFindAKeyThatAllCanOpen(t *testing.T) {
	s := bustest.Start(t)
	var ids [4]chat.ID
	var wg sync.WaitGroup
	for i := range ids {
		ids[i] = chat.NewID()
		c := s.Connect("escalation")
		wg.Go(func() {
			if _, err := c.Append(t.Context(), noteOf(ids[i], "n", secret)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	reader := s.Connect("gateway")
	for _, id := range ids {
		if got := textOf(t, reader, id); got != secret {
			t.Errorf("a note reads %q", got)
		}
	}
}

func TestASealedTextBelongsToItsChatItsAuthorAndItsNote(t *testing.T) {
	c, id := bustest.Conn(t), chat.NewID()
	writeNote(t, c, noteOf(id, "n", secret))
	note := storedNote(t, c, id)
	for what, forged := range map[string]string{
		"another author": strings.Replace(note, `"user":"grace"`, `"user":"ben"`, 1),
		"another note":   strings.Replace(note, `"id":"n"`, `"id":"m"`, 1),
		"another chat":   note,
	} {
		target := id
		if what == "another chat" {
			target = chat.NewID()
		} else if forged == note {
			t.Fatalf("%s: nothing was forged in %s", what, note)
		}
		if _, err := c.AppendStoredNote(t.Context(), target, forged); err != nil {
			t.Fatal(err)
		}
		if got := textOf(t, c, target); strings.Contains(got, secret) || !strings.Contains(got, "can’t be opened") {
			t.Errorf("%s: it reads %q", what, got)
		}
	}
}

func TestNotesOfOlderVersionsAreRead(t *testing.T) {
	c, id := bustest.Conn(t), chat.NewID()
	if _, err := c.AppendStoredNote(t.Context(), id, `{"kind":"note","id":"n","from":{"role":"agent"},"text":"in the clear"}`); err != nil {
		t.Fatal(err)
	}
	if got := textOf(t, c, id); got != "in the clear" {
		t.Errorf("it reads %q", got)
	}
}

// consumeNotes has the history's consumer run until the test ends.
func consumeNotes(t *testing.T, c *bus.Conn) *texts {
	stored := &texts{}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- c.ConsumeBatches(ctx, bus.Consumer{Name: "history"}, func(_ context.Context, events []chat.Event) error {
			for _, e := range events {
				stored.Live(e, 0)
			}
			return nil
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	return stored
}

func TestANoteWhoseKeyIsGoneIsADeadLetterAndItsChatGoesOn(t *testing.T) {
	s := bustest.Start(t)
	c, id := s.Connect("escalation"), chat.NewID()
	writeNote(t, c, noteOf(id, "n", secret))
	if err := c.RemoveNoteKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.AppendIn(t.Context(), visitorSays(id, "m", "hello?"), nil); err != nil {
		t.Fatal(err)
	}
	reader := s.Connect("history")
	stored := consumeNotes(t, reader)
	bustest.Eventually(t, "what follows is stored", func() bool { return stored.heard("hello?") })
	var letters []bus.DeadLetter
	bustest.Eventually(t, "the note is a dead letter", func() bool {
		letters, _, _ = reader.DeadLetters(t.Context(), 0, 10)
		return len(letters) == 1
	})
	if l := letters[0]; !strings.Contains(l.Reason, "no key notes.") || strings.Contains(string(l.Data), secret) {
		t.Errorf("the letter's reason is %q, it holds %s", l.Reason, l.Data)
	}
	if stored.heard("") || stored.heard(secret) {
		t.Error("the note was stored")
	}
	// The next note has a new key.
	writeNote(t, c, noteOf(id, "n2", "once more"))
	bustest.Eventually(t, "the next note is stored", func() bool { return stored.heard("once more") })
}

func TestANoteIsStoredWhenItsKeyCanBeReadAgain(t *testing.T) {
	s, keys := bustest.Start(t), bustest.Start(t)
	c, id := s.Connect("escalation").KeysFrom(keys.Connect("escalation")), chat.NewID()
	writeNote(t, c, noteOf(id, "n", secret))
	if _, err := c.AppendIn(t.Context(), visitorSays(id, "m", "hello?"), nil); err != nil {
		t.Fatal(err)
	}
	reader := s.Connect("history").KeysFrom(keys.Connect("history"))
	keys.Stop()
	stored := consumeNotes(t, reader)
	bustest.Eventually(t, "what follows is stored meanwhile", func() bool { return stored.heard("hello?") })
	if _, err := reader.TailOf(t.Context(), id, 0, chat.RoleAgent); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("read meanwhile: %v", err)
	}
	keys.Restart()
	bustest.Eventually(t, "the note is stored", func() bool { return stored.heard(secret) })
	if letters, _, err := reader.DeadLetters(t.Context(), 0, 10); len(letters) != 0 || err != nil {
		t.Errorf("%d dead letters, %v", len(letters), err)
	}
}

func TestADeadLetterOfANoteIsReadByWhoMayHaveTheKey(t *testing.T) {
	s := bustest.Start(t)
	c, id := s.Connect("escalation"), chat.NewID()
	note := noteOf(id, "n", secret)
	note.Seq = writeNote(t, c, note).Seq
	if err := s.Connect("history").RecordDeadLetter(t.Context(), "history", note, 10, errors.New("the store refuses it")); err != nil {
		t.Fatal(err)
	}
	gateway := s.Connect("gateway")
	letters, _, err := gateway.DeadLetters(t.Context(), 0, 10)
	if err != nil || len(letters) != 1 {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	if strings.Contains(string(letters[0].Data), secret) {
		t.Errorf("the letter holds %s", letters[0].Data)
	}
	if e, ok := gateway.EventOf(t.Context(), letters[0]); !ok || e.Text != secret || e.Kind != chat.Note {
		t.Errorf("it reads %+v, %v", e, ok)
	}
}

// mute is a way to a server on which, once it is silent, nothing arrives any more
// and nobody hangs up.
type mute struct {
	to     *bustest.Server
	silent atomic.Bool
}

func (m *mute) InProcessConn() (net.Conn, error) {
	conn, err := m.to.InProcessConn()
	return mutedConn{conn, m}, err
}

type mutedConn struct {
	net.Conn
	way *mute
}

func (c mutedConn) Write(p []byte) (int, error) {
	if c.way.silent.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// Each note once waited for its key on its own, and what a visitor had said waited
// for all of them.
func TestNotesThatCantBeOpenedNowHoldUpNobody(t *testing.T) {
	s, way := bustest.Start(t), &mute{to: bustest.Start(t)}
	keys, err := bus.Connect(t.Context(), bus.Options{Name: "history", InProcess: way, Streams: 2, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(keys.Close)
	c, id := s.Connect("escalation").KeysFrom(way.to.Connect("escalation")), chat.NewID()
	for i := range 15 { // one after the other they would wait until the connection is given up
		writeNote(t, c, noteOf(id, fmt.Sprint("n", i), secret))
	}
	if _, err := c.AppendIn(t.Context(), visitorSays(id, "m", "hello?"), nil); err != nil {
		t.Fatal(err)
	}
	way.silent.Store(true)
	stored := consumeNotes(t, s.Connect("history").KeysFrom(keys))
	bustest.Eventually(t, "what the visitor said is stored", func() bool { return stored.heard("hello?") })
	if stored.heard(secret) || stored.heard("") {
		t.Error("a note was stored although its key could not be read")
	}
}
