package report

import (
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// Row is what one visit came to, in figures. It has no words but those that came with a rating.
type Row struct {
	Chat chat.ID `json:"chat"`
	// First is the sequence of the visit's first event, at which a reader opens the chat.
	First uint64 `json:"first"`
	chat.VisitSum

	Messages int `json:"messages,omitempty"` // of the visitor
	Answers  int `json:"answers,omitempty"`  // of the bot, without set phrases
	Says     int `json:"says,omitempty"`     // of agents

	// Asked is when a person was first asked for, by the visitor or by the bot, or an agent
	// came unasked; zero if neither. Call is why: chat.Escalated, chat.BotGaveUp or
	// chat.SteppedIn, or, if there was no place in line, chat.LineFull or chat.AddressFull.
	Asked time.Time   `json:"asked,omitzero"`
	Call  chat.Reason `json:"call,omitempty"`
	// Joined is when an agent first had the chat, and Said when one first said something.
	Joined time.Time `json:"joined,omitzero"`
	Said   time.Time `json:"said,omitzero"`
	// Waited is how long the chat was in line, all stays together, and Handled how long agents
	// had it, without the time in which it was snoozed. What goes on is not counted yet.
	Waited  time.Duration `json:"waited,omitempty"`
	Handled time.Duration `json:"handled,omitempty"`
	// PassedOn is how often the chat went from an agent to another one or back into a line.
	PassedOn int `json:"passed_on,omitempty"`

	Team string `json:"team,omitempty"` // the id of the last team that it was for
	// Words are those that came with the last rating.
	Words string `json:"words,omitempty"`
	// Next is when the chat's next visit began; zero if there was none so far.
	Next time.Time `json:"next,omitzero"`
}

// WithPerson reports whether an agent ever had the chat in the visit.
func (r *Row) WithPerson() bool { return !r.Joined.IsZero() }

// Abandoned reports whether the visitor asked for a person and went, or was turned away, before
// one came.
func (r *Row) Abandoned() bool {
	return r.Over() && !r.Asked.IsZero() && !r.WithPerson() && (r.Outcome == chat.LeftLine || r.Outcome == chat.NobodyAtAll)
}

// Over reports whether the visit was closed.
func (r *Row) Over() bool { return !r.Ended.IsZero() }
