package ferrettest_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"github.com/parley-chat/parley/pkg/store/mongostore/ferrettest"
)

// shardKeys are what the collections are sharded by, hashed. See docs/sharding.md.
var shardKeys = map[string]string{"events": "chat", "chats": "_id", "fs.files": "_id", "fs.chunks": "files_id"}

// needed are the kinds of commands that the store's suite must have sent, or else nobody
// read them.
var needed = []string{
	"createIndexes events", "createIndexes chats", "insert events", "update chats",
	"find events", "find chats", // the list
}

// shards reads what the store sends and collects what a sharded cluster could not direct
// to the shards that have it. Its methods may be called concurrently.
type shards struct {
	mu     sync.Mutex // guards what follows
	faults map[string]bool
	seen   map[string]int
}

func newShards() *shards { return &shards{faults: map[string]bool{}, seen: map[string]int{}} }

func (s *shards) watch(c ferrettest.Command) {
	of, _ := c.Body.Lookup(c.Name).StringValueOK()
	key, known := shardKeys[of]
	s.mu.Lock()
	defer s.mu.Unlock()
	if !known {
		return // about the server, or the rest of what a find found
	}
	s.seen[c.Name+" "+of]++
	for _, fault := range undirected(c, of, key) {
		s.faults[c.Name+" "+of+": "+fault] = true
	}
}

// check fails the test for each fault, and if something was never sent.
func (s *shards) check(t *testing.T, needed ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for fault := range s.faults {
		t.Error(fault)
	}
	for _, kind := range needed {
		if s.seen[kind] == 0 {
			t.Errorf("%s was never sent: %v", kind, s.seen)
		}
	}
}

// undirected returns a sentence for each part of the command that does not name the shard
// key, or that a sharded collection refuses.
func undirected(c ferrettest.Command, of, key string) (faults []string) {
	all := func(list, part string) {
		docs := many(c, list)
		if len(docs) == 0 {
			faults = append(faults, "it has no "+list)
		}
		for _, d := range docs {
			if part != "" {
				d, _ = d.Lookup(part).DocumentOK()
			}
			if !names(d, key) {
				faults = append(faults, fmt.Sprintf("%s does not name %s", shape(d), key))
			}
		}
	}
	one := func(part string) {
		if d, _ := c.Body.Lookup(part).DocumentOK(); !names(d, key) {
			faults = append(faults, fmt.Sprintf("%s does not name %s", shape(d), key))
		}
	}
	switch c.Name {
	case "insert":
		all("documents", "")
		if of == "events" {
			faults = append(faults, elsewhere(c)...)
		}
	case "update":
		all("updates", "q")
	case "delete":
		all("deletes", "q")
	case "find":
		if !(of == "chats" && listed(c.Body) || of == "events" && walked(c.Body)) {
			one("filter")
		}
	case "count", "distinct", "findAndModify":
		one("query")
	case "aggregate":
		stages := many(c, "pipeline")
		if len(stages) == 0 {
			return []string{"it has no pipeline"}
		}
		if match, _ := stages[0].Lookup("$match").DocumentOK(); !names(match, key) {
			faults = append(faults, "its first stage does not name "+key)
		}
	case "createIndexes":
		for _, index := range many(c, "indexes") {
			keys, _ := index.Lookup("key").DocumentOK()
			if unique, _ := index.Lookup("unique").BooleanOK(); unique && first(keys) != key {
				faults = append(faults, fmt.Sprintf("the unique index %s does not begin with %s", shape(keys), key))
			}
		}
	default:
		faults = append(faults, "nobody has said what it costs on a sharded cluster")
	}
	return faults
}

// walked reports whether a find is a piece of a walk through all events, which asks every shard: it is in
// the order of the chats, and bounded.
func walked(body bson.Raw) bool {
	order, _ := body.Lookup("sort").DocumentOK()
	limit, _ := body.Lookup("limit").AsInt64OK()
	return first(order) == "chat" && limit > 0
}

