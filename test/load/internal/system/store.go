package system

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	_ "modernc.org/sqlite" // the driver

	"github.com/parley-chat/parley/test/load/internal/network"
	"github.com/parley-chat/parley/test/load/internal/proc"
)

// database is Parley's in a MongoDB server.
const database = "parley"

// keeper is the store, with the fault that it can have.
type keeper interface {
	url() string                 // MONGO_URL of the roles
	there(context.Context) error // why it is not yet, else nil
	away(ctx context.Context, on bool) error
	close() error
}

// StoreFile returns the SQLite file; "" with another store.
func (s *System) StoreFile() string {
	if f, ok := s.store.(*file); ok {
		return f.path
	}
	return ""
}

// MongoURL returns the harness's own address of the MongoDB-compatible server, with the
// database; "" with another store.
func (s *System) MongoURL() string {
	if srv, ok := s.store.(*server); ok {
		return "mongodb://" + srv.addr + "/" + database
	}
	return ""
}

// StoreAway takes the store down, or brings it back. SQLite: the writers' lock is held,
// so that writers wait and then fail, while reading goes on. MongoDB: its line is frozen
// and cut in turn. If the store is in that state already it does nothing.
func (s *System) StoreAway(ctx context.Context, on bool) error {
	if err := s.store.away(ctx, on); err != nil {
		return fmt.Errorf("have the store away (%t): %w", on, err)
	}
	return nil
}

func (s *System) layStore(ctx context.Context) error {
	if s.opts.Store == SQLite {
		s.store = &file{path: filepath.Join(s.data(), "history.db")}
		return nil
	}
	program, err := proc.Ferret(ctx, s.opts.Dir)
	if err != nil {
		return err
	}
	ports, err := proc.FreePorts(1)
	if err != nil {
		return err
	}
	addr := proc.Loopback(ports[0])
	line, err := network.NewLine(addr)
	if err != nil {
		return err
	}
	s.store = &server{addr: addr, line: line}
	spec := proc.Spec{
		Name: StoreServer, Dir: s.logs(), Path: program, Args: []string{"-addr", addr, "-dir", filepath.Join(s.opts.Dir, "ferret-data")},
		Ready: func(line string) bool { return strings.HasPrefix(line, "mongodb://") },
	}
	s.members = append(s.members, &member{
		name: StoreServer, role: StoreServer,
		start: func(ctx context.Context) (*proc.Process, error) { return proc.Start(ctx, spec) },
	})
	return nil
}

// file is SQLite.
type file struct {
	path string

	mu   sync.Mutex // guards what follows
	db   *sql.DB
	lock *sql.Conn // holds the writers' lock; nil if it is not held here
}

func (f *file) url() string { return "" }

func (f *file) there(ctx context.Context) error {
	if _, err := os.Stat(f.path); err != nil {
		return fmt.Errorf("look at the store: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.open(); err != nil {
		return err
	}
	var n int
	if err := f.db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = 'events'").Scan(&n); err != nil {
		return fmt.Errorf("look at the store: %w", err)
	}
	if n == 0 {
		return errors.New("the store has no tables yet")
	}
	return nil
}

// open needs the lock held.
func (f *file) open() error {
	if f.db != nil {
		return nil
	}
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(f.path), RawQuery: "_pragma=busy_timeout(20000)"}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return fmt.Errorf("open the store: %w", err)
	}
	f.db = db
	return nil
}

func (f *file) away(ctx context.Context, on bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if on == (f.lock != nil) {
		return nil
	}
	if !on {
		_, err := f.lock.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		err = errors.Join(err, f.lock.Close())
		f.lock = nil
		return err
	}
	if err := f.open(); err != nil {
		return err
	}
	conn, err := f.db.Conn(ctx)
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return errors.Join(err, conn.Close())
	}
	f.lock = conn
	return nil
}

func (f *file) close() error {
	err := f.away(context.Background(), false)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.db != nil {
		err = errors.Join(err, f.db.Close())
		f.db = nil
	}
	if err != nil {
		return fmt.Errorf("close the store: %w", err)
	}
	return nil
}

// server is a MongoDB-compatible server behind a line.
type server struct {
	addr string
	line *network.Line

	mu    sync.Mutex // guards what follows
	gone  bool
	times int // how often it was down
}

func (s *server) url() string { return "mongodb://" + s.line.Addr() + "/" + database }

// there has nothing to wait for: the member was ready when it had started.
func (s *server) there(context.Context) error { return nil }

func (s *server) away(_ context.Context, on bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if on == s.gone {
		return nil
	}
	switch s.gone = on; {
	case !on:
		s.line.Heal()
	case s.times%2 == 0:
		s.line.Freeze()
	default:
		s.line.Cut()
	}
	if on {
		s.times++
	}
	return nil
}

func (s *server) close() error { return s.line.Close() }
