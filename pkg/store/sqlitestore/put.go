package sqlitestore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store/internal/digest"
)

// On a conflict of the sequence or the client's id, the stored event stays.
const insertEvent = `
INSERT INTO events (chat, seq, at, kind, role, id, out, text, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING`

const upsertChat = `
INSERT INTO chats (chat, seq, at, words_seq, words, state_seq, status, agent, name_seq, name)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (chat) DO UPDATE SET
  at        = iif(excluded.seq > seq, excluded.at, at),
  seq       = max(excluded.seq, seq),
  words     = iif(excluded.words_seq > words_seq, excluded.words, words),
  words_seq = max(excluded.words_seq, words_seq),
  status    = iif(excluded.state_seq > state_seq, excluded.status, status),
  agent     = iif(excluded.state_seq > state_seq, excluded.agent, agent),
  state_seq = max(excluded.state_seq, state_seq),
  name      = iif(excluded.name_seq > name_seq, excluded.name, name),
  name_seq  = max(excluded.name_seq, name_seq)`

// Put stores the events and the chats' summaries in one transaction, which is on disk
// when it returns nil.
func (s *Store) Put(ctx context.Context, events []chat.Event) error {
	if len(events) == 0 {
		return ctx.Err()
	}
	if err := digest.Check(events); err != nil {
		return err
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store %d events: begin: %w", len(events), err)
	}
	defer func() { _ = tx.Rollback() }()

	insert := tx.StmtContext(ctx, s.insert)
	var added []chat.Event
	for _, e := range events {
		is, err := put(ctx, insert, e)
		if err != nil {
			return fmt.Errorf("store event %d of chat %s: %w", e.Seq, e.Chat, err)
		}
		if is {
			added = append(added, e)
		}
	}
	upsert := tx.StmtContext(ctx, s.upsert)
	for _, c := range digest.Of(added) {
		_, err := upsert.ExecContext(ctx, string(c.ID), int64(c.Last.Seq), c.Last.At,
			int64(c.Words.Seq), c.Words.Text, int64(c.State.Seq), string(c.State.Status), c.State.Agent,
			int64(c.Name.Seq), c.Name.Name)
		if err != nil {
			return fmt.Errorf("store the summary of chat %s: %w", c.ID, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store %d events: commit: %w", len(events), err)
	}
	return nil
}

// put reports whether the event was not stored yet.
func put(ctx context.Context, insert *sql.Stmt, e chat.Event) (bool, error) {
	body := e
	body.Text = "" // has a column of its own
	if s := e.State; s != nil && s.Source != "" {
		kept := *s
		kept.Source = "" // serves only while the chat is on the desk
		body.State = &kept
	}
	b, err := body.Encode()
	if err != nil {
		return false, err
	}
	res, err := insert.ExecContext(ctx, string(e.Chat), int64(e.Seq), digest.Nanos(e.At),
		string(e.Kind), string(e.From.Role), e.ID, e.State != nil, e.Text, string(b))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}
