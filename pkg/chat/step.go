package chat

import (
	"errors"
	"fmt"
	"time"
)

// Step is something that the bot, an agent or the system wants to do to a chat.
type Step struct {
	Reason Reason    // for a StateChange; empty for a bot reply or an agent's words
	Kind   Kind      // StateChange, Reply or Say
	By     Agent     // the agent, for a step of an agent
	To     Agent     // who gets the chat, of PassedOn
	At     time.Time // the time of the decision
	// AnsweredThrough is the last of the visitor's sequences that the step handles.
	AnsweredThrough uint64
	// RequestsThrough, on a StateChange, is the last sequence up to which all requests
	// are decided by it or were decided before.
	RequestsThrough uint64
	// Visitor is the visitor's name, if the step knows it. With NameGiven it is the name that
	// was given.
	Visitor string
	// Handover, on a Reply, announces that a person will take over.
	Handover bool
	// Source, on a step that puts the chat into the line for the first time, or makes it
	// missed, is that of the request.
	Source string
	// Email, on a step that makes the chat missed, is the address that was left, and Left
	// the sequence of the request that left it.
	Email string
	Left  uint64
	// Team, on a step into the line (Escalated, BotGaveUp, Transferred), is the id of the team
	// in whose line the chat waits from then on, or NoTeam. Empty: it stays with its team.
	Team string
	// Seen, of Snoozed, is the last event that the decision knows of, and Until when the chat
	// wakes; zero: when the visitor writes. Owes, of a step that snoozes a chat or wakes it,
	// says that the visitor waits for an answer.
	Seen  uint64
	Until time.Time
	Owes  bool
	// Home is the region that the chat goes to, of MovedAway.
	Home Region
}

// Refusals of a step. ErrUnchanged means that the chat is already in that state.
var (
	ErrUnchanged  = errors.New("the chat is already so")
	ErrNotWaiting = errors.New("the chat is not waiting for a person")
	ErrNotLive    = errors.New("the chat is not with a person")
	ErrNotBot     = errors.New("the chat is not with the bot")
	ErrClosed     = errors.New("the chat is closed")
	ErrCovered    = errors.New("the message is already answered")
	ErrStep       = errors.New("there is no such step")
	ErrSelf       = errors.New("nobody passes a chat on to themselves")
	ErrAsleep     = errors.New("the chat is snoozed")
	ErrMoved      = errors.New("the chat is moved to another region")
)

// TakenError refuses an agent who acts on a chat that another agent holds, since that time.
type TakenError struct {
	By    Agent
	Since time.Time
}

// Error names the agent who has the chat.
func (e *TakenError) Error() string { return fmt.Sprintf("%s has this chat", e.By.Name) }
