package mongostore

import (
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
	"go.mongodb.org/mongo-driver/x/mongo/driver/auth"
	"go.mongodb.org/mongo-driver/x/mongo/driver/connstring"

	"github.com/parley-chat/parley/pkg/store"
)

const (
	// selection is how long a call looks for a server that answers.
	selection = 3 * time.Second
	// patience bounds a call whose context has no deadline, so that a server
	// that went silent holds nobody for ever.
	patience = 30 * time.Second
	// defaultDatabase is used where the URI names none.
	defaultDatabase = "parley"
	// majority of the servers have a write before it counts, so that it outlives
	// the loss of any one.
	majority = "majority"
)

// Store is a store.Store in a MongoDB database. It finds the server again by
// itself after the server was away.
type Store struct {
	client        *mongo.Client
	events, chats *mongo.Collection
}

var _ store.Store = (*Store)(nil)

// Check says in a sentence what is wrong with a URI, without asking a server.
func Check(uri string) error {
	if strings.HasPrefix(uri, connstring.SchemeMongoDBSRV+"://") {
		return nil // reading it takes the DNS, which may be away
	}
	if _, err := connstring.ParseAndValidate(uri); err != nil {
		return fmt.Errorf("the MongoDB URI is wrong (expected mongodb://host:port/database): %w", redact(err, uri))
	}
	return nil
}

// Open connects to the database that the URI names (parley where it names none)
// and makes the indexes. It returns an error where MongoDB can't be reached now;
// it may be called again.
func Open(ctx context.Context, uri string) (*Store, error) {
	cs, err := connstring.ParseAndValidate(uri)
	if err != nil {
		return nil, fmt.Errorf("the MongoDB URI is wrong (expected mongodb://host:port/database): %w", redact(err, uri))
	}
	database := cs.Database
	if database == "" {
		database = defaultDatabase
	}
	journal := true
	opts := options.Client().
		SetAppName("parley").
		SetServerSelectionTimeout(selection).
		SetConnectTimeout(selection).
		ApplyURI(uri). // may set other times than ours, but not what Put promises:
		SetReadPreference(readpref.Primary()).
		SetWriteConcern(&writeconcern.WriteConcern{W: majority, Journal: &journal})
	client, err := mongo.Connect(ctx, opts)
	if err != nil {
		return nil, fmt.Errorf("connect to MongoDB: %w", redact(err, uri))
	}
	db := client.Database(database)
	s := &Store{client: client, events: db.Collection("events"), chats: db.Collection("chats")}
	if err := s.makeIndexes(ctx); err != nil {
		if refuses(err) {
			err = errors.New("MongoDB refuses the user or the password in MONGO_URL")
		}
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// refuses reports whether the server does not let this process in: a password that
// is wrong is an error of the handshake, a user without rights one of the command.
func refuses(err error) bool {
	var signIn *auth.Error
	var command mongo.CommandError
	return errors.As(err, &signIn) || errors.As(err, &command) && (command.Code == 13 || command.Code == 18)
}

// redact returns the error without the URI, which may hold a password. It keeps
// the sentence only, since the causes may hold the URI too.
func redact(err error, uri string) error {
	text := err.Error()
	if _, rest, ok := strings.Cut(uri, "://"); ok {
		if userinfo, _, ok := strings.Cut(rest, "@"); ok {
			_, password, _ := strings.Cut(userinfo, ":")
			for _, secret := range []string{userinfo, password} {
				if secret != "" {
					text = strings.ReplaceAll(text, secret, "…")
				}
			}
		}
	}
	return errors.New(text)
}

// makeIndexes makes what is not there. It is safe in many processes at once. Each
// index is made by a command of its own: FerretDB breaks where one command names
// several that exist.
func (s *Store) makeIndexes(ctx context.Context) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	for _, index := range []struct {
		of     *mongo.Collection
		name   string
		keys   bson.D
		unique bool
	}{
		{s.events, "page", bson.D{{Key: "chat", Value: 1}, {Key: "seq", Value: 1}}, false},
		{s.events, "once", bson.D{{Key: "chat", Value: 1}, {Key: "key", Value: 1}}, true},
		{s.chats, "list", bson.D{{Key: "last.at", Value: -1}, {Key: "_id", Value: 1}}, false},
	} {
		opts := options.Index().SetName(index.name)
		if index.unique {
			opts.SetUnique(true)
		}
		if _, err := index.of.Indexes().CreateOne(ctx, mongo.IndexModel{Keys: index.keys, Options: opts}); err != nil {
			return fmt.Errorf("make MongoDB's index %s of the %s: %w", index.name, index.of.Name(), err)
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

// Ping reports whether the server that takes writes answers now.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	if err := s.client.Ping(ctx, readpref.Primary()); err != nil {
		return fmt.Errorf("ping MongoDB: %w", err)
	}
	return nil
}

// Close ends all connections. It waits some seconds for calls under way.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), selection)
	defer cancel()
	if err := s.client.Disconnect(ctx); err != nil {
		return fmt.Errorf("disconnect from MongoDB: %w", err)
	}
	return nil
}
