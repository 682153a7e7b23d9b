package mongostore

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/bson"

	"github.com/parley-chat/parley/pkg/store"
)

// Events walks through all events of all chats, in the order of the chats' ids.
func (s *Store) Events(ctx context.Context, q store.EventsQuery) (store.Events, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	limit := min(max(q.Limit, 1), store.MaxEvents)
	sort := bson.D{{Key: "chat", Value: 1}, {Key: "seq", Value: 1}}
	var docs []event
	after := ""
	if q.After != "" {
		cut := strings.LastIndexByte(q.After, '.')
		seq, err := strconv.ParseInt(q.After[cut+1:], 10, 64)
		if err != nil || cut < 1 {
			return store.Events{}, store.ErrPlace
		}
		after = q.After[:cut]
		docs, err = read[event](ctx, s.events, bson.D{{Key: "chat", Value: after}, {Key: "seq", Value: bson.D{{Key: "$gt", Value: seq}}}}, sort, limit)
		if err != nil {
			return store.Events{}, fmt.Errorf("walk through the events: %w", s.explain(err))
		}
	}
	if missing := limit - len(docs); missing > 0 {
		more, err := read[event](ctx, s.events, bson.D{{Key: "chat", Value: bson.D{{Key: "$gt", Value: after}}}}, sort, missing)
		if err != nil {
			return store.Events{}, fmt.Errorf("walk through the events: %w", s.explain(err))
		}
		docs = append(docs, more...)
	}
	piece := store.Events{Events: toEvents(docs)}
	if len(docs) == limit {
		last := docs[limit-1]
		piece.Next = last.Chat + "." + strconv.FormatInt(last.Seq, 10)
	}
	return piece, nil
}
