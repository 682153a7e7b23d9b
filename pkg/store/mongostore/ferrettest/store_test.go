package ferrettest_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/x/mongo/driver/connstring"

	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/store/mongostore"
	"github.com/parley-chat/parley/pkg/store/mongostore/ferrettest"
	"github.com/parley-chat/parley/pkg/store/storetest"
)

// The suite runs against the server, and everything that it sends must name the key by
// which the collections can be sharded.
func TestStore(t *testing.T) {
	uri := os.Getenv("MONGO_URL")
	if uri != "" {
		storetest.Run(t, func(t *testing.T) store.Store { return open(t, sharded(t, fresh(t, uri))) })
		return
	}
	server, sent := start(t), newShards()
	server.Watch(sent.watch)
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, fresh(t, server.URI())) })
	sent.check(t, needed...)
}

// sharded shards the database of the URI as docs/sharding.md says, if the server is a
// router.
func sharded(t testing.TB, uri string) string {
	t.Helper()
	cs, err := connstring.ParseAndValidate(uri)
	if err != nil {
		t.Fatal("MONGO_URL is no URI of MongoDB")
	}
	client, err := mongo.Connect(t.Context(), options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Disconnect(t.Context()) }()
	admin := client.Database("admin")
	var hello struct{ Msg string }
	if err := admin.RunCommand(t.Context(), bson.D{{Key: "hello", Value: 1}}).Decode(&hello); err != nil {
		t.Fatal(err)
	}
	if hello.Msg != "isdbgrid" {
		return uri
	}
	for of, key := range shardKeys {
		command := bson.D{{Key: "shardCollection", Value: cs.Database + "." + of}, {Key: "key", Value: bson.D{{Key: key, Value: "hashed"}}}}
		if err := admin.RunCommand(t.Context(), command).Err(); err != nil {
			t.Fatalf("shard the %s: %v", of, err)
		}
	}
	return uri
}

func start(t testing.TB) *ferrettest.Server {
	t.Helper()
	s, err := ferrettest.Start(t.TempDir(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func open(t testing.TB, uri string) *mongostore.Store {
	t.Helper()
	s, err := mongostore.Open(t.Context(), uri)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

var databases atomic.Int64

// fresh returns the URI with a database of the test's own, which is dropped at
// the test's end.
func fresh(t testing.TB, uri string) string {
	t.Helper()
	name := fmt.Sprintf("parley_test_%d_%d", time.Now().UnixNano(), databases.Add(1))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := drop(ctx, uri, name); err != nil {
			t.Errorf("drop the database %s: %v", name, err)
		}
	})
	return withDatabase(t, uri, name)
}

func drop(ctx context.Context, uri, name string) error {
	client, err := mongo.Connect(ctx, options.Client().ApplyURI(uri))
	if err != nil {
		return err
	}
	defer func() { _ = client.Disconnect(ctx) }()
	return client.Database(name).Drop(ctx)
}

// withDatabase puts the name into the URI's path. Who signs in at the database
// of the path goes on doing so.
func withDatabase(t testing.TB, uri, name string) string {
	t.Helper()
	cs, err := connstring.ParseAndValidate(uri)
	if err != nil {
		t.Fatal("MONGO_URL is no URI of MongoDB")
	}
	scheme, rest, _ := strings.Cut(uri, "://")
	hosts, tail, _ := strings.Cut(rest, "/")
	_, query, _ := strings.Cut(tail, "?")
	if cs.Username != "" && cs.AuthSource != "" && !cs.AuthSourceSet {
		query = strings.Trim(query+"&authSource="+cs.AuthSource, "&")
	}
	if query != "" {
		query = "?" + query
	}
	return scheme + "://" + hosts + "/" + name + query
}
