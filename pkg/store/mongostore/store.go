package mongostore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/mongo/readpref"
	"go.mongodb.org/mongo-driver/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/x/mongo/driver/connstring"

	"github.com/parley-chat/parley/pkg/store"
)

const (
	// selection is how long a call waits for a usable server.
	selection = 3 * time.Second
	// patience bounds a call whose context has no deadline, so that a server
	// that hangs blocks nobody forever.
	patience = 30 * time.Second
	// defaultDatabase is used if the URI names none.
	defaultDatabase = "parley"
	// majority of the servers must have a write before it counts, so that it survives
	// the loss of any one.
	majority = "majority"
)

// Store is a store.Store in a MongoDB database. It reconnects by itself.
type Store struct {
	client        *mongo.Client
	events, chats *mongo.Collection
	where         string // the servers' hosts and ports
	sharded       bool   // they are the routers of a sharded cluster
}

var _ store.Store = (*Store)(nil)

// Check says in a sentence what is wrong with a URI, without asking a server or the
// DNS. nil: nothing that can be found without them.
func Check(uri string) error {
	if srv, ok := strings.CutPrefix(uri, connstring.SchemeMongoDBSRV+"://"); ok {
		return checkSRV(srv, uri)
	}
	cs, err := connstring.ParseAndValidate(uri)
	if err == nil {
		err = usable(cs)
	}
	if err != nil {
		return unread(err, uri)
	}
	if err := clientOptions(uri).Validate(); err != nil { // reads the files that it names
		return unread(err, uri)
	}
	return nil
}

// checkSRV checks a URI whose hosts only the DNS knows as if it named them.
func checkSRV(rest, uri string) error {
	if strings.Contains(strings.ToLower(rest), "srv") {
		return nil // perhaps an option that only such URIs have
	}
	cs, err := connstring.ParseAndValidate(connstring.SchemeMongoDB + "://" + rest)
	if err == nil {
		err = usable(cs)
	}
	switch {
	case err != nil:
		return unread(err, uri)
	case len(cs.Hosts) != 1 || strings.Contains(cs.Hosts[0], ":"):
		return unread(errors.New("with mongodb+srv it has one name, without a port"), uri)
	}
	return nil
}

// usable refuses what a server, or the driver when it connects, would refuse.
func usable(cs *connstring.ConnString) error {
	switch {
	case len(cs.Database) > 63 || strings.ContainsAny(cs.Database, "/\\. \"$*<>:|?"):
		return fmt.Errorf("%q can't be the name of a database", cs.Database)
	case cs.AuthMechanism == "GSSAPI":
		return errors.New("GSSAPI is not built in")
	}
	return nil
}

func clientOptions(uri string) *options.ClientOptions {
	journal := true
	return options.Client().
		SetAppName("parley").
		SetServerSelectionTimeout(selection).
		SetConnectTimeout(selection).
		ApplyURI(uri). // may set other timeouts, but not what Put promises:
		SetReadPreference(readpref.Primary()).
		SetWriteConcern(&writeconcern.WriteConcern{W: majority, Journal: &journal})
}

// Open connects to the database that the URI names (parley if it names none) and
// creates the indexes. It returns an error if MongoDB can't be reached now, and may be
// called again. That error, and those of the store's methods, say in a sentence what is
// wrong, without the URI's password.
func Open(ctx context.Context, uri string) (*Store, error) {
	cs, err := connstring.ParseAndValidate(uri)
	if err != nil {
		return nil, unread(err, uri)
	}
	client, err := mongo.Connect(ctx, clientOptions(uri))
	if err != nil {
		return nil, unread(err, uri)
	}
	db := client.Database(cmp.Or(cs.Database, defaultDatabase))
	s := &Store{client: client, events: db.Collection("events"), chats: db.Collection("chats"), where: strings.Join(cs.Hosts, ", ")}
	err = s.Ping(ctx)
	if err == nil {
		s.sharded, err = s.routed(ctx)
	}
	if err == nil {
		err = s.makeIndexes(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Database is where the chats are, for what else is kept there.
func (s *Store) Database() *mongo.Database { return s.events.Database() }

// Explain turns an error of the driver into a sentence.
func (s *Store) Explain(err error) error { return s.explain(err) }

func (s *Store) explain(err error) error { return explain(err, s.where, s.sharded) }

// routed reports whether the server is a router (mongos).
func (s *Store) routed(ctx context.Context) (bool, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	var hello struct {
		Msg string `bson:"msg"`
	}
	err := s.client.Database("admin").RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}, options.RunCmd().SetReadPreference(readpref.Primary())).Decode(&hello)
	if err != nil {
		return false, fmt.Errorf("ask MongoDB what it is: %w", s.explain(err))
	}
	return hello.Msg == "isdbgrid", nil
}

// makeIndexes creates the indexes that are missing. Many processes may run it at once.
// Each index has a command of its own: FerretDB fails if one command names several that
// exist.
func (s *Store) makeIndexes(ctx context.Context) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	for _, index := range []struct {
		of     *mongo.Collection
		name   string
		keys   bson.D
		unique bool
	}{
		// The unique one begins with the key that the collection may be sharded by.
		{s.events, "page", bson.D{{Key: "chat", Value: 1}, {Key: "seq", Value: 1}}, false},
		{s.events, "once", bson.D{{Key: "chat", Value: 1}, {Key: "key", Value: 1}}, true},
		{s.chats, "list", bson.D{{Key: "last.at", Value: -1}, {Key: "_id", Value: 1}}, false},
	} {
		opts := options.Index().SetName(index.name)
		if index.unique {
			opts.SetUnique(true)
		}
		if _, err := index.of.Indexes().CreateOne(ctx, mongo.IndexModel{Keys: index.keys, Options: opts}); err != nil {
			return fmt.Errorf("make the index %s of the %s: %w", index.name, index.of.Name(), s.explain(err))
		}
	}
	return nil
}

// bounded gives a context without a deadline one.
func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, patience)
}

// Ping reports whether the primary, or a router, answers now.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	if err := s.client.Ping(ctx, readpref.Primary()); err != nil {
		return s.explain(err)
	}
	return nil
}

// Close ends all connections. It waits some seconds for calls in progress.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), selection)
	defer cancel()
	if err := s.client.Disconnect(ctx); err != nil {
		return fmt.Errorf("disconnect from MongoDB: %w", err)
	}
	return nil
}
