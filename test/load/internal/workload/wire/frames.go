// Package wire is the part of the protocol that the harness's visitors and agents share:
// frames, sockets, and when to reconnect. It judges nothing.
package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// Speaker is the author of an event.
type Speaker struct {
	Role string `json:"role"`
	Name string `json:"name"`
	User string `json:"user"`
}

// Who is an agent, as a name alone (what visitors read) or as an account.
type Who struct{ User, Name string }

// UnmarshalJSON reads both forms.
func (w *Who) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte(`"`)) {
		return json.Unmarshal(data, &w.Name)
	}
	var account struct{ User, Name string }
	if err := json.Unmarshal(data, &account); err != nil {
		return fmt.Errorf("read an agent: %w", err)
	}
	*w = account
	return nil
}

// Files are those of an event. What a welcome says of files is another thing by that name.
type Files []history.Attached

// UnmarshalJSON reads the former.
func (f *Files) UnmarshalJSON(data []byte) error {
	if !bytes.HasPrefix(data, []byte("[")) {
		return nil
	}
	return json.Unmarshal(data, (*[]history.Attached)(f))
}

// Event is an entry of a chat as a client reads it.
type Event struct {
	Seq     uint64  `json:"seq"`
	Prev    uint64  `json:"prev"`
	At      string  `json:"at"`
	Kind    string  `json:"kind"`
	ID      string  `json:"id"`
	From    Speaker `json:"from"`
	Text    string  `json:"text"`
	What    string  `json:"what"`
	Email   string  `json:"email"`
	Score   int     `json:"score"`
	Status  string  `json:"status"`
	Agent   Who     `json:"agent"`
	Reason  string  `json:"reason"`
	Through uint64  `json:"through"`
	Called  string  `json:"called"`
	Visit   uint64  `json:"visit"`
	Choice  string  `json:"choice"`

	Files Files `json:"files"`
	Card  struct {
		Tags       []string    `json:"tags"`
		Attributes []Attribute `json:"attributes"`
	} `json:"card"`
	// Choices are what a reply offers to press.
	Choices []Choice `json:"choices"`
}

// Choice is one thing that a reply offers. It is written by being pressed if it has an id.
type Choice struct {
	Label string `json:"label"`
	ID    string `json:"id"`
}

// Attribute is one thing that is known of a visitor.
type Attribute struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	By    string `json:"by,omitempty"`
}

// Recorded returns the event in the form of a record.
func (e Event) Recorded() history.Event {
	var marks []string
	for _, a := range e.Card.Attributes {
		marks = append(marks, history.Mark(a.Key, a.Value, a.By))
	}
	return history.Event{
		Seq: e.Seq, Prev: e.Prev, At: e.At, Kind: e.Kind, ID: e.ID, Role: e.From.Role, Name: e.From.Name, User: e.From.User, Text: e.Text,
		What: e.What, Email: e.Email, Score: e.Score, Status: e.Status, Agent: e.Agent.Name, Reason: e.Reason, Through: e.Through, Called: e.Called, Choice: e.Choice, Files: history.AttachedList(e.Files), Visit: e.Visit, Tags: strings.Join(e.Card.Tags, "\n"), Marks: strings.Join(marks, "\n"),
	}
}

// Desk is an entry of the agents' desk.
type Desk struct {
	Chat   string `json:"chat"`
	Name   string `json:"name"`
	Status string `json:"status"`
	Agent  Who    `json:"agent"`
	Team   string `json:"team"`
	// Snoozed says that its agent lets it rest.
	Snoozed bool   `json:"snoozed"`
	Missed  string `json:"missed"` // when the visitor left an address that nobody has dealt with
}

// Frame is any frame of the server's.
type Frame struct {
	T string `json:"t"`
	Event
	Chat    string  `json:"chat"`
	Name    string  `json:"name"`
	Token   string  `json:"token"`
	More    bool    `json:"more"`
	Events  []Event `json:"events"`
	Code    string  `json:"code"`
	Edition uint64  `json:"edition"` // of a draft
	Other   bool    `json:"other"`   // of a draft: it is another device's
	Refused string  `json:"refused"` // of a macro that was not done whole
	Message string  `json:"message"`
	Retry   int64   `json:"retry_after_ms"`
	Desk    []Desk  `json:"desk"`
	Set     *Desk   `json:"set"`
	Gone    string  `json:"gone"`
	// Mentions are where an agent was mentioned in notes that they have not seen.
	Mentions []Mention `json:"mentions"`
}

// Mention is a note that mentions an agent.
type Mention struct {
	Chat string `json:"chat"`
	Seq  uint64 `json:"seq"`
	By   string `json:"by"`
}

// Page returns the events of a page in the form of a record.
func (f Frame) Page() []history.Event {
	all := make([]history.Event, 0, len(f.Events))
	for _, e := range f.Events {
		all = append(all, e.Recorded())
	}
	return all
}

// Request is any frame of a client's.
type Request struct {
	T      string `json:"t"`
	ID     string `json:"id,omitempty"`
	Chat   string `json:"chat,omitempty"`
	Name   string `json:"name,omitempty"`
	Token  string `json:"token,omitempty"`
	Since  uint64 `json:"since,omitempty"`
	Text   string `json:"text,omitempty"`
	Choice string `json:"choice,omitempty"`
	Email  string `json:"email,omitempty"`
	Again  bool   `json:"again,omitempty"`
	Score  int    `json:"score,omitempty"`
	Before uint64 `json:"before,omitempty"`
	Limit  int    `json:"limit,omitempty"`
	Edit   *Edit  `json:"edit,omitempty"`
	Draft  *Draft `json:"draft,omitempty"`
	About  *About `json:"about,omitempty"` // of a hello
	Macro  *Macro `json:"macro,omitempty"`
	To     string `json:"to,omitempty"` // who gets a chat
	Until  string `json:"until,omitempty"`
	Seen   uint64 `json:"seen,omitempty"`
	Team   string `json:"team,omitempty"`
	Seq    uint64 `json:"seq,omitempty"`

	Files []Ticket `json:"files,omitempty"`
}

// Ticket names a file that was sent.
type Ticket struct {
	Ticket string `json:"ticket"`
}

// Draft is what an agent has typed, in the place of an edition.
type Draft struct {
	Text    string `json:"text"`
	Edition uint64 `json:"edition"`
}

// About is what a visitor's page says of itself.
type About struct {
	Attributes map[string]string `json:"attributes"`
}

// Macro is what an agent's macro does besides saying a text.
type Macro struct {
	Title string `json:"title,omitempty"`
	Then  string `json:"then,omitempty"`
}

// Edit is what changes on a chat's card.
type Edit struct {
	Add    []string    `json:"add,omitempty"`
	Remove []string    `json:"remove,omitempty"`
	Set    []Attribute `json:"set,omitempty"`
}
