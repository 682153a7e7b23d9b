package dump

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// The dump reads the file as Parley lays it out today: without this, a new layout would
// be noticed only at the end of a run of the torture.
func TestTheFileIsReadAsParleyLaysItOut(t *testing.T) {
	schema, err := os.ReadFile("../../../../pkg/store/sqlitestore/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "history.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 5, 1, 12, 0, 0, 120, time.UTC)
	const body = `{"kind":"message","id":"m","from":{"role":"visitor","name":"Ada"},"text":"hi"}`
	for _, do := range []struct {
		statement string
		values    []any
	}{
		{string(schema), nil},
		{`INSERT INTO chats VALUES (7, 'aaaaaaaaaaaaaaaa', 11, 0, 11, 0, 0)`, nil},
		{`INSERT INTO events (chat, seq, at, kind, key, body) VALUES (7, 11, ?, 'message', 'visitor/m', ?)`, []any{at.UnixNano(), body}},
	} {
		if _, err := db.Exec(do.statement, do.values...); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := openFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	want := history.Event{
		Chat: "aaaaaaaaaaaaaaaa", Seq: 11, At: "2026-05-01T12:00:00.00000012Z",
		Kind: "message", ID: "m", Role: "visitor", Name: "Ada", Text: "hi",
	}
	if all, err := f.all(t.Context()); err != nil || len(all) != 1 || all[0] != want {
		t.Errorf("read %+v, %v; want %+v", all, err, want)
	}
	if n, err := f.count(t.Context()); err != nil || n != 1 {
		t.Errorf("%d events, %v", n, err)
	}
}
