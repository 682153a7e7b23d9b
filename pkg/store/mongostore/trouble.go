package mongostore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/description"
	"go.mongodb.org/mongo-driver/x/mongo/driver/auth"
	"go.mongodb.org/mongo-driver/x/mongo/driver/topology"

	"github.com/parley-chat/parley/pkg/outage"
	"github.com/parley-chat/parley/pkg/store"
)

// explain turns an error of the driver into a sentence for operators: the address of
// MongoDB (its hosts and ports) and what is wrong. The driver's own text is several
// lines about its internal state. An error that is not about the server is returned as
// it is. sharded: the address is that of routers, which answer while a shard is away, so
// whatever does not work concerns perhaps one shard.
func explain(err error, where string, sharded bool) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if sharded && shardAway(err) {
		return &store.DownError{Sentence: "MongoDB at " + where + " can't be used for some chats: " + noShard, Cause: err, Part: true}
	}
	if why := reason(err); why != "" {
		return &store.DownError{Sentence: "MongoDB at " + where + " can't be used: " + why, Cause: err, Part: sharded}
	}
	if no := refusal(err); no != "" {
		return &store.DownError{Sentence: no, Cause: err}
	}
	if command, ok := errors.AsType[mongo.CommandError](err); ok {
		return fmt.Errorf("MongoDB at %s says: %s", where, command.Message)
	}
	return err
}

// reason says why no server is usable, or returns "" if that is not what is wrong.
func reason(err error) string {
	if refusal(err) != "" {
		return ""
	}
	if none, ok := errors.AsType[topology.ServerSelectionError](err); ok {
		return nobody(none.Desc)
	}
	if command, ok := errors.AsType[mongo.CommandError](err); ok && slices.Contains(notPrimary, command.Code) {
		return electing
	}
	if why := outage.Why(err); why != "" {
		return why
	}
	switch {
	case mongo.IsTimeout(err):
		return "it did not answer in time"
	case mongo.IsNetworkError(err), strings.Contains(err.Error(), "connection pool for "):
		return "the connection was ended"
	}
	return ""
}

// notPrimary are MongoDB's codes for a server that takes no writes, or no longer.
var notPrimary = []int32{91, 189, 10058, 10107, 11600, 11602, 13435, 13436}

const (
	electing = "no server is the primary now, the one that takes writes"
	noShard  = "one of its shards does not answer, or has no primary now"
)

// awayCodes are the codes with which a router says that it can't use a shard: it is not
// reached, its name is not found, it is too slow, has no primary or is not known.
var awayCodes = []int{6, 7, 70, 89, 133, 202, 262, 9001}

// shardAway reports whether a router says in any part of its answer that a shard, or the
// majority of its members, is away. The parts of an answer to a batch come from several
// shards.
func shardAway(err error) bool {
	away := func(code int) bool {
		return slices.Contains(awayCodes, code) || slices.Contains(notPrimary, int32(code))
	}
	if command, ok := errors.AsType[mongo.CommandError](err); ok {
		return away(int(command.Code))
	}
	bulk, ok := errors.AsType[mongo.BulkWriteException](err)
	if !ok {
		return false
	}
	return bulk.WriteConcernError != nil ||
		slices.ContainsFunc(bulk.WriteErrors, func(w mongo.BulkWriteError) bool { return away(w.Code) })
}

// nobody says for each server why it is not usable.
func nobody(all description.Topology) string {
	if len(all.Servers) == 0 {
		return "none of its servers belongs to the replica set that MONGO_URL names"
	}
	var each []string
	for _, s := range all.Servers {
		var why string
		switch {
		case s.LastError != nil:
			// An unknown error is not shown: it may be long and contain anything.
			why = cmp.Or(refusal(s.LastError), outage.Why(s.LastError), "it does not answer as MongoDB does")
		case s.Kind == description.Unknown:
			why = "it did not answer in time"
		default:
			why = "it is not the primary"
		}
		if len(all.Servers) > 1 {
			why = string(s.Addr) + ": " + why
		}
		each = append(each, why)
	}
	if all.CompatibilityErr != nil {
		each = append(each, all.CompatibilityErr.Error())
	}
	said := strings.Join(each, "; ")
	if !slices.ContainsFunc(all.Servers, func(s description.Server) bool { return s.Kind == description.Unknown }) {
		said = electing
	}
	return said
}

// refusal says that the server refuses this process, or returns "" if it does not. A
// wrong password is an error of the handshake, missing rights are one of the command.
func refusal(err error) string {
	const wrong = "MongoDB refuses the user or the password in MONGO_URL"
	if _, ok := errors.AsType[*auth.Error](err); ok {
		return wrong
	}
	if command, ok := errors.AsType[mongo.CommandError](err); ok {
		switch command.Code {
		case 18:
			return wrong
		case 13:
			return "MongoDB refuses what this role does: the user in MONGO_URL may not read and write the database, or MONGO_URL names no user"
		}
	}
	return ""
}

// unread explains why a URI could not be parsed. To parse one whose hosts only the DNS
// knows, the DNS is asked.
func unread(err error, uri string) error {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		where := strings.TrimPrefix(dns.Name, "_mongodb._tcp.")
		if dns.IsNotFound {
			return fmt.Errorf("the name %s in MONGO_URL is not found: the DNS knows no servers of MongoDB by it (SRV records of %s)", where, dns.Name)
		}
		return fmt.Errorf("the name %s in MONGO_URL can't be looked up now: the DNS does not answer", where)
	}
	return errors.New("the URL of MongoDB is not one such as mongodb://127.0.0.1:27017/parley: " + redact(err, uri))
}

// redact returns the sentence of an error without the URI, which may hold a
// password.
func redact(err error, uri string) string {
	text := err.Error()
	for _, prefix := range []string{"error parsing uri: ", "error validating uri: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	_, rest, _ := strings.Cut(uri, "://")
	for _, end := range []int{strings.Index(rest, "@"), strings.LastIndex(rest, "@")} {
		if end < 0 {
			continue
		}
		userinfo := rest[:end]
		_, password, _ := strings.Cut(userinfo, ":")
		for _, secret := range append(strings.FieldsFunc(password, func(r rune) bool { return r == '@' || r == '/' || r == ':' }), userinfo, password) {
			if secret != "" {
				text = strings.ReplaceAll(text, secret, "…")
			}
		}
	}
	return text
}
