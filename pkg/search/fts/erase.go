package fts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/search"
)

// Erase removes all words of a chat from the file, and from its log. The chat is not taken again.
func (x *Index) Erase(ctx context.Context, id chat.ID) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	err := x.inTx(ctx, func(tx *sql.Tx) error {
		var n int64
		err := tx.QueryRowContext(ctx, "SELECT n FROM chats WHERE chat = ?", string(id)).Scan(&n)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			_, err = tx.ExecContext(ctx, "INSERT INTO chats (chat, last, at, gone) VALUES (?,0,0,1)", string(id))
			return err
		case err != nil:
			return err
		}
		if err := x.erase(ctx, tx, n, id); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE chats SET gone = 1, at = 0, visitor = '', status = '', team = '', holder = '', agents = '', tags = '', folded = '', rating = 0 WHERE n = ?", n)
		return err
	})
	if err != nil {
		return fmt.Errorf("erase chat %s from the index: %w", id, err)
	}
	return x.clean(ctx)
}

// erase removes the documents of a chat. x.mu is held.
func (x *Index) erase(ctx context.Context, tx *sql.Tx, n int64, id chat.ID) error {
	x.dirty = true
	rows, err := tx.StmtContext(ctx, x.stmts.of).QueryContext(ctx, n)
	if err != nil {
		return err
	}
	type old struct {
		id   int64
		text string
	}
	var all []old
	for rows.Next() {
		var o old
		var kind string
		if err := rows.Scan(&o.id, &kind, &o.text); err != nil {
			return errors.Join(err, rows.Close())
		}
		all = append(all, o)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, o := range all {
		if _, err := tx.StmtContext(ctx, x.stmts.unword).ExecContext(ctx, o.id, search.Joined(search.Words(o.text))); err != nil {
			return fmt.Errorf("remove the words of a document: %w", err)
		}
		if _, err := tx.StmtContext(ctx, x.stmts.undoc).ExecContext(ctx, o.id); err != nil {
			return fmt.Errorf("remove a document: %w", err)
		}
	}
	for _, p := range x.opts.Projections {
		if err := p.Erase(ctx, tx, id); err != nil {
			return fmt.Errorf("erase from %s: %w", p.Name(), err)
		}
	}
	return nil
}

// cleanTries is how often it is tried to empty the log while somebody reads; the next batch goes on.
const cleanTries = 20

// clean empties the log of the file if something was erased that it may still have. x.mu is held.
func (x *Index) clean(ctx context.Context) error {
	for try := 0; x.dirty && try < cleanTries; try++ {
		var busy, log, done int
		if err := x.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &done); err != nil {
			return fmt.Errorf("empty the log of the index: %w", err)
		}
		if x.dirty = busy != 0; x.dirty {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	return nil
}
