package fts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/search"
)

// statements of the connection that writes.
type statements struct {
	chat, upsert, doc, word, unword, undoc, of *sql.Stmt
}

func (s *statements) prepare(ctx context.Context, db *sql.DB) error {
	for stmt, query := range map[**sql.Stmt]string{
		&s.chat:   `SELECT n, last, at, gone, visitor, status, team, holder, agents, tags, folded, rating FROM chats WHERE chat = ?`,
		&s.upsert: `INSERT OR REPLACE INTO chats (n, chat, last, at, gone, visitor, status, team, holder, agents, tags, folded, rating) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) RETURNING n`,
		&s.doc:    `INSERT OR IGNORE INTO docs (id, chat, seq, at, kind, role, name, who, text) VALUES (?,?,?,?,?,?,?,?,?)`,
		&s.word:   `INSERT INTO words (rowid, t) VALUES (?,?)`,
		&s.unword: `INSERT INTO words (words, rowid, t) VALUES ('delete',?,?)`,
		&s.undoc:  `DELETE FROM docs WHERE id = ?`,
		&s.of:     `SELECT id, kind, text FROM docs WHERE chat = ?`,
	} {
		var err error
		if *stmt, err = db.PrepareContext(ctx, query); err != nil {
			return fmt.Errorf("prepare a statement of the index: %w", err)
		}
	}
	return nil
}

// row is a chat in the index.
type row struct {
	n    int64 // 0: not stored yet
	id   chat.ID
	last uint64
	at   int64
	gone bool

	visitor, status, team, holder, agents, tags, folded string

	rating int
	erase  bool // what was stored of it before this batch goes
	// erased and moved away chats are not taken again, unless they come back.
}

// doc is a document of a batch.
type doc struct {
	id   int64
	chat *row
	e    *chat.Event
	kind chat.Kind
	text string
}

// Apply takes events, and how far the index has read with them.
func (x *Index) Apply(ctx context.Context, events []chat.Event, through search.Checkpoint) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.inTx(ctx, func(tx *sql.Tx) error {
		b := batch{x: x, tx: tx, chats: map[chat.ID]*row{}}
		if err := b.take(ctx, events); err != nil {
			return err
		}
		return b.write(ctx, through)
	}); err != nil {
		return fmt.Errorf("index %d events: %w", len(events), err)
	}
	return x.clean(ctx)
}

func (x *Index) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := x.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// batch is what becomes of the events of one transaction.
type batch struct {
	x     *Index
	tx    *sql.Tx
	chats map[chat.ID]*row
	order []*row
	docs  []doc
	fresh []*chat.Event // for the projections
}

func (b *batch) take(ctx context.Context, events []chat.Event) error {
	for i := range events {
		e := &events[i]
		r, err := b.chat(ctx, e.Chat)
		if err != nil {
			return err
		}
		if e.Seq <= r.last {
			continue
		}
		r.last = e.Seq
		if e.Reason == chat.Arrived && r.gone {
			r.gone = false
		}
		if r.gone {
			continue
		}
		if leaves(e) {
			b.drop(r)
			continue
		}
		b.add(r, b.x.masked(e))
	}
	return nil
}

// leaves reports whether the chat is no longer in the index after the event: it was erased, or goes
// to another region, which has all of it.
func leaves(e *chat.Event) bool {
	return e.Kind == chat.StateChange && (e.Reason == erased || e.Reason == chat.MovedAway)
}

// erased is the reason of the tombstone of an erased chat.
const erased chat.Reason = "erased"

// drop forgets what the chat had, in this batch and before.
func (b *batch) drop(r *row) {
	*r = row{n: r.n, id: r.id, last: r.last, gone: true, erase: true}
	b.docs = slices.DeleteFunc(b.docs, func(d doc) bool { return d.chat == r })
	b.fresh = slices.DeleteFunc(b.fresh, func(e *chat.Event) bool { return e.Chat == r.id })
}

// masked returns the event as it may be kept.
func (x *Index) masked(e *chat.Event) *chat.Event {
	if x.opts.Mask == nil || e.Text == "" {
		return e
	}
	text := x.opts.Mask(e.Text)
	if text == e.Text {
		return e
	}
	m := *e
	m.Text, m.Raw = text, ""
	return &m
}

func (b *batch) chat(ctx context.Context, id chat.ID) (*row, error) {
	if r := b.chats[id]; r != nil {
		return r, nil
	}
	r := &row{id: id}
	var last int64
	err := b.tx.StmtContext(ctx, b.x.stmts.chat).QueryRowContext(ctx, string(id)).Scan(&r.n, &last, &r.at, &r.gone, &r.visitor, &r.status, &r.team, &r.holder, &r.agents, &r.tags, &r.folded, &r.rating)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read chat %s: %w", id, err)
	}
	r.last = uint64(last)
	b.chats[id] = r
	b.order = append(b.order, r)
	return r, nil
}

func (b *batch) add(r *row, e *chat.Event) {
	b.fresh = append(b.fresh, e)
	if name := search.VisitorName(e); name != "" && name != r.visitor {
		r.visitor = name
		b.docs = append(b.docs, doc{idOf(e, 1), r, e, search.Name, b.x.mask(name)})
	}
	r.follow(e)
	if text := search.Text(e); text != "" {
		if b.x.opts.Mask != nil && text != e.Text {
			text = b.x.opts.Mask(text)
		}
		b.docs = append(b.docs, doc{idOf(e, 0), r, e, e.Kind, text})
	}
}

