package mongostore

import (
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/store/internal/digest"
)

// summary is a chat's document. Each part begins with the sequence of its event:
// MongoDB compares documents field by field in order, so $max replaces a part by a
// later one only, atomically, whatever other writers do. The order of the fields is
// therefore part of the format.
type summary struct {
	Chat  string `bson:"_id"`
	Last  last   `bson:"last"`
	Words words  `bson:"words"`
	State status `bson:"state"`
	Name  name   `bson:"name"`
	Card  card   `bson:"card,omitempty"` // only if there is one
}

type last struct {
	Seq int64 `bson:"seq"`
	At  int64 `bson:"at"`
}

type words struct {
	Seq  int64  `bson:"seq"`
	Text string `bson:"text"`
}

type status struct {
	Seq    int64  `bson:"seq"`
	Status string `bson:"status"`
	Agent  string `bson:"agent"`
	Team   string `bson:"team,omitempty"` // since teams are listed
}

type name struct {
	Seq  int64  `bson:"seq"`
	Name string `bson:"name"`
}

type card struct {
	Seq  int64    `bson:"seq"`
	Tags []string `bson:"tags"`
}

// raise is the write that updates a chat's summary to the digest, and never sets it
// back. A part that the digest does not have has the sequence 0, below all others. A digest
// of a card alone writes no other part, so that no list shows the chat for its sake.
func raise(c digest.Chat) mongo.WriteModel {
	var parts bson.D
	if c.Listed() {
		parts = bson.D{
			{Key: "last", Value: last{int64(c.Last.Seq), c.Last.At}},
			{Key: "words", Value: words{int64(c.Words.Seq), c.Words.Text}},
			{Key: "state", Value: status{int64(c.State.Seq), string(c.State.Status), c.State.Agent, c.State.Team}},
			{Key: "name", Value: name{int64(c.Name.Seq), c.Name.Name}},
		}
	}
	if c.Card.Seq > 0 {
		parts = append(parts, bson.E{Key: "card", Value: card{int64(c.Card.Seq), c.Card.Tags}})
	}
	return mongo.NewUpdateOneModel().
		SetFilter(bson.D{{Key: "_id", Value: string(c.ID)}}).
		SetUpdate(bson.D{{Key: "$max", Value: parts}}).
		SetUpsert(true)
}

func (d summary) summary() store.Summary {
	s := store.Summary{
		Chat: chat.ID(d.Chat), Name: d.Name.Name, Status: chat.Status(d.State.Status), Agent: d.State.Agent, Team: d.State.Team,
		Seq: uint64(d.Last.Seq), At: digest.Time(d.Last.At), Text: d.Words.Text, Tags: d.Card.Tags,
	}
	if s.Status == "" {
		s.Status = chat.WithBot // nobody has answered yet
	}
	return s
}

func toSummaries(docs []summary) []store.Summary {
	list := make([]store.Summary, len(docs))
	for i, d := range docs {
		list[i] = d.summary()
	}
	return list
}
