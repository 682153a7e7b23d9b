package sqlitestore

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/store/internal/digest"
)

const walkOn = `SELECT e.chat, c.chat, e.seq, e.at, e.body FROM events e JOIN chats c ON c.n = e.chat WHERE (e.chat, e.seq) > (?, ?) ORDER BY e.chat, e.seq LIMIT ?`

// Events walks through all events of all chats.
func (s *Store) Events(ctx context.Context, q store.EventsQuery) (store.Events, error) {
	var n, seq int64
	if q.After != "" {
		a, b, _ := strings.Cut(q.After, ".")
		var err, err2 error
		n, err = strconv.ParseInt(a, 10, 64)
		seq, err2 = strconv.ParseInt(b, 10, 64)
		if err != nil || err2 != nil {
			return store.Events{}, store.ErrPlace
		}
	}
	limit := min(max(q.Limit, 1), store.MaxEvents)
	rows, err := s.walk.QueryContext(ctx, n, seq, limit)
	events, err := collect(rows, err, func(row scanner) (chat.Event, error) {
		var id string
		var at int64
		var body sql.RawBytes
		if err := row.Scan(&n, &id, &seq, &at, &body); err != nil {
			return chat.Event{}, err
		}
		return chat.Decode(body, chat.ID(id), uint64(seq), digest.Time(at))
	})
	if err != nil {
		return store.Events{}, fmt.Errorf("walk through the events: %w", err)
	}
	piece := store.Events{Events: events}
	if len(events) == limit {
		piece.Next = strconv.FormatInt(n, 10) + "." + strconv.FormatInt(seq, 10)
	}
	return piece, nil
}
