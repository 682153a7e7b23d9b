package sqlitestore

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/store/internal/digest"
)

// Each query names the chat by its id.
const (
	eventsOf  = `SELECT seq, at, body FROM events WHERE chat = (SELECT n FROM chats WHERE chat = ?) `
	pageOf    = eventsOf + `AND seq <= ? AND kind IN (?,?,?,?,?,?,?,?) ORDER BY seq DESC LIMIT ?`
	findEvent = eventsOf + `AND key = ?`
	sentAs    = `SELECT key, seq FROM events WHERE chat = (SELECT n FROM chats WHERE chat = ?) AND key IN (SELECT value FROM json_each(?))`
	// A summary knows the last event with a state, 0 if there is none.
	lastOut  = eventsOf + `AND seq = (SELECT state FROM chats WHERE chat = ?)`
	lastCard = eventsOf + `AND kind = 'card' ORDER BY seq DESC LIMIT 1`
)

// pageKinds is how many kinds a page may be of at most.
const pageKinds = 8

// A chat of the list comes with the events that its summary is made of, each once.
const (
	listed      = `SELECT n, chat, seq, at, words, state, name FROM chats WHERE seq > 0 `
	listChats   = `SELECT c.chat, c.seq, c.at, c.words, w.body, c.state, s.body, c.name, v.body, coalesce(t.seq, 0), t.body FROM (` + listed + `AND at <= ? ORDER BY at DESC, chat LIMIT ?) c` + madeOf + `ORDER BY c.at DESC, c.chat`
	listChatsAt = `SELECT c.chat, c.seq, c.at, c.words, w.body, c.state, s.body, c.name, v.body, coalesce(t.seq, 0), t.body FROM (` + listed + `AND at = ? AND chat > ?) c` + madeOf + `ORDER BY c.chat`
	madeOf      = `
LEFT JOIN events w ON w.chat = c.n AND w.seq = c.words
LEFT JOIN events s ON s.chat = c.n AND s.seq = c.state AND c.state <> c.words
LEFT JOIN events v ON v.chat = c.n AND v.seq = c.name  AND c.name NOT IN (c.words, c.state)
LEFT JOIN events t ON t.chat = c.n AND t.seq = (SELECT max(seq) FROM events WHERE chat = c.n AND kind = 'card')
`
)

// Page returns one chat's events in the order of their sequences.
func (s *Store) Page(ctx context.Context, q store.PageQuery) (store.Page, error) {
	limit := min(max(q.Limit, 1), store.MaxPage)
	upTo := int64(math.MaxInt64)
	if q.Before != 0 {
		upTo = int64(min(q.Before-1, math.MaxInt64))
	}
	args := []any{string(q.Chat), upTo}
	for _, kind := range q.Kinds() {
		args = append(args, string(kind))
	}
	if len(args) > pageKinds+2 {
		return store.Page{}, fmt.Errorf("read a page of chat %s: of more than %d kinds", q.Chat, pageKinds)
	}
	for len(args) < pageKinds+2 {
		args = append(args, nil) // equals nothing
	}
	if err := ctx.Err(); err != nil {
		return store.Page{}, fmt.Errorf("read a page of chat %s: %w", q.Chat, err)
	}
	// One more than requested: it is the one before the page. The rows are few, and nothing
	// that writes holds them up; to interrupt the query would take two goroutines.
	rows, err := s.page.QueryContext(context.WithoutCancel(ctx), append(args, limit+1)...)
	events, err := collect(rows, err, eventOf(q.Chat))
	if err != nil {
		return store.Page{}, fmt.Errorf("read a page of chat %s: %w", q.Chat, err)
	}
	var page store.Page
	if len(events) > limit {
		page.Prev = events[limit].Seq
		events = events[:limit]
	}
	slices.Reverse(events)
	page.Events = events
	return page, nil
}

// Find returns the event that an author of the role sent under the client id.
func (s *Store) Find(ctx context.Context, id chat.ID, role chat.Role, clientID string) (chat.Event, error) {
	e, err := one(ctx, s.find, id, string(id), keyOf(role, clientID))
	if err != nil {
		return chat.Event{}, fmt.Errorf("find what was sent in chat %s as %q: %w", id, clientID, err)
	}
	return e, nil
}

// Sent returns the sequences of the events that were sent under these names.
func (s *Store) Sent(ctx context.Context, id chat.ID, names []store.Name) (map[store.Name]uint64, error) {
	byKey, keys := make(map[string]store.Name, len(names)), make([]string, len(names))
	for i, name := range names {
		keys[i] = keyOf(name.Role, name.ID)
		byKey[keys[i]] = name
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, fmt.Errorf("encode what is looked for in chat %s: %w", id, err)
	}
	seqs := make(map[store.Name]uint64, len(names))
	rows, err := s.sent.QueryContext(ctx, string(id), string(list))
	_, err = collect(rows, err, func(row scanner) (none struct{}, err error) {
		var key string
		var seq int64
		err = row.Scan(&key, &seq)
		seqs[byKey[key]] = uint64(seq)
		return none, err
	})
	if err != nil {
		return nil, fmt.Errorf("look for %d events of chat %s: %w", len(names), id, err)
	}
	return seqs, nil
}