// listed reports whether a find is the list of all chats, last written to first, or of
// those of one moment. It is the one query that every shard is asked: it is about all
// chats. Each shard reads no more than the limit from its index "list", and the router
// merges; so it costs as many times the limit as there are shards. Agents ask it, one
// piece at a time, and no visitor's message waits for it.
func listed(body bson.Raw) bool {
	order, _ := body.Lookup("sort").DocumentOK()
	if first(order) != "last.at" {
		return false
	}
	filter, _ := body.Lookup("filter").DocumentOK()
	elements, _ := filter.Elements()
	for _, e := range elements {
		if e.Key() == "last.at" {
			if same, _ := e.Value().DocumentOK(); first(same) == "$eq" {
				return true
			}
		}
	}
	limit, _ := body.Lookup("limit").AsInt64OK()
	return limit > 0
}

// elsewhere returns a sentence for each event whose _id does not name its chat: _id is
// unique on each shard only, so the same one must never belong to two shards.
func elsewhere(c ferrettest.Command) (faults []string) {
	for _, d := range many(c, "documents") {
		id, _ := d.Lookup("_id").StringValueOK()
		chat, _ := d.Lookup("chat").StringValueOK()
		if chat == "" || !strings.HasPrefix(id, chat+"/") {
			faults = append(faults, "an _id does not begin with its chat")
		}
	}
	return faults
}

// names reports whether a filter or document names one or several values of the key. By
// a hash nothing else is found: neither a range nor an alternative.
func names(d bson.Raw, key string) bool {
	value, err := d.LookupErr(key)
	if err != nil {
		return false
	}
	condition, is := value.DocumentOK()
	if !is {
		return true
	}
	return slices.Contains([]string{"$eq", "$in"}, first(condition))
}

// many returns the documents of a list, wherever the driver put it.
func many(c ferrettest.Command, list string) []bson.Raw {
	docs := slices.Clone(c.Lists[list])
	array, _ := c.Body.Lookup(list).ArrayOK()
	values, _ := array.Values()
	for _, v := range values {
		if d, is := v.DocumentOK(); is {
			docs = append(docs, d)
		}
	}
	return docs
}

func first(d bson.Raw) string {
	elements, err := d.Elements()
	if err != nil || len(elements) == 0 {
		return ""
	}
	return elements[0].Key()
}

// shape names the fields of a document, not what they hold.
func shape(d bson.Raw) string {
	var keys []string
	elements, _ := d.Elements()
	for _, e := range elements {
		keys = append(keys, e.Key())
	}
	return "{" + strings.Join(keys, ", ") + "}"
}

