package sqlitestore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store/internal/digest"
)

// rowsAtOnce are the numbers of rows for which there is a statement each: most of what a
// row costs is the statement around it.
var rowsAtOnce = []int{50, 10, 1}

const (
	eventColumns = 6
	chatColumns  = 10
)

// On a conflict of the sequence or the client's id, the stored event stays.
func insertEvents(rows int) string {
	return `INSERT INTO events (chat, seq, at, kind, key, body) VALUES ` + values(rows, eventColumns) + ` ON CONFLICT DO NOTHING`
}

func upsertChats(rows int) string {
	return `INSERT INTO chats (chat, seq, at, words_seq, words, state_seq, status, agent, name_seq, name) VALUES ` + values(rows, chatColumns) + `
ON CONFLICT (chat) DO UPDATE SET
  at        = iif(excluded.seq > seq, excluded.at, at),
  seq       = max(excluded.seq, seq),
  words     = iif(excluded.words_seq > words_seq, excluded.words, words),
  words_seq = max(excluded.words_seq, words_seq),
  status    = iif(excluded.state_seq > state_seq, excluded.status, status),
  agent     = iif(excluded.state_seq > state_seq, excluded.agent, agent),
  state_seq = max(excluded.state_seq, state_seq),
  name      = iif(excluded.name_seq > name_seq, excluded.name, name),
  name_seq  = max(excluded.name_seq, name_seq)
RETURNING chat, n`
}

func values(rows, columns int) string {
	row := "(?" + strings.Repeat(",?", columns-1) + ")"
	return row + strings.Repeat(","+row, rows-1)
}

// Put stores the events and the chats' summaries in one transaction, which is on disk
// when it returns nil.
func (s *Store) Put(ctx context.Context, events []chat.Event) error {
	if len(events) == 0 {
		return ctx.Err()
	}
	if err := digest.Check(events); err != nil {
		return err
	}
	// The events of a chat one after the other, so that a page finds them together; of two
	// with one client id, the first still counts.
	ordered := digest.Each(events)
	slices.SortStableFunc(ordered, func(a, b *chat.Event) int { return cmp.Compare(a.Chat, b.Chat) })
	done, err := s.transact(ctx, ordered, putNew)
	if err == nil && !done {
		_, err = s.transact(ctx, ordered, putEach)
	}
	return err
}

// transact runs put in a transaction of its own, and commits it if put is done.
func (s *Store) transact(ctx context.Context, events []*chat.Event, put func(context.Context, *batch, []*chat.Event) (bool, error)) (done bool, err error) {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("store %d events: begin: %w", len(events), err)
	}
	defer func() { _ = tx.Rollback() }()
	if done, err = put(ctx, &batch{tx: tx, store: s}, events); err != nil || !done {
		return false, err
	}
	if err := tx.Commit(); err != nil {
		return false, fmt.Errorf("store %d events: commit: %w", len(events), err)
	}
	return true, nil
}

// putNew stores events none of which is stored yet, the usual case. It returns false, and
// must then be rolled back, if that turns out to be wrong: the summaries have counted an
// event that must not count.
func putNew(ctx context.Context, b *batch, events []*chat.Event) (done bool, err error) {
	numbers, err := b.raise(ctx, digest.Of(events))
	if err != nil {
		return false, err
	}
	for rest := events; len(rest) > 0; {
		rows := rowsFor(len(rest))
		added, err := b.insert(ctx, numbers, rest[:rows])
		if err != nil || added < rows {
			return false, err
		}
		rest = rest[rows:]
	}
	return true, nil
}

// putEach stores events some of which are stored already.
func putEach(ctx context.Context, b *batch, events []*chat.Event) (done bool, err error) {
	numbers, err := b.raise(ctx, digest.None(events))
	if err != nil {
		return false, err
	}
	var fresh []*chat.Event
	for _, e := range events {
		added, err := b.insert(ctx, numbers, []*chat.Event{e})
		if err != nil {
			return false, err
		}
		if added > 0 {
			fresh = append(fresh, e)
		}
	}
	_, err = b.raise(ctx, digest.Of(fresh))
	return err == nil, err
}

// rowsFor returns how many of n rows the next statement takes.
func rowsFor(n int) int {
	for _, rows := range rowsAtOnce {
		if rows <= n {
			return rows
		}
	}
	return n
}

// batch is a transaction with its statements, which are bound to it when they are first
// needed, and the arguments of the last one.
type batch struct {
	tx      *sql.Tx
	store   *Store
	inserts map[int]*sql.Stmt
	args    []any
}

// insert stores events, for as many of which there is a statement, and returns how many
// of them were not stored yet.
func (b *batch) insert(ctx context.Context, numbers map[chat.ID]int64, events []*chat.Event) (added int, err error) {
	b.args = b.args[:0]
	for _, e := range events {
		body, err := bodyOf(e)
		if err != nil {
			return 0, fmt.Errorf("store event %d of chat %s: %w", e.Seq, e.Chat, err)
		}
		var key any
		if e.ID != "" {
			key = keyOf(e.From.Role, e.ID)
		}
		b.args = append(b.args, numbers[e.Chat], int64(e.Seq), digest.Nanos(e.At), string(e.Kind), key, body)
	}
	stmt := b.inserts[len(events)]
	if stmt == nil {
		stmt = b.tx.StmtContext(ctx, b.store.inserts[len(events)])
		if b.inserts == nil {
			b.inserts = map[int]*sql.Stmt{}
		}
		b.inserts[len(events)] = stmt
	}
	res, err := stmt.ExecContext(ctx, b.args...)
	if err != nil {
		return 0, fmt.Errorf("store %d events from %d of chat %s: %w", len(events), events[0].Seq, events[0].Chat, err)
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// raise updates the summaries to the digests, and returns the numbers of the chats.
func (b *batch) raise(ctx context.Context, chats []digest.Chat) (map[chat.ID]int64, error) {
	numbers := make(map[chat.ID]int64, len(chats))
	for len(chats) > 0 {
		rows := rowsFor(len(chats))
		b.args = b.args[:0]
		for _, c := range chats[:rows] {
			b.args = append(b.args, string(c.ID), int64(c.Last.Seq), c.Last.At,
				int64(c.Words.Seq), c.Words.Text, int64(c.State.Seq), string(c.State.Status), c.State.Agent,
				int64(c.Name.Seq), c.Name.Name)
		}
		numbered, err := b.tx.StmtContext(ctx, b.store.upserts[rows]).QueryContext(ctx, b.args...)
		_, err = collect(numbered, err, func(row scanner) (none struct{}, err error) {
			var id string
			var n int64
			err = row.Scan(&id, &n)
			numbers[chat.ID(id)] = n
			return none, err
		})
		if err != nil {
			return nil, fmt.Errorf("store the summaries of %d chats from %s: %w", rows, chats[0].ID, err)
		}
		chats = chats[rows:]
	}
	return numbers, nil
}

// keyOf is what a client's id is unique by in its chat.
func keyOf(role chat.Role, clientID string) string { return string(role) + "/" + clientID }

// bodyOf returns the event's JSON: as the stream has it, if that is known.
func bodyOf(e *chat.Event) (string, error) {
	located := e.State != nil && e.State.Source != "" // serves only while the chat is on the desk
	if e.Raw != "" && !located {
		return e.Raw, nil
	}
	if located {
		unlocated, kept := *e, *e.State
		kept.Source = ""
		unlocated.State = &kept
		e = &unlocated
	}
	body, err := e.Encode()
	return string(body), err
}
