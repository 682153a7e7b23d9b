package fts_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/search"
	"github.com/parley-chat/parley/pkg/search/fts"
	"github.com/parley-chat/parley/pkg/search/searchtest"
)

func open(t testing.TB, opts fts.Options) *fts.Index {
	t.Helper()
	if opts.Path == "" {
		opts.Path = filepath.Join(t.TempDir(), "search.sqlite")
	}
	x, err := fts.Open(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

func TestTheIndexKeepsTheContract(t *testing.T) {
	t.Parallel()
	searchtest.Run(t, func(t testing.TB, mask func(string) string) search.Index { return open(t, fts.Options{Mask: mask}) })
}

// sentence is n words of a vocabulary in which a few are frequent, as in a language.
func sentence(r *rand.Rand, n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("w%d", int(20000*r.Float64()*r.Float64()*r.Float64()))
	}
	return strings.Join(words, " ")
}

func chats(r *rand.Rand, messages, perChat int) (events []chat.Event) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var id chat.ID
	for i := range messages {
		if i%perChat == 0 {
			id = chat.NewID()
		}
		events = append(events, chat.Event{Chat: id, Seq: uint64(i + 1), At: at.Add(time.Duration(r.Int64N(int64(300 * 24 * time.Hour)))), Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: sentence(r, 12)})
	}
	return events
}

// What an event costs when an index is made again.
func BenchmarkApply(b *testing.B) {
	x, r := open(b, fts.Options{}), rand.New(rand.NewPCG(1, 2))
	events := chats(r, b.N+2000, 20)
	b.ResetTimer()
	for i := 0; i < b.N; i += 2000 {
		if err := x.Apply(b.Context(), events[i:min(i+2000, b.N)], search.Checkpoint{}); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	s, err := x.Status(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(s.Bytes)/float64(b.N), "bytes/event")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	for _, q := range []string{"w0", "w7 w3", "w1*", "w5000", `"w1 w2"`, "w0 tag:none", "status:bot", "w3 w17000"} {
		began := time.Now()
		f, err := x.Find(b.Context(), search.Parse(q, time.Now(), time.UTC), search.Scope{All: true}, search.Page{Limit: 20})
		b.Logf("%d: %s: %d hits in %s, %v", b.N, q, len(f.Hits), time.Since(began), err)
	}
}

func TestNothingOfAnErasedChatIsInTheFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "search.sqlite")
	x := open(t, fts.Options{Path: path})
	r := rand.New(rand.NewPCG(3, 4))
	events := chats(r, 900, 30)
	id := events[450].Chat
	for i := range events {
		if events[i].Chat == id {
			events[i].Text += " zebrafinch quaggamire" + fmt.Sprint(i)
			events[i].From.Name = "Xanthippe"
		}
	}
	for i := 0; i < len(events); i += 100 {
		if err := x.Apply(t.Context(), events[i:i+100], search.Checkpoint{}); err != nil {
			t.Fatal(err)
		}
	}
	secrets := []string{"zebrafinch", "quaggamire", "Xanthippe", "xanthippe"}
	if !anywhere(t, path, "zebrafinch") {
		t.Fatal("the word was never in the files: the test shows nothing")
	}
	if err := x.Erase(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	for _, secret := range secrets {
		if anywhere(t, path, secret) {
			t.Errorf("%q is still in the files", secret)
		}
	}
	if f, err := x.Find(t.Context(), search.Parse("w0", time.Now(), time.UTC), search.Scope{All: true}, search.Page{Limit: 50}); err != nil || len(f.Hits) == 0 {
		t.Errorf("others have %d hits, %v", len(f.Hits), err)
	}
}

// anywhere reports whether the files of the index have the text, or a beginning of a word: FTS5
// writes only what differs from the word before.
func anywhere(t *testing.T, path, text string) bool {
	t.Helper()
	for _, end := range []string{"", "-wal", "-shm"} {
		b, err := os.ReadFile(path + end)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(text)) || bytes.Contains(b, []byte(text[2:])) {
			return true
		}
	}
	return false
}

