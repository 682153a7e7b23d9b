package mongostore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/address"
	"go.mongodb.org/mongo-driver/mongo/description"
	"go.mongodb.org/mongo-driver/x/mongo/driver/topology"

	"github.com/parley-chat/parley/pkg/store"
)

// Whoever is woken reads where MongoDB was looked for and what is wrong there; and
// neither the driver's inner parts nor a password.
func TestAMongoDBThatIsAwayIsSaidInASentence(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	refused, mute := closed.Addr().String(), silent.Addr().String()
	// Where there is no DNS at all the second is said.
	unknown := []string{"the name nobody.invalid is not found", "the name nobody.invalid can't be looked up now"}
	for _, c := range []struct {
		uri  string
		says []string // one of these
	}{
		{"mongodb://ada:s3cret@" + refused + "/parley", []string{"MongoDB at " + refused + " can't be used: the connection is refused"}},
		{"mongodb://ada:s3cret@" + mute + "/parley", []string{"MongoDB at " + mute + " can't be used: it did not answer in time"}},
		{"mongodb://ada:s3cret@nobody.invalid/parley", []string{"MongoDB at nobody.invalid can't be used: " + unknown[0], "MongoDB at nobody.invalid can't be used: " + unknown[1]}},
		{"mongodb://ada:s3cret@" + refused + ",nobody.invalid/parley?replicaSet=rs", []string{
			"MongoDB at " + refused + ", nobody.invalid can't be used: " + refused + ": the connection is refused; nobody.invalid:27017: " + unknown[0],
			"MongoDB at " + refused + ", nobody.invalid can't be used: " + refused + ": the connection is refused; nobody.invalid:27017: " + unknown[1],
		}},
		{"mongodb+srv://ada:s3cret@chats.nobody.invalid/parley", []string{
			"the name chats.nobody.invalid in MONGO_URL is not found: the DNS knows no servers of MongoDB by it (SRV records of _mongodb._tcp.chats.nobody.invalid)",
			"the name chats.nobody.invalid in MONGO_URL can't be looked up now: the DNS does not answer",
		}},
	} {
		t.Run(c.uri, func(t *testing.T) {
			t.Parallel()
			s, err := Open(t.Context(), c.uri)
			if err == nil {
				_ = s.Close()
				t.Fatal("it was opened")
			}
			if err.Error() != c.says[0] && err.Error() != c.says[len(c.says)-1] {
				t.Errorf("it says %q, want %q", err, c.says[0])
			}
		})
	}
}

// What the driver tells of its servers becomes a sentence.
func TestAReplicaSetWithoutAPrimaryIsSaidToHaveNone(t *testing.T) {
	server := func(addr string, kind description.ServerKind, err error) description.Server {
		return description.Server{Addr: address.Address(addr), Kind: kind, LastError: err}
	}
	set := func(servers ...description.Server) error {
		return fmt.Errorf("find: %w", topology.ServerSelectionError{Desc: description.Topology{Servers: servers}, Wrapped: errors.New("server selection timeout")})
	}
	for _, c := range []struct {
		err  error
		says string
	}{
		{set(server("a", description.RSSecondary, nil), server("b", description.RSSecondary, nil)), "can't be used: no server is the primary now, the one that takes writes"},
		{set(), "can't be used: none of its servers belongs to the replica set that MONGO_URL names"},
		{mongo.CommandError{Code: 10107, Message: "not primary, topologyVersion: {…}"}, "can't be used: no server is the primary now, the one that takes writes"},
		{mongo.CommandError{Message: "connection(mongo-0:27017[-5]) incomplete read", Labels: []string{"NetworkError"}}, "can't be used: the connection was ended"},
		{mongo.CommandError{Code: 86, Message: "An existing index has the same name."}, "says: An existing index has the same name."},
	} {
		if got := explain(c.err, "mongo-0:27017", false).Error(); got != "MongoDB at mongo-0:27017 "+c.says {
			t.Errorf("%v is told as %q", c.err, got)
		}
	}
	no := "MongoDB refuses what this role does: the user in MONGO_URL may not read and write the database, or MONGO_URL names no user"
	if got := explain(mongo.CommandError{Code: 13, Message: "not authorized"}, "x", false).Error(); got != no {
		t.Errorf("a user without rights is told as %q", got)
	}
}

