package mongostore

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/store/internal/digest"
)

// read returns the documents that match the filter.
func read[T any](ctx context.Context, c *mongo.Collection, filter, sort bson.D, limit int) ([]T, error) {
	opts := options.Find().SetLimit(int64(limit))
	if sort != nil {
		opts.SetSort(sort)
	}
	cursor, err := c.Find(ctx, filter, opts)
	if err != nil {
		return nil, err
	}
	var docs []T
	err = cursor.All(ctx, &docs) // closes the cursor
	return docs, err
}

// Page returns one chat's events in the order of their sequences.
func (s *Store) Page(ctx context.Context, q store.PageQuery) (store.Page, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	limit := min(max(q.Limit, 1), store.MaxPage)
	filter := bson.D{
		{Key: "chat", Value: string(q.Chat)},
		{Key: "kind", Value: bson.D{{Key: "$in", Value: q.Kinds()}}},
	}
	if q.Before != 0 && q.Before <= math.MaxInt64 {
		filter = append(filter, bson.E{Key: "seq", Value: bson.D{{Key: "$lt", Value: int64(q.Before)}}})
	}
	// One more than requested: it is the one before the page.
	docs, err := read[event](ctx, s.events, filter, bson.D{{Key: "seq", Value: -1}}, limit+1)
	if err != nil {
		return store.Page{}, fmt.Errorf("read a page of chat %s: %w", q.Chat, s.explain(err))
	}
	var page store.Page
	if len(docs) > limit {
		page.Prev = uint64(docs[limit].Seq)
		docs = docs[:limit]
	}
	slices.Reverse(docs)
	page.Events = toEvents(docs)
	return page, nil
}

// Find returns the event that an author of the role sent under the client id.
func (s *Store) Find(ctx context.Context, id chat.ID, role chat.Role, clientID string) (chat.Event, error) {
	e, err := s.one(ctx, bson.D{{Key: "chat", Value: string(id)}, {Key: "key", Value: clientKey(role, clientID)}})
	if err != nil {
		return chat.Event{}, fmt.Errorf("find what was sent in chat %s as %q: %w", id, clientID, s.explain(err))
	}
	return e, nil
}

// Sent returns the sequences of the events that were sent under these names.
func (s *Store) Sent(ctx context.Context, id chat.ID, names []store.Name) (map[store.Name]uint64, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	byKey, keys := make(map[string]store.Name, len(names)), make([]string, len(names))
	for i, name := range names {
		keys[i] = clientKey(name.Role, name.ID)
		byKey[keys[i]] = name
	}
	filter := bson.D{{Key: "chat", Value: string(id)}, {Key: "key", Value: bson.D{{Key: "$in", Value: keys}}}}
	docs, err := read[event](ctx, s.events, filter, nil, len(keys))
	if err != nil {
		return nil, fmt.Errorf("look for %d events of chat %s: %w", len(names), id, s.explain(err))
	}
	seqs := make(map[store.Name]uint64, len(docs))
	for _, d := range docs {
		seqs[byKey[d.Key]] = uint64(d.Seq)
	}
	return seqs, nil
}

// LastOut returns the chat's last event that carries a state.
func (s *Store) LastOut(ctx context.Context, id chat.ID) (chat.Event, error) {
	e, err := s.one(ctx, bson.D{{Key: "chat", Value: string(id)}, {Key: "out", Value: true}})
	if err != nil {
		return chat.Event{}, fmt.Errorf("read the state of chat %s: %w", id, s.explain(err))
	}
	return e, nil
}

// LastCard returns the chat's last event that carries a card. The summary knows which it is.
func (s *Store) LastCard(ctx context.Context, id chat.ID) (chat.Event, error) {
	e, err := s.lastCard(ctx, id)
	if err != nil {
		return chat.Event{}, fmt.Errorf("read the card of chat %s: %w", id, s.explain(err))
	}
	return e, nil
}

func (s *Store) lastCard(ctx context.Context, id chat.ID) (chat.Event, error) {
	within, cancel := bounded(ctx)
	defer cancel()
	docs, err := read[summary](within, s.chats, bson.D{{Key: "_id", Value: string(id)}}, nil, 1)
	if err != nil {
		return chat.Event{}, err
	}
	if len(docs) == 0 || docs[0].Card.Seq == 0 {
		return chat.Event{}, store.ErrNotFound
	}
	return s.one(ctx, bson.D{{Key: "chat", Value: string(id)}, {Key: "seq", Value: docs[0].Card.Seq}})
}

// one returns the last event that matches the filter.
func (s *Store) one(ctx context.Context, filter bson.D) (chat.Event, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	var d event
	err := s.events.FindOne(ctx, filter, options.FindOne().SetSort(bson.D{{Key: "seq", Value: -1}})).Decode(&d)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return chat.Event{}, store.ErrNotFound
	}
	return d.event(), err
}

// Chats returns chats, most recently written to first.
func (s *Store) Chats(ctx context.Context, q store.ChatsQuery) (store.Chats, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	limit := min(max(q.Limit, 1), store.MaxChats)
	filter := lastAt("$gt", math.MinInt64) // what was written to: some have nothing but a card
	if !q.Before.IsZero() {
		filter = lastAt("$lt", digest.Nanos(q.Before))
	}
	docs, err := s.list(ctx, filter, limit+1)
	if err != nil {
		return store.Chats{}, fmt.Errorf("read the list of chats: %w", s.explain(err))
	}
	if len(docs) <= limit {
		return store.Chats{Chats: toSummaries(docs)}, nil
	}
	next, docs := docs[limit], docs[:limit]
	end := docs[limit-1]
	if next.Last.At != end.Last.At {
		return store.Chats{Chats: toSummaries(docs), More: true}, nil
	}
	// The piece would end between chats of the same moment: take all of them.
	same, err := s.list(ctx, append(lastAt("$eq", end.Last.At), bson.E{Key: "_id", Value: bson.D{{Key: "$gt", Value: end.Chat}}}), 0)
	if err != nil {
		return store.Chats{}, fmt.Errorf("read the list of chats of one moment: %w", s.explain(err))
	}
	older, err := s.list(ctx, lastAt("$lt", end.Last.At), 1)
	if err != nil {
		return store.Chats{}, fmt.Errorf("read the list of older chats: %w", s.explain(err))
	}
	return store.Chats{Chats: toSummaries(append(docs, same...)), More: len(older) > 0}, nil
}

func (s *Store) list(ctx context.Context, filter bson.D, limit int) ([]summary, error) {
	return read[summary](ctx, s.chats, filter, bson.D{{Key: "last.at", Value: -1}, {Key: "_id", Value: 1}}, limit)
}

func lastAt(operator string, nanos int64) bson.D {
	return bson.D{{Key: "last.at", Value: bson.D{{Key: operator, Value: nanos}}}}
}
