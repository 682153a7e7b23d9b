package mongostore

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store/internal/digest"
)

const duplicateKey = 11000

// Put writes the events first and then the summaries of their chats. An event is one
// document, so it is stored whole or not at all. After a crash between the two writes,
// the batch that is put again finds its events stored and updates the summaries.
func (s *Store) Put(ctx context.Context, events []chat.Event) error {
	if len(events) == 0 {
		return ctx.Err()
	}
	if err := digest.Check(events); err != nil {
		return err
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	stored, err := s.insert(ctx, events)
	if err != nil {
		return fmt.Errorf("store %d events: %w", len(events), s.explain(err))
	}
	if err := s.raise(ctx, digest.Of(digest.Each(stored))); err != nil {
		return fmt.Errorf("store the summaries of %d events: %w", len(events), s.explain(err))
	}
	return nil
}

// insert returns the events as they are stored now, without those that repeat another
// event's client id.
func (s *Store) insert(ctx context.Context, events []chat.Event) ([]chat.Event, error) {
	docs := make([]any, len(events))
	for i, e := range events {
		docs[i] = fromEvent(e)
	}
	_, err := s.events.InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
	refused, err := duplicates(err)
	if err != nil {
		return nil, err
	}
	if len(refused) == 0 {
		return events, nil
	}
	known, err := s.known(ctx, events, refused)
	if err != nil {
		return nil, err
	}
	for i, e := range events {
		if !refused[i] {
			known = append(known, e)
		}
	}
	return known, nil
}

// duplicates returns the indexes in the batch that were refused because they are stored
// already. Any other error is returned.
func duplicates(err error) (map[int]bool, error) {
	var bulk mongo.BulkWriteException
	if !errors.As(err, &bulk) {
		return nil, err
	}
	if bulk.WriteConcernError != nil {
		return nil, err // they may not be durable
	}
	refused := make(map[int]bool)
	for _, w := range bulk.WriteErrors {
		if w.Code != duplicateKey {
			return nil, err
		}
		refused[w.Index] = true
	}
	return refused, nil
}

// known reads the events that are stored under the sequences of the refused ones: the
// stored ones count, not those that were put again.
func (s *Store) known(ctx context.Context, events []chat.Event, refused map[int]bool) ([]chat.Event, error) {
	ids := make(bson.A, 0, len(refused))
	chats := make(map[chat.ID]bool)
	for i := range refused {
		ids = append(ids, eventID(events[i].Chat, events[i].Seq))
		chats[events[i].Chat] = true
	}
	in := make(bson.A, 0, len(chats)) // tells a cluster which shards to query
	for id := range chats {
		in = append(in, string(id))
	}
	docs, err := read[event](ctx, s.events, bson.D{
		{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}},
		{Key: "chat", Value: bson.D{{Key: "$in", Value: in}}},
	}, nil, 0)
	if err != nil {
		return nil, fmt.Errorf("read %d that are stored already: %w", len(refused), err)
	}
	return toEvents(docs), nil
}

// raise updates the summaries to the digests. Two writers that both create a chat's
// first summary can collide: the second one retries.
func (s *Store) raise(ctx context.Context, chats []digest.Chat) error {
	writes := make([]mongo.WriteModel, 0, len(chats))
	for _, c := range chats {
		if c.Listed() || c.Card.Seq > 0 {
			writes = append(writes, raise(c))
		}
	}
	if len(writes) == 0 {
		return nil
	}
	const tries = 5
	for try := 1; ; try++ {
		_, err := s.chats.BulkWrite(ctx, writes, options.BulkWrite().SetOrdered(false))
		collided, fatal := duplicates(err)
		switch {
		case fatal != nil:
			return fatal
		case len(collided) == 0:
			return nil
		case try == tries:
			return err
		}
	}
}
