package sqlitestore_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/store/sqlitestore"
)

func hello(id chat.ID, seq uint64) chat.Event {
	return chat.Event{Chat: id, Seq: seq, At: time.Unix(1, 2).UTC(), Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor}, Text: "hello"}
}

func exec(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

func TestOpenSaysWhatIsWrongWithTheFile(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(t *testing.T, path string)
		want    string
	}{
		"no database": {func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "is not a SQLite database"},
		"newer": {func(t *testing.T, path string) {
			s, err := sqlitestore.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			exec(t, path, "PRAGMA user_version = 99")
		}, "was written by a newer version of Parley"},
		"older than what is migrated": {func(t *testing.T, path string) {
			exec(t, path, "PRAGMA application_id = 0x5061726c; PRAGMA user_version = 1; CREATE TABLE events (chat TEXT)")
		}, "was written by a version of Parley that is too old"},
		"another program's": {func(t *testing.T, path string) {
			exec(t, path, "CREATE TABLE invoices (id INTEGER)")
		}, "is the database of another program"},
		"a folder": {func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "is a directory"},
		"no folder": {func(t *testing.T, path string) {
			if err := os.Remove(filepath.Dir(path)); err != nil {
				t.Fatal(err)
			}
		}, "no such file or directory"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "parley.db")
			c.prepare(t, path)
			s, err := sqlitestore.Open(t.Context(), path)
			if err == nil {
				_ = s.Close()
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("the error is %q, want one that says %q and names the file", err, c.want)
			}
		})
	}
}

// layoutTwo makes the tables of a file what they were in layout 2.
const layoutTwo = `
CREATE TABLE two (n INTEGER PRIMARY KEY, chat TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL, at INTEGER NOT NULL, words_seq INTEGER NOT NULL, words TEXT NOT NULL,
  state_seq INTEGER NOT NULL, status TEXT NOT NULL, agent TEXT NOT NULL, name_seq INTEGER NOT NULL, name TEXT NOT NULL);
INSERT INTO two SELECT n, chat, seq, at, words, 'words', state, 'bot', '', name, 'Ada' FROM chats;
DROP TABLE chats;
ALTER TABLE two RENAME TO chats;
CREATE INDEX chats_at ON chats (at DESC, chat) WHERE seq > 0;
PRAGMA user_version = 2;
`

func TestAFileOfTheLayoutBeforeIsMigrated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	s, err := sqlitestore.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	e, later := hello(chat.NewID(), 3), hello(chat.NewID(), 9)
	if err := errors.Join(s.Put(t.Context(), []chat.Event{e, later}), s.Close()); err != nil {
		t.Fatal(err)
	}
	exec(t, path, layoutTwo)

	s = open(t, path)
	again := e
	again.Seq, again.Text, again.At = 10, "hello again", later.At.Add(time.Second)
	if err := s.Put(t.Context(), []chat.Event{again}); err != nil {
		t.Fatal(err)
	}
	list, err := s.Chats(t.Context(), store.ChatsQuery{Limit: 10})
	if err != nil || len(list.Chats) != 2 || list.Chats[0].Text != "hello again" || list.Chats[1].Text != "hello" {
		t.Errorf("the list is %+v, %v", list, err)
	}
	p, err := s.Page(t.Context(), store.PageQuery{Chat: e.Chat, Limit: 10})
	if err != nil || len(p.Events) != 2 {
		t.Errorf("the page is %+v, %v", p, err)
	}
}

// A file from before there were cards gets their index when it is opened, once.
func TestAFileFromBeforeCardsIsIndexed(t *testing.T) {
	path, id := filepath.Join(t.TempDir(), "history.db"), chat.NewID()
	open := func() *sqlitestore.Store {
		t.Helper()
		s, err := sqlitestore.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if err := open().Close(); err != nil {
		t.Fatal(err)
	}
	exec(t, path, "DROP INDEX events_card")
	s := open()
	tagged := hello(id, 2)
	tagged.Kind, tagged.Parts = chat.CardChange, &chat.Parts{Card: &chat.Card{Tags: []string{"refund"}}}
	if err := s.Put(t.Context(), []chat.Event{hello(id, 1), tagged, hello(id, 3)}); err != nil {
		t.Fatal(err)
	}
	if e, err := s.LastCard(t.Context(), id); err != nil || e.Seq != 2 {
		t.Errorf("the last card is at %d, %v", e.Seq, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	exec(t, path, "DROP INDEX events_card") // fails if there is none
	if err := open().Close(); err != nil {
		t.Fatal(err)
	}
}

func TestPathsMayHoldAnyCharacter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c=d%41#e&f'g é.db")
	s := open(t, path)
	if err := s.Put(t.Context(), []chat.Event{hello(chat.NewID(), 1)}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file's permissions are %o, want 600: it holds private words", info.Mode().Perm())
	}
}

func TestEventsOutliveTheProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	first := open(t, path)
	e := hello(chat.NewID(), 1)
	if err := first.Put(t.Context(), []chat.Event{e}); err != nil {
		t.Fatal(err)
	}
	// The first is still open: another process sees what it has put.
	second := open(t, path)
	p, err := second.Page(t.Context(), store.PageQuery{Chat: e.Chat, Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Events) != 1 {
		t.Errorf("the second sees %d events, want 1", len(p.Events))
	}
}

func TestTwoProcessesWriteOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	id := chat.NewID()
	const each = 40
	done := make(chan error)
	for w := range 2 {
		go func() {
			// Both start on a file that is not there.
			s, err := sqlitestore.Open(t.Context(), path)
			for i := range uint64(each) {
				if err == nil {
					err = s.Put(t.Context(), []chat.Event{hello(id, 2*i+uint64(w)+1)})
				}
			}
			if err == nil {
				err = s.Close()
			}
			done <- err
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	p, err := open(t, path).Page(t.Context(), store.PageQuery{Chat: id, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Events) != 2*each {
		t.Errorf("there are %d events, want %d", len(p.Events), 2*each)
	}
}