// A check that never finds anything is worth nothing.
func TestACommandThatNoShardCanBeChosenForIsFound(t *testing.T) {
	type docs = []bson.D
	equal := func(v string) bson.D { return bson.D{{Key: "chat", Value: v}} }
	for _, c := range []struct {
		name, of string
		body     bson.D
		lists    map[string]docs
		found    string // "" if it is right
	}{
		{"find", "events", bson.D{{Key: "filter", Value: equal("c")}}, nil, ""},
		{"find", "events", bson.D{{Key: "filter", Value: bson.D{{Key: "chat", Value: bson.D{{Key: "$in", Value: bson.A{"c", "d"}}}}}}}, nil, ""},
		{"find", "events", bson.D{{Key: "filter", Value: bson.D{{Key: "chat", Value: bson.D{{Key: "$gt", Value: "c"}}}}}}, nil, "{chat} does not name chat"},
		{"find", "events", bson.D{{Key: "sort", Value: bson.D{{Key: "chat", Value: 1}, {Key: "seq", Value: 1}}}, {Key: "limit", Value: 5}}, nil, ""},
		{"find", "events", bson.D{{Key: "sort", Value: bson.D{{Key: "chat", Value: 1}}}}, nil, "does not name chat"},
		{"find", "events", bson.D{{Key: "filter", Value: bson.D{{Key: "_id", Value: "c/1"}}}}, nil, "{_id} does not name chat"},
		{"find", "events", bson.D{{Key: "filter", Value: bson.D{{Key: "$or", Value: bson.A{equal("c"), equal("d")}}}}}, nil, "{$or} does not name chat"},
		{"find", "events", bson.D{{Key: "sort", Value: bson.D{{Key: "last.at", Value: -1}}}, {Key: "limit", Value: 5}}, nil, "does not name chat"},
		{"find", "chats", bson.D{{Key: "sort", Value: bson.D{{Key: "last.at", Value: -1}}}, {Key: "limit", Value: 5}}, nil, ""},
		{"find", "chats", bson.D{{Key: "sort", Value: bson.D{{Key: "last.at", Value: -1}}}}, nil, "does not name _id"},
		{"find", "chats", bson.D{{Key: "limit", Value: 5}}, nil, "does not name _id"},
		{"insert", "events", nil, map[string]docs{"documents": {{{Key: "_id", Value: "c/1"}, {Key: "chat", Value: "c"}}}}, ""},
		{"insert", "events", nil, map[string]docs{"documents": {{{Key: "_id", Value: "1"}, {Key: "chat", Value: "c"}}}}, "an _id does not begin with its chat"},
		{"insert", "events", nil, map[string]docs{"documents": {{{Key: "_id", Value: "c/1"}}}}, "{_id} does not name chat"},
		{"insert", "events", nil, nil, "it has no documents"},
		{"update", "chats", nil, map[string]docs{"updates": {{{Key: "q", Value: bson.D{{Key: "_id", Value: "c"}}}}}}, ""},
		{"update", "chats", nil, map[string]docs{"updates": {{{Key: "q", Value: bson.D{{Key: "_id", Value: "c"}}}}, {{Key: "q", Value: bson.D{{Key: "name", Value: "c"}}}}}}, "{name} does not name _id"},
		{"delete", "events", bson.D{{Key: "deletes", Value: bson.A{bson.D{{Key: "q", Value: bson.D{}}}}}}, nil, "{} does not name chat"},
		{"aggregate", "events", bson.D{{Key: "pipeline", Value: bson.A{bson.D{{Key: "$match", Value: equal("c")}}}}}, nil, ""},
		{"aggregate", "events", bson.D{{Key: "pipeline", Value: bson.A{bson.D{{Key: "$sort", Value: equal("c")}}}}}, nil, "its first stage does not name chat"},
		{"findAndModify", "chats", bson.D{{Key: "query", Value: equal("c")}}, nil, "{chat} does not name _id"},
		{"createIndexes", "events", bson.D{{Key: "indexes", Value: bson.A{bson.D{{Key: "key", Value: bson.D{{Key: "chat", Value: 1}, {Key: "key", Value: 1}}}, {Key: "unique", Value: true}}}}}, nil, ""},
		{"createIndexes", "events", bson.D{{Key: "indexes", Value: bson.A{bson.D{{Key: "key", Value: bson.D{{Key: "key", Value: 1}, {Key: "chat", Value: 1}}}, {Key: "unique", Value: true}}}}}, nil, "the unique index {key, chat} does not begin with chat"},
		{"mapReduce", "events", nil, nil, "nobody has said"},
	} {
		body, err := bson.Marshal(append(bson.D{{Key: c.name, Value: c.of}}, c.body...))
		if err != nil {
			t.Fatal(err)
		}
		command := ferrettest.Command{Name: c.name, Body: body, Lists: map[string][]bson.Raw{}}
		for list, all := range c.lists {
			for _, d := range all {
				raw, err := bson.Marshal(d)
				if err != nil {
					t.Fatal(err)
				}
				command.Lists[list] = append(command.Lists[list], raw)
			}
		}
		found := strings.Join(undirected(command, c.of, shardKeys[c.of]), "; ")
		if (c.found == "") != (found == "") || !strings.Contains(found, c.found) {
			t.Errorf("%s %s %v: found %q, want %q", c.name, c.of, c.body, found, c.found)
		}
	}
}
