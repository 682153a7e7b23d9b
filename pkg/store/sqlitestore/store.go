package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/store"
)

// checkpoints: the log is written back into the file after 4,000 pages (16 MB), by the
// commit that reaches them. A page that changed in many commits is written back once.
const checkpoints = "_pragma=wal_autocheckpoint(4000)"

// readers is how many reads may run at once. They do not wait for the writer.
const readers = 4

// Store is a store.Store in one SQLite file.
type Store struct {
	path  string
	write *sql.DB // one connection: SQLite has one writer at a time
	read  *sql.DB

	inserts, upserts, updates map[int]*sql.Stmt // of write, for each of rowsAtOnce
	numbers                   numbers

	page, find, sent *sql.Stmt // of read
	state, card      *sql.Stmt // of read
	chats, chatsAt   *sql.Stmt // of read
	walk             *sql.Stmt // of read
}

var _ store.Store = (*Store)(nil)

// Open opens the file, or creates it; its folder must exist. Only the owner may read a
// file that it creates. The error is a sentence that names the file and what is wrong
// with it.
func Open(ctx context.Context, path string) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", path, err)
	}
	if err := touch(path); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	for try := 1; ; try++ {
		s := &Store{path: path}
		if err = s.open(ctx); err == nil {
			return s, nil
		}
		err = errors.Join(err, s.Close())
		// Two processes that create a file may collide before SQLite waits for locks:
		// the switch to WAL is refused at once.
		if !strings.Contains(err.Error(), "SQLITE_BUSY") || try == openTries || opening.Wait(ctx, try) != nil {
			return nil, err
		}
	}
}

// openTries is how often it tries to open a file that another process is creating.
const openTries = 8

var opening = backoff.Policy{Min: 50 * time.Millisecond, Max: time.Second}

// touch creates the file before SQLite does, which would let everybody read it. SQLite
// gives its other files the same permissions.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func (s *Store) open(ctx context.Context) error {
	var err error
	// A write transaction takes its lock at the beginning, and waits there for other
	// processes. synchronous(full): what is committed survives a loss of power.
	if s.write, err = connect(s.path, 1, "_txlock=immediate", "_pragma=journal_mode(wal)", "_pragma=synchronous(full)", "_pragma=temp_store(memory)", checkpoints); err != nil {
		return err
	}
	if err := migrate(ctx, s.write, s.path); err != nil {
		return err
	}
	if s.read, err = connect(s.path, readers, "_pragma=query_only(1)"); err != nil {
		return err
	}
	return s.prepare(ctx)
}

func (s *Store) prepare(ctx context.Context) (err error) {
	s.inserts, s.upserts, s.updates = map[int]*sql.Stmt{}, map[int]*sql.Stmt{}, map[int]*sql.Stmt{}
	for _, rows := range rowsAtOnce {
		for into, query := range map[*map[int]*sql.Stmt]string{
			&s.inserts: insertEvents(rows), &s.upserts: upsertChats(rows), &s.updates: updateChats(rows),
		} {
			if (*into)[rows], err = s.write.PrepareContext(ctx, query); err != nil {
				return explain(s.path, err)
			}
		}
	}
	for _, p := range []struct {
		stmt  **sql.Stmt
		query string
	}{
		{&s.page, pageOf},
		{&s.find, findEvent},
		{&s.sent, sentAs},
		{&s.state, lastOut},
		{&s.card, lastCard},
		{&s.chats, listChats},
		{&s.chatsAt, listChatsAt},
		{&s.walk, walkOn},
	} {
		if *p.stmt, err = s.read.PrepareContext(ctx, p.query); err != nil {
			return explain(s.path, err)
		}
	}
	return nil
}

// connect returns connections to the file. busy_timeout comes first: the other
// settings may have to wait for another process, too.
func connect(path string, connections int, settings ...string) (*sql.DB, error) {
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: "_pragma=busy_timeout(10000)"}
	for _, s := range settings {
		dsn.RawQuery += "&" + s
	}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, explain(path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// Ping reports whether the file can be read now.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM chats LIMIT 1)").Scan(&one); err != nil {
		return fmt.Errorf("ping the database %s: %w", s.path, err)
	}
	return nil
}

// Close ends all connections and their statements. It waits for calls in progress.
func (s *Store) Close() error {
	var errs []error
	// The writer is last: it writes the log back into the file.
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the database %s: %w", s.path, err)
	}
	return nil
}
