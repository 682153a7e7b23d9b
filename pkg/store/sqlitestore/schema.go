package sqlitestore

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// version is the schema version that this program reads and writes. A change of the
	// schema increments it and adds a step to migrate, which the test of an upgrade then
	// takes with a file that an older version wrote.
	version = 3
	// oldest is the first version that is migrated: nobody kept earlier files.
	oldest = 2
	// application marks a file as ours ("Parl"), so that another program's database is
	// not mistaken for an old one of ours.
	application = 0x5061726c
)

//go:embed schema.sql
var schema string

// steps are what each earlier version is migrated with, to the version after it.
var steps = map[int]string{2: fromTwo}

// fromTwo: summaries are made of events when they are read, instead of being kept.
const fromTwo = `
DROP INDEX chats_at;
ALTER TABLE chats RENAME COLUMN words_seq TO w;
ALTER TABLE chats DROP COLUMN words;
ALTER TABLE chats RENAME COLUMN w TO words;
ALTER TABLE chats RENAME COLUMN state_seq TO state;
ALTER TABLE chats DROP COLUMN status;
ALTER TABLE chats DROP COLUMN agent;
ALTER TABLE chats RENAME COLUMN name_seq TO n_s;
ALTER TABLE chats DROP COLUMN name;
ALTER TABLE chats RENAME COLUMN n_s TO name;
CREATE INDEX chats_at ON chats (at DESC) WHERE seq > 0;
`

// cards finds the last card of a chat. It is apart from the layout: a program that does not know
// of it keeps it up to date, so that its file can be used by that again.
const cards = `CREATE INDEX IF NOT EXISTS events_card ON events (chat, seq) WHERE kind = 'card'`

// addCards adds the index to a file that was written before there were cards.
func addCards(ctx context.Context, tx *sql.Tx, path string) error {
	var there int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = 'events_card'").Scan(&there); err != nil {
		return explain(path, err)
	}
	if there > 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, cards); err != nil {
		return explain(path, err)
	}
	if err := tx.Commit(); err != nil {
		return explain(path, err)
	}
	return nil
}

// migrate updates the file to the current schema in one transaction: two programs that
// start on a new file at once create it once.
func migrate(ctx context.Context, db *sql.DB, path string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return explain(path, err)
	}
	defer func() { _ = tx.Rollback() }()

	var app, at, tables int
	for query, to := range map[string]*int{
		"PRAGMA application_id":              &app,
		"PRAGMA user_version":                &at,
		"SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := tx.QueryRowContext(ctx, query).Scan(to); err != nil {
			return explain(path, err)
		}
	}
	switch {
	case app != application && (app != 0 || at != 0 || tables != 0):
		return fmt.Errorf("the file %s is the database of another program", path)
	case at > version:
		return fmt.Errorf("the file %s was written by a newer version of Parley (its format is %d, this program knows %d): start the newer version, or use another folder", path, at, version)
	case at == version:
		return addCards(ctx, tx, path)
	case at != 0 && at < oldest:
		return fmt.Errorf("the file %s was written by a version of Parley that is too old (its format is %d, this program knows %d to %d): move it away, or use another folder", path, at, oldest, version)
	}
	todo := []string{schema, cards}
	if at != 0 {
		todo = []string{cards}
		for ; at < version; at++ {
			todo = append(todo, steps[at])
		}
	}
	for _, step := range todo {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return explain(path, err)
		}
	}
	for _, pragma := range []string{
		fmt.Sprintf("PRAGMA application_id = %d", application),
		fmt.Sprintf("PRAGMA user_version = %d", version),
	} {
		if _, err := tx.ExecContext(ctx, pragma); err != nil {
			return explain(path, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return explain(path, err)
	}
	return nil
}

// explain turns the most common faults of a file into a sentence for operators.
func explain(path string, err error) error {
	var fault *sqlite.Error
	if errors.As(err, &fault) {
		switch fault.Code() & 0xff {
		case sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("the file %s is not a SQLite database: move it away, or use another folder: %w", path, err)
		case sqlite3.SQLITE_CORRUPT:
			return fmt.Errorf("the database %s is damaged: restore a backup: %w", path, err)
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
			return fmt.Errorf("the database %s can't be written: check the file's and its folder's permissions: %w", path, err)
		case sqlite3.SQLITE_FULL:
			return fmt.Errorf("there is no room on the disk for the database %s: %w", path, err)
		case sqlite3.SQLITE_CANTOPEN:
			return fmt.Errorf("the database %s can't be opened: check that the folder exists and can be written: %w", path, err)
		}
	}
	return fmt.Errorf("prepare the database %s: %w", path, err)
}
