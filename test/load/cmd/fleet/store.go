package main

import (
	"context"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/parley-chat/parley/test/load/internal/client"
)

// document is what the store keeps of an event, as far as it is compared.
type document struct {
	Chat string `bson:"chat"`
	Seq  int64  `bson:"seq"`
	Kind string `bson:"kind"`
	ID   string `bson:"id"`
	From struct {
		Role string `bson:"role"`
		Name string `bson:"name"`
	} `bson:"from"`
	Text  string `bson:"text"`
	State *struct {
		Through int64 `bson:"through"`
	} `bson:"state"`
}

// database is the store, read without Parley.
type database struct{ db *mongo.Database }

func openDatabase(ctx context.Context, mongoURL, name string) (*database, error) {
	c, err := mongo.Connect(ctx, options.Client().ApplyURI(mongoURL))
	if err != nil {
		return nil, fmt.Errorf("connect to the store: %w", err)
	}
	return &database{c.Database(name)}, nil
}

// await waits until the store holds that many events. It returns early when the
// number no longer changes for a while, since what is missing is told better by
// what is there.
func (d *database) await(ctx context.Context, n int64) error {
	for last, since := int64(-1), time.Now(); ; {
		got, err := d.db.Collection("events").EstimatedDocumentCount(ctx)
		if err != nil {
			return fmt.Errorf("count the events in the store: %w", err)
		}
		if got != last {
			last, since = got, time.Now()
		}
		if got >= n || time.Since(since) > time.Minute {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the store holds %d events of %d: %w", got, n, ctx.Err())
		case <-time.After(time.Second):
		}
	}
}

// all returns every event in the store by its chat, each chat in its order.
func (d *database) all(ctx context.Context) (map[string][]client.Event, error) {
	cursor, err := d.db.Collection("events").Find(ctx, bson.D{}, options.Find().SetSort(bson.D{{Key: "seq", Value: 1}}))
	if err != nil {
		return nil, fmt.Errorf("read the store: %w", err)
	}
	defer func() { _ = cursor.Close(context.WithoutCancel(ctx)) }()
	chats := map[string][]client.Event{}
	for cursor.Next(ctx) {
		var doc document
		if err := cursor.Decode(&doc); err != nil {
			return nil, fmt.Errorf("read the store: %w", err)
		}
		e := client.Event{Seq: uint64(doc.Seq), Kind: doc.Kind, ID: doc.ID, Text: doc.Text}
		e.From.Role, e.From.Name = doc.From.Role, doc.From.Name
		if doc.State != nil {
			e.Through = uint64(doc.State.Through)
		}
		chats[doc.Chat] = append(chats[doc.Chat], e)
	}
	return chats, cursor.Err()
}

// drop removes the database.
func (d *database) drop(ctx context.Context) {
	_ = d.db.Drop(ctx)
	_ = d.db.Client().Disconnect(ctx)
}