func TestAFileThatCannotBeUsedIsMadeAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "search.sqlite")
	if err := os.WriteFile(path, []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	x := open(t, fts.Options{Path: path})
	if c, err := x.Checkpoint(t.Context()); err != nil || len(c.Streams) > 0 {
		t.Fatalf("it is at %+v, %v", c, err)
	}
	through := search.Checkpoint{Streams: map[string]uint64{"CHAT_0": 1}}
	if err := x.Apply(t.Context(), nil, through); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	kept := open(t, fts.Options{Path: path})
	if c, err := kept.Checkpoint(t.Context()); err != nil || c.Streams["CHAT_0"] != 1 {
		t.Errorf("opened again it is at %+v, %v", c, err)
	}
	if err := kept.Close(); err != nil {
		t.Fatal(err)
	}
	other := open(t, fts.Options{Path: path, Projections: []fts.Projection{counter{}}})
	if c, err := other.Checkpoint(t.Context()); err != nil || len(c.Streams) > 0 {
		t.Errorf("with another projection it is at %+v, %v", c, err)
	}
}

// counter counts the events of each chat.
type counter struct{}

func (counter) Name() string { return "count" }
func (counter) Layout() int  { return 1 }
func (counter) Schema() string {
	return "CREATE TABLE count_events (chat TEXT PRIMARY KEY, n INTEGER, last INTEGER)"
}

func (counter) Apply(ctx context.Context, tx *sql.Tx, events []*chat.Event) error {
	for _, e := range events {
		if _, err := tx.ExecContext(ctx, "INSERT INTO count_events VALUES (?,1,?) ON CONFLICT (chat) DO UPDATE SET n = n + 1, last = excluded.last WHERE excluded.last > last", string(e.Chat), int64(e.Seq)); err != nil {
			return err
		}
		if strings.Contains(e.Text, "fails") {
			return fmt.Errorf("as it was asked to")
		}
	}
	return nil
}

func (counter) Erase(ctx context.Context, tx *sql.Tx, id chat.ID) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM count_events WHERE chat = ?", string(id))
	return err
}

func TestAProjectionIsInTheSameTransaction(t *testing.T) {
	t.Parallel()
	x := open(t, fts.Options{Projections: []fts.Projection{counter{}}})
	id := chat.NewID()
	say := func(seq uint64, text string) chat.Event {
		return chat.Event{Chat: id, Seq: seq, At: time.Now(), Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: text}
	}
	counted := func() (n int) {
		err := x.Reader().QueryRowContext(t.Context(), "SELECT coalesce(sum(n), 0) FROM count_events").Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for range 2 { // the second time they are known
		if err := x.Apply(t.Context(), []chat.Event{say(1, "one"), say(2, "two")}, search.Checkpoint{}); err != nil {
			t.Fatal(err)
		}
	}
	if n := counted(); n != 2 {
		t.Errorf("%d events are counted", n)
	}
	if err := x.Apply(t.Context(), []chat.Event{say(3, "three"), say(4, "fails")}, search.Checkpoint{Streams: map[string]uint64{"CHAT_0": 4}}); err == nil {
		t.Fatal("it succeeds")
	}
	if c, err := x.Checkpoint(t.Context()); err != nil || len(c.Streams) > 0 || counted() != 2 {
		t.Errorf("after a failure it is at %+v with %d events, %v", c, counted(), err)
	}
	if f, err := x.Find(t.Context(), search.Parse("three", time.Now(), time.UTC), search.Scope{All: true}, search.Page{Limit: 5}); err != nil || len(f.Hits) > 0 {
		t.Errorf("after a failure %d are found, %v", len(f.Hits), err)
	}
	if err := x.Erase(t.Context(), id); err != nil || counted() != 0 {
		t.Errorf("erased, %d are counted, %v", counted(), err)
	}
	if _, err := x.Reader().ExecContext(t.Context(), "DELETE FROM docs"); err == nil {
		t.Error("a reader may write")
	}
}

// Whatever is asked, by whomever, the answer is hits of the scope.
func FuzzFind(f *testing.F) {
	for _, q := range searchtest.Hostile {
		f.Add(q, "billing", "grace")
	}
	x := open(f, fts.Options{})
	id := chat.NewID()
	if err := x.Apply(f.Context(), []chat.Event{{Chat: id, Seq: 1, At: time.Now(), Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: "a word or two"}}, search.Checkpoint{}); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, question, team, user string) {
		q := search.Parse(question, time.Now(), time.UTC)
		for _, s := range []search.Scope{{All: true}, {Teams: []string{team + "x"}, User: user}, {Chat: chat.NewID()}} {
			found, err := x.Find(t.Context(), q, s, search.Page{Limit: 3})
			if err != nil {
				t.Fatalf("%q: %v", question, err)
			}
			if !s.All && len(found.Hits) > 0 {
				t.Fatalf("%q finds what %+v may not read", question, s)
			}
		}
		if s, err := x.Status(t.Context()); err != nil || s.Documents != 2 {
			t.Fatalf("%+v, %v", s, err)
		}
	})
}
