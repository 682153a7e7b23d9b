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
var rowsAtOnce = []int{100, 10, 1}

const (
	eventColumns = 6
	chatColumns  = 6
)

// On a conflict of the sequence or the client's id, the stored event stays.
func insertEvents(rows int) string {
	return `INSERT OR IGNORE INTO events (chat, seq, at, kind, key, body) VALUES ` + values(rows, eventColumns)
}

func upsertChats(rows int) string {
	return `INSERT INTO chats (chat, seq, at, words, state, name) VALUES ` + values(rows, chatColumns) + `
ON CONFLICT (chat) DO UPDATE SET
  at    = iif(excluded.seq > seq, excluded.at, at),
  seq   = max(excluded.seq, seq),
  words = max(excluded.words, words),
  state = max(excluded.state, state),
  name  = max(excluded.name, name)
RETURNING chat, n`
}

// updateChats is upsertChats for chats whose numbers are known: finding a chat by its id
// costs more than the rest.
func updateChats(rows int) string {
	return `UPDATE chats SET
  at    = iif(v.column2 > seq, v.column3, at),
  seq   = max(v.column2, seq),
  words = max(v.column4, words),
  state = max(v.column5, state),
  name  = max(v.column6, name)
FROM (VALUES ` + values(rows, chatColumns) + `) v WHERE n = v.column1`
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
	each := digest.Each(events)
	done, err := s.transact(ctx, each, putNew)
	if err == nil && !done {
		_, err = s.transact(ctx, each, putEach)
	}
	return err
}

// row is an event with the number of its chat.
type row struct {
	chat int64
	*chat.Event
}

// inOrder returns the events of each chat one after the other, so that a page finds them
// together, and the chats as the indexes have them. Of two with one client id, the first
// still counts.
func inOrder(events []*chat.Event, numbers map[chat.ID]int64) []row {
	rows := make([]row, len(events))
	for i, e := range events {
		rows[i] = row{numbers[e.Chat], e}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.chat, b.chat) })
	return rows
}

// transact runs put in a transaction of its own, and commits it if put is done.
func (s *Store) transact(ctx context.Context, events []*chat.Event, put func(context.Context, *batch, []*chat.Event) (bool, error)) (done bool, err error) {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("store %d events: begin: %w", len(events), err)
	}
	defer func() { _ = tx.Rollback() }()
	b := &batch{tx: tx, store: s}
	if done, err = put(ctx, b, events); err != nil || !done {
		return false, err
	}
	if err := tx.Commit(); err != nil {
		return false, fmt.Errorf("store %d events: commit: %w", len(events), err)
	}
	s.numbers.learn(b.given)
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
	for rest := inOrder(events, numbers); len(rest) > 0; {
		rows := rowsFor(len(rest))
		added, err := b.insert(ctx, rest[:rows])
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
	for _, r := range inOrder(events, numbers) {
		added, err := b.insert(ctx, []row{r})
		if err != nil {
			return false, err
		}
		if added > 0 {
			fresh = append(fresh, r.Event)
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
	given   []given // to chats that were not known
}

// insert stores events, for as many of which there is a statement, and returns how many
// of them were not stored yet.
func (b *batch) insert(ctx context.Context, rows []row) (added int, err error) {
	b.args = b.args[:0]
	for _, e := range rows {
		body, err := bodyOf(e.Event)
		if err != nil {
			return 0, fmt.Errorf("store event %d of chat %s: %w", e.Seq, e.Chat, err)
		}
		var key any
		if e.ID != "" {
			key = keyOf(e.From.Role, e.ID)
		}
		b.args = append(b.args, e.chat, int64(e.Seq), digest.Nanos(e.At), string(e.Kind), key, body)
	}
	stmt := b.inserts[len(rows)]
	if stmt == nil {
		stmt = b.tx.StmtContext(ctx, b.store.inserts[len(rows)])
		if b.inserts == nil {
			b.inserts = map[int]*sql.Stmt{}
		}
		b.inserts[len(rows)] = stmt
	}
	res, err := b.exec(ctx, stmt)
	if err != nil {
		return 0, fmt.Errorf("store %d events from %d of chat %s: %w", len(rows), rows[0].Seq, rows[0].Chat, err)
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// exec runs a statement with the arguments. It is short: the end of the context is noticed
// before it, while the driver would wake a goroutine each time, to interrupt it.
func (b *batch) exec(ctx context.Context, stmt *sql.Stmt) (sql.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return stmt.ExecContext(context.WithoutCancel(ctx), b.args...)
}

// raise updates the summaries to the digests, and returns the numbers of the chats.
func (b *batch) raise(ctx context.Context, chats []digest.Chat) (map[chat.ID]int64, error) {
	numbers := make(map[chat.ID]int64, len(chats))
	known := chats[:0]
	var others []digest.Chat
	for _, c := range chats {
		if n := b.store.numbers.of(c.ID); n != 0 {
			numbers[c.ID] = n
			known = append(known, c)
		} else {
			others = append(others, c)
		}
	}
	for len(others) > 0 {
		rows := rowsFor(len(others))
		if err := b.number(ctx, others[:rows], numbers); err != nil {
			return nil, fmt.Errorf("store the summaries of %d chats from %s: %w", rows, others[0].ID, err)
		}
		others = others[rows:]
	}
	for len(known) > 0 {
		rows := rowsFor(len(known))
		b.args = b.args[:0]
		for _, c := range known[:rows] {
			b.addChat(numbers[c.ID], c)
		}
		if _, err := b.exec(ctx, b.tx.StmtContext(ctx, b.store.updates[rows])); err != nil {
			return nil, fmt.Errorf("update the summaries of %d chats from %s: %w", rows, known[0].ID, err)
		}
		known = known[rows:]
	}
	return numbers, nil
}

// addChat adds the arguments of one row: the chat, named by its id or number, and its summary.
func (b *batch) addChat(name any, c digest.Chat) {
	b.args = append(b.args, name, int64(c.Last.Seq), c.Last.At, int64(c.Words.Seq), int64(c.State.Seq), int64(c.Name.Seq))
}

// number stores the summaries of chats that may be new, and notes their numbers.
func (b *batch) number(ctx context.Context, chats []digest.Chat, numbers map[chat.ID]int64) error {
	b.args = b.args[:0]
	for _, c := range chats {
		b.addChat(string(c.ID), c)
	}
	rows, err := b.tx.StmtContext(ctx, b.store.upserts[len(chats)]).QueryContext(ctx, b.args...)
	_, err = collect(rows, err, func(row scanner) (none struct{}, err error) {
		var id string
		var n int64
		err = row.Scan(&id, &n)
		numbers[chat.ID(id)] = n
		b.given = append(b.given, given{chat.ID(id), n})
		return none, err
	})
	return err
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
