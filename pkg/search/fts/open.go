package fts

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/rs/zerolog"
	_ "modernc.org/sqlite" // the driver

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/search"
)

// layout is what the file looks like and what is indexed. Raised with either: a file of another
// layout is made again.
const layout = 1

//go:embed schema.sql
var schema string

// readers is how many questions may be answered at once.
const readers = 4

// Options of an index. Path is needed; its folder must exist.
type Options struct {
	Path string
	// Mask returns a text without what may not be indexed; nil: all may.
	Mask func(string) string
	// Projections are kept in the same file.
	Projections []Projection
	Log         zerolog.Logger
}

// Projection keeps something else that follows from the same events, in the same file and the
// same transactions. Its methods are called one at a time.
type Projection interface {
	// Name is what the names of its tables begin with.
	Name() string
	// Layout is raised when its tables change, or what they say: the whole file is then made again.
	Layout() int
	// Schema creates its tables in a new file.
	Schema() string
	// Apply takes new events, texts masked, sealed ones opened. Each comes once, ever; those of a
	// chat come in the order of their sequences. It must not keep or change them.
	Apply(ctx context.Context, tx *sql.Tx, events []*chat.Event) error
	// Erase removes all that it has of a chat.
	Erase(ctx context.Context, tx *sql.Tx, id chat.ID) error
}

// Index is a search.Index in a SQLite file. One process has it open at a time.
type Index struct {
	opts  Options
	write *sql.DB // one connection
	read  *sql.DB

	mu    sync.Mutex // one that writes
	stmts statements // of write; guarded by mu
	// dirty: what was erased may still be in the log of the file; guarded by mu.
	dirty bool
}

var _ search.Index = (*Index)(nil)

// Open opens the file, or creates it. A file that is damaged, of another layout or not an index is
// replaced by an empty one, since an index can be made again.
func Open(ctx context.Context, opts Options) (*Index, error) {
	path, err := filepath.Abs(opts.Path)
	if err != nil {
		return nil, fmt.Errorf("open the index %s: %w", opts.Path, err)
	}
	opts.Path = path
	x, err := open(ctx, opts)
	if err == nil || ctx.Err() != nil {
		return x, err
	}
	opts.Log.Warn().Err(err).Msg("the search index can't be used; it is made again")
	if err := remove(path); err != nil {
		return nil, err
	}
	return open(ctx, opts)
}

// remove removes the file, and what SQLite has beside it.
func remove(path string) error {
	for _, end := range []string{"-wal", "-shm", ""} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove the old index: %w", err)
		}
	}
	return nil
}

func open(ctx context.Context, opts Options) (_ *Index, err error) {
	f, err := os.OpenFile(opts.Path, os.O_RDWR|os.O_CREATE, 0o600) // SQLite would let everybody read it
	if err != nil {
		return nil, fmt.Errorf("open the index: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("open the index: %w", err)
	}
	x := &Index{opts: opts}
	defer func() {
		if err != nil {
			err = errors.Join(err, x.Close())
		}
	}()
	// synchronous(normal): a loss of power may take the last commits, each whole with its
	// checkpoint, and they are made again. secure_delete: what is erased is overwritten.
	if x.write, err = connect(opts.Path, 1, "_txlock=immediate", "_pragma=journal_mode(wal)", "_pragma=synchronous(normal)", "_pragma=temp_store(memory)", "_pragma=secure_delete(1)", "_pragma=wal_autocheckpoint(4000)", "_pragma=cache_size(-64000)"); err != nil {
		return x, err
	}
	if err := x.create(ctx); err != nil {
		return x, err
	}
	if x.read, err = connect(opts.Path, readers, "_pragma=query_only(1)", "_pragma=temp_store(memory)"); err != nil {
		return x, err
	}
	return x, x.stmts.prepare(ctx, x.write)
}

func connect(path string, connections int, settings ...string) (*sql.DB, error) {
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: "_pragma=busy_timeout(10000)&" + strings.Join(settings, "&")}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open the index %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// layouts names the layout of the file and of all that is in it.
func (x *Index) layouts() string {
	all := fmt.Sprintf("search %d", layout)
	for _, p := range x.opts.Projections {
		all += fmt.Sprintf(", %s %d", p.Name(), p.Layout())
	}
	return all
}

// create makes the tables in a new file, and refuses a file of another layout.
func (x *Index) create(ctx context.Context) error {
	tx, err := x.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("prepare the index %s: %w", x.opts.Path, err)
	}
	defer func() { _ = tx.Rollback() }()
	var tables int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return fmt.Errorf("prepare the index %s: %w", x.opts.Path, err)
	}
	if tables > 0 {
		var has string
		if err := tx.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = 'layout'").Scan(&has); err != nil {
			return fmt.Errorf("read the layout of the index %s: %w", x.opts.Path, err)
		}
		if want := x.layouts(); has != want {
			return fmt.Errorf("the index %s is of the layout %q, and this version has %q", x.opts.Path, has, want)
		}
		return nil
	}
	for _, part := range append([]string{schema}, x.schemas()...) {
		if _, err := tx.ExecContext(ctx, part); err != nil {
			return fmt.Errorf("create the index %s: %w", x.opts.Path, err)
		}
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO meta VALUES ('layout', ?)", x.layouts()); err != nil {
		return fmt.Errorf("create the index %s: %w", x.opts.Path, err)
	}
	return tx.Commit()
}

func (x *Index) schemas() (all []string) {
	for _, p := range x.opts.Projections {
		all = append(all, p.Schema())
	}
	return all
}

// Reader returns connections for the questions that projections answer. They can't write.
func (x *Index) Reader() *sql.DB { return x.read }

// Close ends all connections. It waits for calls in progress.
func (x *Index) Close() error {
	var errs []error
	for _, db := range []*sql.DB{x.read, x.write} { // the writer is last: it writes the log back
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the index %s: %w", x.opts.Path, err)
	}
	return nil
}
