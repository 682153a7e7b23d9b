package dump

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/parley-chat/parley/test/load/internal/history"
)

// file is a store in SQLite.
type file struct{ db *sql.DB }

func openFile(path string) (*file, error) {
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: "mode=rw&_pragma=busy_timeout(10000)&_pragma=query_only(1)"}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open the file: %w", err)
	}
	return &file{db}, nil
}

func (f *file) close() error { return f.db.Close() }

func (f *file) count(ctx context.Context) (n int, err error) {
	if err := f.db.QueryRowContext(ctx, "SELECT count(*) FROM events").Scan(&n); err != nil {
		return 0, fmt.Errorf("count the events: %w", err)
	}
	return n, nil
}

func (f *file) all(ctx context.Context) (all []history.Event, err error) {
	rows, err := f.db.QueryContext(ctx, "SELECT c.chat, e.seq, e.at, e.body FROM events e JOIN chats c ON c.n = e.chat ORDER BY c.chat, e.seq")
	if err != nil {
		return nil, fmt.Errorf("read the events: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var chat, body string
		var seq, at int64
		if err := rows.Scan(&chat, &seq, &at, &body); err != nil {
			return nil, fmt.Errorf("read an event: %w", err)
		}
		var e stored
		if err := json.Unmarshal([]byte(body), &e); err != nil {
			return nil, fmt.Errorf("event %d of chat %s: %w", seq, chat, err)
		}
		all = append(all, e.flat(chat, uint64(seq), time.Unix(0, at)))
	}
	return all, rows.Err()
}
