package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/store/internal/digest"
)

// Each query names the chat by its id.
const (
	eventsOf  = `SELECT seq, at, body FROM events WHERE chat = (SELECT n FROM chats WHERE chat = ?) `
	pageOf    = eventsOf + `AND seq <= ? AND kind IN (SELECT value FROM json_each(?)) ORDER BY seq DESC LIMIT ?`
	findEvent = eventsOf + `AND key = ?`
	// A summary knows the last event with a state, 0 if there is none.
	lastOut = eventsOf + `AND seq = (SELECT state_seq FROM chats WHERE chat = ?)`
)

const (
	listed      = `SELECT chat, name, status, agent, seq, at, words FROM chats WHERE seq > 0 `
	listChats   = listed + `AND at <= ? ORDER BY at DESC, chat LIMIT ?`
	listChatsAt = listed + `AND at = ? AND chat > ? ORDER BY chat`
)

// Page returns one chat's events in the order of their sequences.
func (s *Store) Page(ctx context.Context, q store.PageQuery) (store.Page, error) {
	limit := min(max(q.Limit, 1), store.MaxPage)
	upTo := int64(math.MaxInt64)
	if q.Before != 0 {
		upTo = int64(min(q.Before-1, math.MaxInt64))
	}
	kinds, err := json.Marshal(q.Kinds())
	if err != nil {
		return store.Page{}, fmt.Errorf("encode the kinds of a page: %w", err)
	}
	// One more than requested: it is the one before the page.
	rows, err := s.page.QueryContext(ctx, string(q.Chat), upTo, string(kinds), limit+1)
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
	e, err := eventOf(id)(s.find.QueryRowContext(ctx, string(id), keyOf(role, clientID)))
	if err != nil {
		return chat.Event{}, fmt.Errorf("find what was sent in chat %s as %q: %w", id, clientID, missing(err))
	}
	return e, nil
}

// LastOut returns the chat's last event that carries a state.
func (s *Store) LastOut(ctx context.Context, id chat.ID) (chat.Event, error) {
	e, err := eventOf(id)(s.state.QueryRowContext(ctx, string(id), string(id)))
	if err != nil {
		return chat.Event{}, fmt.Errorf("read the state of chat %s: %w", id, missing(err))
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

// eventOf returns what reads an event of the chat from a row.
func eventOf(id chat.ID) func(scanner) (chat.Event, error) {
	return func(row scanner) (chat.Event, error) {
		var (
			body    []byte
			seq, at int64
		)
		if err := row.Scan(&seq, &at, &body); err != nil {
			return chat.Event{}, err
		}
		var e chat.Event
		if err := json.Unmarshal(body, &e); err != nil {
			return chat.Event{}, fmt.Errorf("event %d of chat %s: %w", seq, id, err)
		}
		e.Chat, e.Seq, e.At = id, uint64(seq), digest.Time(at)
		return e, nil
	}
}

func scanSummary(row scanner) (store.Summary, error) {
	var (
		c       store.Summary
		seq, at int64
	)
	if err := row.Scan(&c.Chat, &c.Name, &c.Status, &c.Agent, &seq, &at, &c.Text); err != nil {
		return store.Summary{}, err
	}
	c.Seq, c.At = uint64(seq), digest.Time(at)
	if c.Status == "" {
		c.Status = chat.WithBot // nobody has answered yet
	}
	return c, nil
}

// missing translates the database's "no rows" into the store's error.
func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}