// LastOut returns the chat's last event that carries a state.
func (s *Store) LastOut(ctx context.Context, id chat.ID) (chat.Event, error) {
	e, err := one(ctx, s.state, id, string(id), string(id))
	if err != nil {
		return chat.Event{}, fmt.Errorf("read the state of chat %s: %w", id, err)
	}
	return e, nil
}

// LastCard returns the chat's last event that carries a card.
func (s *Store) LastCard(ctx context.Context, id chat.ID) (chat.Event, error) {
	e, err := one(ctx, s.card, id, string(id))
	if err != nil {
		return chat.Event{}, fmt.Errorf("read the card of chat %s: %w", id, err)
	}
	return e, nil
}

// Chats returns chats, most recently written to first.
func (s *Store) Chats(ctx context.Context, q store.ChatsQuery) (store.Chats, error) {
	limit := min(max(q.Limit, 1), store.MaxChats)
	upTo := int64(math.MaxInt64)
	if !q.Before.IsZero() {
		upTo = digest.Nanos(q.Before) - 1
	}
	rows, err := s.chats.QueryContext(ctx, upTo, limit+1)
	list, err := collect(rows, err, scanSummary)
	if err != nil {
		return store.Chats{}, fmt.Errorf("read the list of chats: %w", err)
	}
	if len(list) <= limit {
		return store.Chats{Chats: list}, nil
	}
	next, list := list[limit], list[:limit]
	last := list[limit-1]
	if !next.At.Equal(last.At) {
		return store.Chats{Chats: list, More: true}, nil
	}
	return s.rest(ctx, list)
}

// rest adds the chats that were last written to at the same nanosecond as the
// list's last.
func (s *Store) rest(ctx context.Context, list []store.Summary) (store.Chats, error) {
	last := list[len(list)-1]
	rows, err := s.chatsAt.QueryContext(ctx, digest.Nanos(last.At), string(last.Chat))
	same, err := collect(rows, err, scanSummary)
	if err != nil {
		return store.Chats{}, fmt.Errorf("read the list of chats at %s: %w", last.At, err)
	}
	if last.At.IsZero() {
		return store.Chats{Chats: append(list, same...)}, nil // nothing is older
	}
	rows, err = s.chats.QueryContext(ctx, digest.Nanos(last.At)-1, 1)
	older, err := collect(rows, err, scanSummary)
	if err != nil {
		return store.Chats{}, fmt.Errorf("read the list of chats before %s: %w", last.At, err)
	}
	return store.Chats{Chats: append(list, same...), More: len(older) > 0}, nil
}

// scanner is a single row, or the current one of many.
type scanner interface{ Scan(...any) error }

func collect[T any](rows *sql.Rows, err error, scan func(scanner) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// one returns the event of the chat that a query finds.
func one(ctx context.Context, query *sql.Stmt, id chat.ID, args ...any) (chat.Event, error) {
	rows, err := query.QueryContext(ctx, args...)
	events, err := collect(rows, err, eventOf(id))
	switch {
	case err != nil:
		return chat.Event{}, err
	case len(events) == 0:
		return chat.Event{}, store.ErrNotFound
	}
	return events[0], nil
}

// eventOf returns what reads an event of the chat from a row.
func eventOf(id chat.ID) func(scanner) (chat.Event, error) {
	return func(row scanner) (chat.Event, error) {
		var (
			body    sql.RawBytes
			seq, at int64
		)
		if err := row.Scan(&seq, &at, &body); err != nil {
			return chat.Event{}, err
		}
		return chat.Decode(body, id, uint64(seq), digest.Time(at))
	}
}

func scanSummary(row scanner) (store.Summary, error) {
	var (
		c      store.Summary
		seq    int64
		at     int64
		seqs   [4]int64
		bodies [4]sql.RawBytes // none for an event that there is not, or that came before
	)
	if err := row.Scan(&c.Chat, &seq, &at, &seqs[0], &bodies[0], &seqs[1], &bodies[1], &seqs[2], &bodies[2], &seqs[3], &bodies[3]); err != nil {
		return store.Summary{}, err
	}
	c.Seq, c.At, c.Status = uint64(seq), digest.Time(at), chat.WithBot // unless somebody has answered
	var events []*chat.Event
	for i, body := range bodies {
		if body == nil {
			continue
		}
		e, err := chat.Decode(body, c.Chat, uint64(seqs[i]), time.Time{})
		if err != nil {
			return store.Summary{}, err
		}
		events = append(events, &e)
	}
	for _, d := range digest.Of(events) { // of the one chat
		c.Text, c.Name, c.Agent, c.Team, c.Tags = d.Words.Text, d.Name.Name, d.State.Agent, d.State.Team, d.Card.Tags
		c.Status = cmp.Or(d.State.Status, c.Status)
	}
	return c, nil
}
