package system_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/export"
	"github.com/parley-chat/parley/pkg/moving"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// logOf is all that a system has of a chat.
func logOf(t *testing.T, conn *bus.Conn, id string) (events []chat.Event) {
	t.Helper()
	err := export.Chat(t.Context(), conn, chat.ID(id), func(e []chat.Event) error { events = e; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// setUp makes what parley import makes on a NATS that has nothing yet.
func setUp(t *testing.T, conn *bus.Conn) {
	t.Helper()
	if err := conn.MakeAll(t.Context(), roles.Durables()); err != nil {
		t.Fatal(err)
	}
}

// exportOf writes a system, which has these chats, into a new folder, in small parts.
func exportOf(t *testing.T, conn *bus.Conn, chats ...string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "export")
	w := export.Writer{Conn: conn, Folder: folder, PartBytes: 1}
	m, err := w.Write(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	events := 0
	for _, id := range chats {
		events += len(logOf(t, conn, id))
	}
	if n, _ := m.Events(); n != events {
		t.Errorf("%d events are exported, and there are %d: nothing is there twice while nobody writes", n, events)
	}
	return folder
}

// Whoever takes an export over has every event as it was, with its number and its time, the files and
// the accounts. Visitors go on in their chats, and nobody else has come in between.
func TestAnExportIsTakenOverWhole(t *testing.T) {
	t.Parallel()
	old := newSystem(t)
	g := old.whole()
	files := old.gateway(takesFiles)
	admin := talktest.Login(t, g.url, "admin", adminPassword)
	grace := staff(t, g.url, admin, "grace", "Grace", "agent")

	ada := sends(t, files.url, "Ada")
	id, picture := fileID(), photo(t, 640, 480)
	sent := ada.uploads(id, "my parcel.jpg", picture)
	ada.Do("t", "send", "id", "m1", "text", "see <this> & “that”", "files", []any{map[string]any{"ticket": sent.Ticket}})
	ada.Event("reply", "You said: see")
	ada.Say("m2", "hand over")
	ada.Find("the queue", func(f talk.Frame) bool { return f.Status == "waiting" })
	grace.Do("t", "take", "id", "t1", "chat", ada.chat)
	grace.Do("t", "note", "id", "n1", "chat", ada.chat, "text", "a note")
	grace.Do("t", "card", "id", "c1", "chat", ada.chat, "edit", map[string]any{"add": []string{"parcel"}})
	said := grace.Do("t", "say", "id", "s1", "chat", ada.chat, "text", "It is on its way")
	secret := talk.Secret()
	bob := talktest.Dial(t, g.url)
	silent := bob.Hello("Bob", secret, 0)
	bob.Say("m1", "hello")
	last := bob.Event("reply", "You said: hello")

	old.settled("history") // what is not stored yet is in no list of chats
	folder := exportOf(t, old.connect("export"), ada.chat, silent.Chat)
	want := map[string][]chat.Event{ada.chat: logOf(t, old.connect("look"), ada.chat), silent.Chat: logOf(t, old.connect("look"), silent.Chat)}
	if n := len(want[ada.chat]); n < 9 {
		t.Fatalf("%d events", n)
	}

	alone := t.TempDir()
	if err := export.One(t.Context(), old.connect("one"), chat.ID(ada.chat), alone); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(alone, "files", id+".jpg")); err != nil || !bytes.Equal(got, picture) {
		t.Errorf("the file of one chat: %d bytes, %v", len(got), err)
	}
	if page, err := os.ReadFile(filepath.Join(alone, "transcript.html")); err != nil || !strings.Contains(string(page), "see &lt;this&gt; &amp; “that”") || !strings.Contains(string(page), "a note") {
		t.Errorf("the page of one chat: %s, %v", page, err)
	}

	fresh := newSystem(t)
	fresh.history()
	taking := fresh.connect("import")
	setUp(t, taking)
	r := export.Reader{Conn: taking, Folder: folder}
	if _, err := r.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(t.Context()); err != nil {
		t.Errorf("once more: %v", err)
	}
	for id, events := range want {
		if got := logOf(t, taking, id); !reflect.DeepEqual(got, events) {
			t.Errorf("chat %s\n%+v\nwas\n%+v", id, got, events)
		}
	}

	forged := want[silent.Chat][0]
	forged.Seq, forged.ID = 2_000_000, "forged"
	if err := moving.Restore(t.Context(), taking, []chat.Event{forged}); err == nil {
		t.Error("an event is taken over whose sequence the stream may give out")
	}

	ng := fresh.gateway(takesFiles)
	fresh.escalation(escalation.Options{})
	fresh.bot(echo{})
	again := talktest.Dial(t, ng.url)
	w := again.Hello("Bob", silent.Token, last.Seq)
	if w.Chat != silent.Chat {
		t.Fatalf("Bob is in chat %s, and was in %s", w.Chat, silent.Chat)
	}
	if f := again.Do("t", "send", "id", "m1", "text", "hello", "again", true); f.Seq >= last.Seq {
		t.Errorf("what was sent again under its id is event %d", f.Seq)
	}
	again.Say("m2", "still there?")
	reply := again.Event("reply", "You said: still there?")
	if reply.Seq <= last.Seq || reply.Prev <= last.Seq {
		t.Errorf("the next answer is %d after %d, and the last one was %d", reply.Seq, reply.Prev, last.Seq)
	}
	console := talktest.Console(t, ng.url, "grace", staffPassword)
	console.Do("t", "open", "id", "o1", "chat", ada.chat)
	next := console.Do("t", "say", "id", "s2", "chat", ada.chat, "text", "Here it is")
	if next.Seq <= said.Seq {
		t.Errorf("an agent's next words are %d, and were %d", next.Seq, said.Seq)
	}
	if read := ask(t, http.MethodGet, ng.url+"/api/files/"+ada.chat+"/"+id, talktest.Login(t, ng.url, "grace", staffPassword), nil); !bytes.Equal(read.Body, picture) {
		t.Errorf("the file: %d, %d bytes", read.Status, len(read.Body))
	}
	if _, err := (&export.Reader{Conn: g.conn, Folder: folder}).Read(t.Context()); err == nil {
		t.Error("a Parley that has chats takes others over")
	}
}

// An export that was cut or changed is refused, with the name of the part, before anything is taken
// over; one that was cut while it was written goes on.
func TestAnExportThatWasCutIsNotTakenOver(t *testing.T) {
	t.Parallel()
	old := newSystem(t)
	g := old.whole()
	var chats []string
	for _, name := range []string{"Ada", "Bob"} {
		v := talktest.Dial(t, g.url)
		chats = append(chats, v.Hello(name, "", 0).Chat)
		v.Say("m1", "hello")
		v.Event("reply", "You said: hello")
	}
	old.settled("history")
	folder := exportOf(t, old.connect("export"), chats...)
	m, err := export.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	fresh := newSystem(t)
	fresh.history()
	taking := fresh.connect("import")
	setUp(t, taking)
	read := func() error {
		_, err := (&export.Reader{Conn: taking, Folder: folder}).Read(t.Context())
		return err
	}
	part := filepath.Join(folder, m.Parts[0].Name)
	whole, err := os.ReadFile(part)
	if err != nil {
		t.Fatal(err)
	}
	for what, data := range map[string][]byte{
		"is cut":      whole[:len(whole)-1],
		"was changed": bytes.Replace(whole, []byte("hello"), []byte("jello"), 1),
		"is missing":  nil,
	} {
		if err := os.Remove(part); err != nil {
			t.Fatal(err)
		}
		if data != nil {
			if err := os.WriteFile(part, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := read(); err == nil || !strings.Contains(err.Error(), m.Parts[0].Name) || !strings.Contains(err.Error(), what) {
			t.Errorf("a part that %s: %v", what, err)
		}
		if err := os.WriteFile(part, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := read(); err != nil {
		t.Errorf("as it was: %v", err)
	}
}