func (x *Index) mask(text string) string {
	if x.opts.Mask == nil {
		return text
	}
	return x.opts.Mask(text)
}

// follow keeps what is known of the chat.
func (r *row) follow(e *chat.Event) {
	if e.Kind.VisibleTo(chat.RoleVisitor) || r.at == 0 {
		r.at = max(r.at, e.At.UnixMilli())
	}
	if e.Kind == chat.Request && e.Request == chat.Rate {
		r.rating = e.Score
	}
	if card := e.Card(); card != nil {
		r.tags, r.folded = strings.Join(card.Tags, "\n"), "\n"
		for _, tag := range card.Tags {
			r.folded += search.Fold(tag) + "\n"
		}
	}
	s := e.State
	if s == nil {
		return
	}
	r.status, r.team, r.holder = string(s.Is()), s.Team(), ""
	if a := s.Agent; a != nil {
		r.holder = a.User
		for _, name := range []string{a.User, a.Name} {
			if padded := " " + search.Fold(name) + " "; !strings.Contains(r.agents, padded) {
				r.agents += padded + "\n"
			}
		}
	}
}

// idOf returns the identifier of a document: it rises with the time, and is always the same for the
// same event. Two documents of one millisecond are told apart by 22 bits of a hash.
func idOf(e *chat.Event, part byte) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(e.Chat))
	_, _ = h.Write([]byte{byte(e.Seq), byte(e.Seq >> 8), byte(e.Seq >> 16), byte(e.Seq >> 24), part})
	return idAt(e.At) + int64(h.Sum32()>>10)
}

// epoch is when identifiers begin, and idBits how many of them are below the milliseconds.
const (
	epoch  = 1_577_836_800_000 // 2020
	idBits = 22
	lastMS = 1<<(63-idBits) - 1
)

func idAt(at time.Time) int64 { return min(max(at.UnixMilli()-epoch, 0), lastMS) << idBits }

func (b *batch) write(ctx context.Context, through search.Checkpoint) error {
	for _, r := range b.order {
		if r.erase && r.n != 0 {
			if err := b.x.erase(ctx, b.tx, r.n, r.id); err != nil {
				return err
			}
		}
		err := b.tx.StmtContext(ctx, b.x.stmts.upsert).QueryRowContext(ctx, nilIfZero(r.n), string(r.id), int64(r.last), r.at, r.gone, r.visitor, r.status, r.team, r.holder, r.agents, r.tags, r.folded, r.rating).Scan(&r.n)
		if err != nil {
			return fmt.Errorf("write chat %s: %w", r.id, err)
		}
	}
	// In rising order, or FTS5 would write a piece of its own for each document.
	slices.SortFunc(b.docs, func(a, c doc) int { return int(min(max(a.id-c.id, -1), 1)) })
	for i := range b.docs {
		if err := b.writeDoc(ctx, &b.docs[i]); err != nil {
			return err
		}
	}
	for _, p := range b.x.opts.Projections {
		if err := p.Apply(ctx, b.tx, b.fresh); err != nil {
			return fmt.Errorf("project into %s: %w", p.Name(), err)
		}
	}
	value, err := json.Marshal(through)
	if err != nil {
		return err
	}
	_, err = b.tx.ExecContext(ctx, "INSERT OR REPLACE INTO meta VALUES ('checkpoint', ?)", string(value))
	return err
}

func nilIfZero(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

// idTries is how many documents may want the same identifier.
const idTries = 64

func (b *batch) writeDoc(ctx context.Context, d *doc) error {
	who := " " + search.Fold(d.e.From.Name) + " \n " + search.Fold(d.e.From.User) + " "
	insert := b.tx.StmtContext(ctx, b.x.stmts.doc)
	for range idTries {
		done, err := insert.ExecContext(ctx, d.id, d.chat.n, int64(d.e.Seq), d.e.At.UnixNano(), string(d.kind), string(d.e.From.Role), d.e.From.Name, who, d.text)
		if err != nil {
			return fmt.Errorf("write event %d of chat %s: %w", d.e.Seq, d.e.Chat, err)
		}
		if n, err := done.RowsAffected(); err != nil || n > 0 {
			break
		}
		d.id++
	}
	_, err := b.tx.StmtContext(ctx, b.x.stmts.word).ExecContext(ctx, d.id, search.Joined(search.Words(d.text)))
	if err != nil {
		return fmt.Errorf("index event %d of chat %s: %w", d.e.Seq, d.e.Chat, err)
	}
	return nil
}

// Checkpoint returns how far the index has read.
func (x *Index) Checkpoint(ctx context.Context) (c search.Checkpoint, err error) {
	var value string
	err = x.read.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = 'checkpoint'").Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return c, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(value), &c)
	}
	if err != nil {
		return c, fmt.Errorf("read how far the index is: %w", err)
	}
	return c, nil
}

// Status returns how much is in the index.
func (x *Index) Status(ctx context.Context) (s search.Status, err error) {
	err = x.read.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM chats WHERE gone = 0), (SELECT count(*) FROM docs), (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)`).Scan(&s.Chats, &s.Documents, &s.Bytes)
	if err != nil {
		return s, fmt.Errorf("read how much is in the index: %w", err)
	}
	return s, nil
}
