package roles

import (
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/rights"
)

// IdleTimer is the kind of the timer that closes a chat in which nobody writes for
// IDLE_LIMIT. The bot sets it when a message begins a chat or opens it again, and the
// escalation worker acts on it.
const IdleTimer = "idle"

// WakeTimer is the kind of the timer with which the bot, which is handed all messages, has the
// escalation worker wake a chat that its agent snoozed: its visitor wrote.
const WakeTimer = "wake"

// The calls of the escalation service. Agent is the agent who acts, and Role what that
// account is at the gateway: each call is refused that the role may not make. ID is the
// client's id of the call: a call that is repeated with the same one happens once.
var (
	DeskTake = bus.Endpoint[DeskRequest, DeskReply]{Name: "escalation.take"}
	// DeskStepIn takes a chat that nobody asked a person into: one that is with the bot, or
	// a closed one whose visitor left an address. DeskDealt marks such a chat as dealt with.
	DeskStepIn = bus.Endpoint[DeskRequest, DeskReply]{Name: "escalation.step_in"}
	DeskDealt  = bus.Endpoint[DeskRequest, DeskReply]{Name: "escalation.dealt"}
	DeskSay    = bus.Endpoint[DeskRequest, DeskReply]{Name: "escalation.say"}
	DeskNote   = bus.Endpoint[DeskRequest, DeskReply]{Name: "escalation.note"}
	DeskCard   = bus.Endpoint[CardRequest, DeskReply]{Name: "escalation.card"}
	// DeskVouch writes on a card what the site vouches for in a token that it signed.
	DeskVouch    = bus.Endpoint[VouchRequest, DeskReply]{Name: "escalation.vouch"}
	DeskReturn   = bus.Endpoint[DeskRequest, DeskReply]{Name: "escalation.return"}
	DeskTransfer = bus.Endpoint[DeskRequest, DeskReply]{Name: "escalation.transfer"}
	DeskClose    = bus.Endpoint[DeskRequest, DeskReply]{Name: "escalation.close"}
	// DeskPassOn gives the agent's chat to To, or puts it into the line of Team, with a note for agents if it has a Text.
	// DeskAssign gives a waiting chat to To. DeskTakeOver takes a chat from the agent who has it.
	DeskPassOn   = bus.Endpoint[DeskRequest, DeskReply]{Name: "escalation.pass_on"}
	DeskAssign   = bus.Endpoint[DeskRequest, DeskReply]{Name: "escalation.assign"}
	DeskTakeOver = bus.Endpoint[DeskRequest, DeskReply]{Name: "escalation.take_over"}
	// DeskSnooze lets the agent's chat rest until Until, or, if that is zero, until the visitor
	// writes; DeskWake ends that.
	DeskSnooze = bus.Endpoint[DeskRequest, DeskReply]{Name: "escalation.snooze"}
	DeskWake   = bus.Endpoint[DeskRequest, DeskReply]{Name: "escalation.wake"}
	// DeskCloseSource closes the waiting chats of one source together.
	DeskCloseSource = bus.Endpoint[SourceRequest, SourceReply]{Name: "escalation.close_source"}
)

// SourceRequest names the source by its label, desk.Entry.Label. Who asked for a person
// after Before goes on waiting, so a repeated call closes nobody whom the agent did not see.
// If it is zero, a repeated call closes what waits then.
type SourceRequest struct {
	Source string      `json:"source"`
	Before time.Time   `json:"before,omitzero"`
	ID     string      `json:"id"`
	Agent  chat.Agent  `json:"agent"`
	Role   rights.Role `json:"role,omitempty"`
}

// SourceReply says how many chats were closed, and how many are left because there are
// more than one call closes.
type SourceReply struct {
	Closed int `json:"closed"`
	Left   int `json:"left,omitempty"`
}

// DeskRequest is something that an agent does to a chat. Text belongs to say, note and pass_on,
// To to pass_on and assign. Team is the id of the team that a chat is passed on to. Seen belongs to say: up to where the agent had seen the chat when they
// wrote it, and to snooze; 0: it does not matter what came since. Until belongs to snooze. Files
// belong to say and note, which then need no text; the gateway has seen their tickets.
type DeskRequest struct {
	Chat  chat.ID     `json:"chat"`
	ID    string      `json:"id"`
	Agent chat.Agent  `json:"agent"`
	Role  rights.Role `json:"role,omitempty"`
	To    chat.Agent  `json:"to,omitzero"`
	Team  string      `json:"team,omitempty"`
	Text  string      `json:"text,omitempty"`
	Seen  uint64      `json:"seen,omitempty"`
	Until time.Time   `json:"until,omitzero"`
	Files []chat.File `json:"files,omitempty"`
}

// CardRequest changes the card of a chat. The edit need not be clean.
type CardRequest struct {
	Chat  chat.ID       `json:"chat"`
	ID    string        `json:"id"`
	Agent chat.Agent    `json:"agent"`
	Role  rights.Role   `json:"role,omitempty"`
	Edit  chat.CardEdit `json:"edit"`
}

// VouchRequest is what a site vouches for of the visitor in a chat: attributes, the address and
// the language. Nothing else of the edit counts, and its attributes become the site's.
type VouchRequest struct {
	Chat chat.ID       `json:"chat"`
	Edit chat.CardEdit `json:"edit"`
}

// DeskReply names the event that it became; 0 if the chat was in that state already.
type DeskReply struct {
	Seq uint64 `json:"seq"`
}
