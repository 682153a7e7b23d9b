// Package history is what a run leaves behind in a folder of JSON lines: what every
// client did and received, the faults that were injected meanwhile, and what the
// streams and the store held at the end. Clients write it and the checker reads it. It
// shares nothing with Parley's own code.
//
//	clients/<client>.jsonl   entries, in the order in which the client made them
//	harm.jsonl               what was done to the system
//	teams.jsonl              what the teams were, one version after the other
//	stream.jsonl             every event in the streams, by stream and sequence
//	store.jsonl              every event in the store, by chat and sequence
//	files.jsonl              what the files of messages were like at the end, if there were any
package history

import "time"

// Op says what an entry is about.
type Op string

// What a client does and receives. "+" lists the fields that are set besides At, Client,
// Op and Conn.
const (
	Begin Op = "begin" // the first entry of a client: + Role, Name, User (agents)
	Open  Op = "open"  // a connection is made: + Gateway
	End   Op = "end"   // the connection has ended: + Close (its code, 0 without one), Own (the client ended it)
	Slow  Op = "slow"  // the client does not read for a while: + For
	Done  Op = "done"  // the client's last entry: it ended by itself and expects to have seen everything

	Hello   Op = "hello"   // a visitor says hello: + Since, Signed (what the site's token says, if it has one)
	Welcome Op = "welcome" // + Chat, Seq (the chat's last), Status, Agent, More (events stand before the first that comes)
	Watch   Op = "watch"   // an agent opens a chat: + Chat, ID, Since
	Watched Op = "watched" // the answer: + Chat, ID, Seq, Status, Agent, More
	Leave   Op = "leave"   // an agent no longer watches: + Chat

	Send  Op = "send"  // a visitor's frame: + Chat, ID, What (message, escalate, cancel, close, rate, leave_email, name), Text, Email, Called, Choice, Files, Score, Again
	Call  Op = "call"  // an agent's frame: + Chat, ID, What (take, step_in, dealt, say, note, tag, untag, mark, return, transfer, close, snooze, wake, take_over, pass_on, pass_team, assign), Text (of mark a name and its value with = between, of the last three who, or which team, gets the chat), Since (what was seen, of say)
	Ack   Op = "ack"   // stored: + Chat, ID, Seq (0: the call changed nothing)
	Error Op = "error" // refused: + Chat, ID, Code (the protocol's), Retry (ms)
	Told  Op = "event" // an event: + Chat, Event
	Ask   Op = "ask"   // a page is asked for: + Chat, ID, Before, Limit
	Page  Op = "page"  // the page: + Chat, ID, Events, More
	Duty  Op = "duty"  // an agent is away, perhaps, from here on, or surely available: + What (away, available)
	// Mentions is where an agent reads that they were mentioned and did not look: + Events (Chat, Seq, User: by whom)
	Mentions Op = "mentions"
)

// Entry is one thing that a client did or received.
type Entry struct {
	At     time.Duration `json:"at"` // since the run began; one clock for all clients
	Client string        `json:"client"`
	Op     Op            `json:"op"`
	Conn   int           `json:"conn,omitempty"` // which of the client's connections, from 1

	Role    string        `json:"role,omitempty"` // visitor or agent
	Name    string        `json:"name,omitempty"`
	User    string        `json:"user,omitempty"`
	Gateway string        `json:"gateway,omitempty"`
	Close   int           `json:"close,omitempty"`
	Own     bool          `json:"own,omitempty"`
	For     time.Duration `json:"for,omitempty"`
	Chat    string        `json:"chat,omitempty"`
	ID      string        `json:"id,omitempty"`
	What    string        `json:"what,omitempty"`
	Text    string        `json:"text,omitempty"`
	Email   string        `json:"email,omitempty"`
	Called  string        `json:"called,omitempty"` // the name that is given
	Choice  string        `json:"choice,omitempty"` // that was pressed to write the message
	Files   string        `json:"files,omitempty"`  // that a message names, see AttachedList
	Score   int           `json:"score,omitempty"`  // of a rating
	Signed  string        `json:"signed,omitempty"` // a name and its value with = between
	Again   bool          `json:"again,omitempty"`
	Since   uint64        `json:"since,omitempty"`
	Seq     uint64        `json:"seq,omitempty"`
	Status  string        `json:"status,omitempty"`
	Agent   string        `json:"agent,omitempty"`
	More    bool          `json:"more,omitempty"`
	Before  uint64        `json:"before,omitempty"`
	Limit   int           `json:"limit,omitempty"`
	Code    string        `json:"code,omitempty"`
	Retry   int64         `json:"retry_after_ms,omitempty"`
	Event   *Event        `json:"event,omitempty"`
	Events  []Event       `json:"events,omitempty"`
}

