package dump

import (
	"cmp"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// stored is an event as Parley keeps it: as JSON in the streams and in SQLite, as
// a document in MongoDB.
type stored struct {
	Kind   string  `json:"kind" bson:"kind"`
	ID     string  `json:"id" bson:"id"`
	From   speaker `json:"from" bson:"from"`
	Text   string  `json:"text" bson:"text"`
	What   string  `json:"what" bson:"what"`
	Email  string  `json:"email" bson:"-"`
	Card   card    `json:"card" bson:"-"`
	Score  int     `json:"score" bson:"score"`
	State  *state  `json:"state" bson:"state"`
	Reason string  `json:"reason" bson:"reason"`
	Choice string  `json:"choice" bson:"-"`
	Team   string  `json:"team" bson:"-"`

	Files []history.Attached `json:"files" bson:"-"`
	// Parts have the address, the pressed choice and the card in a document.
	Parts struct {
		Email  string `bson:"email"`
		Choice string `bson:"choice"`
		Team   string `bson:"team"`

		Files []history.Attached `bson:"files"`
		Card  card               `bson:"card"`
	} `json:"-" bson:"parts"`
	// Sealed has the text of a note in its stream.
	Sealed *sealed `json:"sealed" bson:"-"`
}

type card struct {
	Tags       []string    `json:"tags" bson:"tags"`
	Attributes []attribute `json:"attributes" bson:"attributes"`
}

type attribute struct {
	Key   string `json:"key" bson:"key"`
	Value string `json:"value" bson:"value"`
	By    string `json:"by" bson:"by"`
}

// marks returns the attributes as clients' records have them.
func (c card) marks() []string {
	var all []string
	for _, a := range c.Attributes {
		all = append(all, history.Mark(a.Key, a.Value, a.By))
	}
	return all
}

type speaker struct {
	Role string `json:"role" bson:"role"`
	Name string `json:"name" bson:"name"`
	User string `json:"user" bson:"user"`
}

type state struct {
	Status string `json:"status" bson:"status"`
	Agent  *struct {
		User string `json:"user" bson:"user"`
		Name string `json:"name" bson:"name"`
	} `json:"agent" bson:"agent"`
	Through  uint64 `json:"through" bson:"through"`
	Handover bool   `json:"handover" bson:"handover"`
	Missed   uint64 `json:"missed" bson:"missed"`
	Visitor  string `json:"visitor" bson:"visitor"`
	Named    bool   `json:"named" bson:"named"`
	Visit    uint64 `json:"visit" bson:"visit"`
	Snoozed  uint64 `json:"snoozed" bson:"snoozed"`
	// A time is a text in JSON, and in a document the nanoseconds since 1970.
	Until      time.Time `json:"snoozed_until" bson:"-"`
	UntilNanos int64     `json:"-" bson:"snoozed_until"`
	Team       string    `json:"team" bson:"team"`
}

// flat returns the event as clients receive it.
func (e stored) flat(chat string, seq uint64, at time.Time) history.Event {
	f := history.Event{
		Chat: chat, Seq: seq, At: at.UTC().Format(time.RFC3339Nano), Kind: e.Kind, ID: e.ID,
		Role: e.From.Role, Name: e.From.Name, User: e.From.User,
		Text: e.Text, What: e.What, Email: cmp.Or(e.Email, e.Parts.Email), Score: e.Score, Reason: e.Reason, Choice: cmp.Or(e.Choice, e.Parts.Choice),
		Tags: strings.Join(append(e.Card.Tags, e.Parts.Card.Tags...), "\n"), Team: cmp.Or(e.Team, e.Parts.Team),
		Files: history.AttachedList(append(e.Files, e.Parts.Files...)),
		Marks: strings.Join(append(e.Card.marks(), e.Parts.Card.marks()...), "\n"),
	}
	// An agent's id is kept with the account before it, which clients don't see.
	if e.From.User != "" {
		f.ID = strings.TrimPrefix(e.ID, e.From.User+"/")
	}
	if e.State != nil {
		f.Through, f.Missed, f.Status, f.Visit, f.Team = e.State.Through, e.State.Missed, e.State.Status, e.State.Visit, e.State.Team
		f.Snoozed, f.Handover = e.State.Snoozed, e.State.Handover
		switch {
		case e.State.UntilNanos != 0:
			f.Until = time.Unix(0, e.State.UntilNanos).UTC().Format(time.RFC3339Nano)
		case !e.State.Until.IsZero():
			f.Until = e.State.Until.UTC().Format(time.RFC3339Nano)
		}
		if e.State.Named {
			f.Called = e.State.Visitor
		}
		if f.Status == "" {
			f.Status = "bot" // how a chat begins
		}
		if e.State.Agent != nil {
			f.Agent, f.Holder = e.State.Agent.Name, e.State.Agent.User
		}
	}
	return f
}
