package chat

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind says what an event is. Whatever follows from the kind alone is in the table
// below. Code asks the table, and compares kinds only to do what one kind means.
//
// A kind that is not in the table is refused: such an event is not published, not
// stored and not shown. During a rolling upgrade a later version may already have
// published some. They are read past, because their sequences count; nobody sees
// them; and workers leave them to a replica that knows them (see ErrUnknownKind).
type Kind string

// The kinds of events.
const (
	Message     Kind = "message" // the visitor's words
	Request     Kind = "ask"     // a request to escalate, cancel, close or rate: see RequestKind
	Reply       Kind = "reply"   // the bot's words
	Say         Kind = "say"     // an agent's words
	StateChange Kind = "state"   // the chat changed its status or agent
	Note        Kind = "note"    // an agent's words for agents only
	CardChange  Kind = "card"    // something was written on the chat's card, for agents only
)

// Leaf says which of a chat's subjects the events of a kind are stored on.
type Leaf string

// The leaves. What waits for the bot and what waits for the escalation worker are apart,
// so that each is handed only its own. An event on a leaf that begins with "out." is
// appended guarded and carries the chat's state.
const (
	LeafMessage  Leaf = "in.message"
	LeafRequest  Leaf = "in.request"
	LeafReply    Leaf = "out.reply"
	LeafSay      Leaf = "out.say"
	LeafState    Leaf = "out.state"
	LeafInternal Leaf = "note" // a subject apart, which no visitor's feed matches
	LeafCard     Leaf = "card" // another one: its last event is the card, and guards the next
)

// traits are a row of the table. Those of an unknown kind are zero.
type traits struct {
	leaf    Leaf
	readers []Role // who may see it
	sealed  bool   // its text is encrypted in the stream
	spoken  bool   // its text is somebody's words, not a sentence of the program
}

var (
	everyone = []Role{RoleVisitor, RoleBot, RoleAgent}
	agents   = []Role{RoleAgent}
)

// table is all that is known of the kinds.
var table = []struct {
	kind Kind
	traits
}{
	{Message, traits{LeafMessage, everyone, false, true}},
	{Request, traits{LeafRequest, everyone, false, true}},
	{Reply, traits{LeafReply, everyone, false, true}},
	{Say, traits{LeafSay, everyone, false, true}},
	{StateChange, traits{LeafState, everyone, false, false}},
	{Note, traits{LeafInternal, agents, true, true}},
	{CardChange, traits{LeafCard, agents, false, false}},
}

func (k Kind) traits() traits {
	for i := range table {
		if table[i].kind == k {
			return table[i].traits
		}
	}
	return traits{}
}

// Kinds returns all kinds.
func Kinds() []Kind {
	list := make([]Kind, len(table))
	for i, row := range table {
		list[i] = row.kind
	}
	return list
}

// KindsFor returns the kinds that a role may see.
func KindsFor(reader Role) []Kind {
	return slices.DeleteFunc(Kinds(), func(k Kind) bool { return !k.VisibleTo(reader) })
}

// ErrUnknownKind refuses an event of a kind that is not in the table. A replica of
// a later version may know it.
var ErrUnknownKind = errors.New("this version does not know the kind of event")

// Check returns an error that wraps ErrUnknownKind unless the kind is in the table.
func (k Kind) Check() error {
	if k.Leaf() == "" {
		return fmt.Errorf("%w %.40q", ErrUnknownKind, string(k))
	}
	return nil
}

// Leaf returns where events of the kind are stored: "" for an unknown kind.
func (k Kind) Leaf() Leaf { return k.traits().leaf }

// VisibleTo reports whether the role may see events of the kind.
func (k Kind) VisibleTo(reader Role) bool { return slices.Contains(k.traits().readers, reader) }

// CarriesState reports whether every event of the kind carries the chat's state
// after it, so that the last such event has the chat's present state.
func (k Kind) CarriesState() bool { return strings.HasPrefix(string(k.Leaf()), "out.") }

// IsInput reports whether events of the kind wait for an answer or a decision. The
// visitor sends them; the bot sends its own request to escalate.
func (k Kind) IsInput() bool { return strings.HasPrefix(string(k.Leaf()), "in.") }

// Sealed reports whether the text of such events is encrypted in the stream.
func (k Kind) Sealed() bool { return k.traits().sealed }

// Spoken reports whether the text of such events is somebody's words, rather than
// a sentence of the program.
func (k Kind) Spoken() bool { return k.traits().spoken }

// Internal reports whether the leaf is a subject apart, which no visitor's feed matches.
func (l Leaf) Internal() bool { return l == LeafInternal || l == LeafCard }

// SeesInternal reports whether the role may see anything on internal leaves.
func (r Role) SeesInternal() bool {
	return slices.ContainsFunc(KindsFor(r), func(k Kind) bool { return k.Leaf().Internal() })
}