// Event is an entry of a chat's log, as a client received it or as it is in a stream or
// the store. A field that a viewer does not get is empty.
type Event struct {
	Chat     string `json:"chat,omitempty"`   // in stream.jsonl and store.jsonl
	Region   string `json:"region,omitempty"` // in stream.jsonl and store.jsonl of several regions: where it stands
	Seq      uint64 `json:"seq"`
	Prev     uint64 `json:"prev,omitempty"` // only as received
	At       string `json:"at,omitempty"`   // RFC 3339
	Kind     string `json:"kind"`           // message, ask, reply, say, state, note, card
	ID       string `json:"id,omitempty"`   // the client's own, without an account before it
	Role     string `json:"role"`           // the speaker's: visitor, bot, agent, system
	Name     string `json:"name,omitempty"`
	User     string `json:"user,omitempty"` // an agent's account; visitors don't get it
	Text     string `json:"text,omitempty"`
	What     string `json:"what,omitempty"`
	Email    string `json:"email,omitempty"`  // on an ask to leave_email; visitors don't get it
	Choice   string `json:"choice,omitempty"` // on a message: the choice that was pressed to write it
	Files    string `json:"files,omitempty"`  // on message, say and note: what it names, see AttachedList
	Tags     string `json:"tags,omitempty"`   // on card: all that the chat has after it, one a line; visitors don't get it
	Marks    string `json:"marks,omitempty"`  // on card: all attributes after it, one a line: name=value, and (signed) behind it if the site vouches for it
	Score    int    `json:"score,omitempty"`
	Status   string `json:"status,omitempty"`   // on reply, say and state: the chat's after it
	Agent    string `json:"agent,omitempty"`    // the name of the agent who has the chat after it
	Reason   string `json:"reason,omitempty"`   // on state
	Through  uint64 `json:"through,omitempty"`  // on reply, say and state
	Called   string `json:"called,omitempty"`   // on a change for a name that was given; in a stream and the store on reply, say and state: the name given last
	Visit    uint64 `json:"visit,omitempty"`    // on reply, say and state: the chat's visit; visitors don't get it
	Snoozed  uint64 `json:"snoozed,omitempty"`  // on reply, say and state, only in a stream and the store: the last event that whoever snoozed the chat knew of; 0: it is awake
	Until    string `json:"until,omitempty"`    // beside it, RFC 3339: when the chat wakes; empty: when its visitor writes
	Team     string `json:"team,omitempty"`     // only in a stream and the store: on message and ask, what the visitor's page calls the team; on reply, say and state, the id of the chat's team
	Holder   string `json:"holder,omitempty"`   // on reply, say and state, only in a stream and the store: the account of the agent who has the chat after it
	Handover bool   `json:"handover,omitempty"` // on reply, say and state, only in a stream and the store: a person was announced, and is still to come
	Missed   uint64 `json:"missed,omitempty"`   // on reply, say and state, only in a stream and the store: the ask to leave_email that nobody has dealt with
}

// Moved is a chat that was moved: all its homes, in order.
type Moved struct {
	Chat string   `json:"chat"`
	Path []string `json:"path"`
}

// Harm is one fault that was injected.
type Harm struct {
	At     time.Duration `json:"at"`
	Until  time.Duration `json:"until"` // when it was undone: the process runs again, the line is whole
	Kind   string        `json:"kind"`  // kill, pause, cut, delay, stop, away …
	Target string        `json:"target"`
}
