package dump

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// document is an event in MongoDB.
type document struct {
	Chat string `bson:"chat"`
	Seq  int64  `bson:"seq"`
	At   int64  `bson:"at"` // nanoseconds
	Rest stored `bson:",inline"`
}

// collection is a store in MongoDB.
type collection struct{ events *mongo.Collection }

func openMongo(ctx context.Context, mongoURL string) (*collection, error) {
	u, err := url.Parse(mongoURL)
	if err != nil {
		return nil, fmt.Errorf("read the store's URL: %w", err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	if name == "" {
		return nil, fmt.Errorf("the store's URL %s names no database", u.Redacted())
	}
	c, err := mongo.Connect(ctx, options.Client().ApplyURI(mongoURL))
	if err != nil {
		return nil, fmt.Errorf("connect to the store: %w", err)
	}
	return &collection{c.Database(name).Collection("events")}, nil
}

func (c *collection) close() error {
	return c.events.Database().Client().Disconnect(context.Background())
}

func (c *collection) count(ctx context.Context) (int, error) {
	n, err := c.events.EstimatedDocumentCount(ctx)
	if err != nil {
		return 0, fmt.Errorf("count the events: %w", err)
	}
	return int(n), nil
}

func (c *collection) all(ctx context.Context) (all []history.Event, err error) {
	cursor, err := c.events.Find(ctx, bson.D{})
	if err != nil {
		return nil, fmt.Errorf("read the events: %w", err)
	}
	defer func() { err = errors.Join(err, cursor.Close(context.WithoutCancel(ctx))) }()
	for cursor.Next(ctx) {
		var d document
		if err := cursor.Decode(&d); err != nil {
			return nil, fmt.Errorf("read an event: %w", err)
		}
		all = append(all, d.Rest.flat(d.Chat, uint64(d.Seq), time.Unix(0, d.At)))
	}
	slices.SortFunc(all, func(a, b history.Event) int {
		return cmp.Or(strings.Compare(a.Chat, b.Chat), cmp.Compare(a.Seq, b.Seq))
	})
	return all, cursor.Err()
}