// A router answers a ping while a shard is away. What it says then is told apart from a
// document that it refuses, in every form in which the driver hands it on.
func TestAShardThatIsAwayIsAPartOfTheStore(t *testing.T) {
	write := func(code int) mongo.BulkWriteError {
		return mongo.BulkWriteError{WriteError: mongo.WriteError{Code: code}}
	}
	some := "MongoDB at router:27017 can't be used for some chats: one of its shards does not answer, or has no primary now"
	for _, c := range []struct {
		err  error
		says string // "" if nothing is away
	}{
		{mongo.CommandError{Code: 133, Message: "Could not find host matching read preference"}, some},
		{mongo.CommandError{Code: 10107, Message: "not primary"}, some},
		{mongo.BulkWriteException{WriteErrors: []mongo.BulkWriteError{write(duplicateKey), write(6)}}, some},
		{mongo.BulkWriteException{WriteErrors: []mongo.BulkWriteError{write(133)}}, some},
		{mongo.BulkWriteException{WriteConcernError: &mongo.WriteConcernError{Code: 64}}, some},
		{fmt.Errorf("insert: %w", mongo.BulkWriteException{WriteErrors: []mongo.BulkWriteError{write(91)}}), some},
		{context.DeadlineExceeded, "MongoDB at router:27017 can't be used: it did not answer in time"},
		{mongo.BulkWriteException{WriteErrors: []mongo.BulkWriteError{write(2)}}, ""},
		{mongo.CommandError{Code: 2, Message: "bad value"}, ""},
	} {
		err := explain(c.err, "router:27017", true)
		down, is := errors.AsType[*store.DownError](err)
		if is != (c.says != "") || is && (!down.Part || down.Sentence != c.says) {
			t.Errorf("%v is told as %v", c.err, err)
		}
		// A replica set is down as a whole: a ping tells.
		if down, is := errors.AsType[*store.DownError](explain(c.err, "mongo-0:27017", false)); is && down.Part {
			t.Errorf("%v of a replica set is told as a part's", c.err)
		}
	}
}

// What can be known of a URI without anybody's help is known at the start.
func TestAURIIsCheckedWithoutAServer(t *testing.T) {
	for uri, says := range map[string]string{
		"mongodb://":                                     "must have at least 1 host",
		"mongodb://db:port/parley":                       "port must be an integer",
		"mongodb://parley:s3/cret@db/parley":             "unescaped slash in password",
		"mongodb://parley:s3@cret@db/parley":             "unescaped @ sign in user info",
		"mongodb://db/parley?w=-1":                       "invalid value",
		"mongodb://db/parley?tls=true&tlsCAFile=/no/ca":  "/no/ca",
		"mongodb://db/parley?authMechanism=nonsense":     "invalid auth mechanism",
		"mongodb://db/a.b":                               `"a.b" can't be the name of a database`,
		"mongodb://db/parley%20chats":                    "can't be the name of a database",
		"mongodb://parley@db/?authMechanism=GSSAPI":      "GSSAPI is not built in",
		"mongodb+srv://parley:s3/cret@db.example/parley": "unescaped slash in password",
		"mongodb+srv://db.example:27017/parley":          "it has one name, without a port",
		"mongodb+srv://a.example,b.example/parley":       "it has one name, without a port",
	} {
		err := Check(uri)
		if err == nil || !strings.HasPrefix(err.Error(), "the URL of MongoDB is not one such as mongodb://127.0.0.1:27017/parley: ") || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: it says %v, want %s", uri, err, says)
		}
		if err != nil && (strings.Contains(err.Error(), "s3") || strings.Contains(err.Error(), "cret") || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: it tells the password, or more than a sentence: %v", uri, err)
		}
	}
	for _, uri := range []string{
		"mongodb://db/parley", "mongodb://parley:s3cret@a:27017,b:27018/parley?replicaSet=rs&authSource=admin", "mongodb+srv://parley:s3cret@db.example.org/parley?retryWrites=true",
		"mongodb+srv://db.example.org/parley?srvMaxHosts=2",
	} {
		if err := Check(uri); err != nil {
			t.Errorf("%s: %v", uri, err)
		}
	}
}
