package escalation

import (
	"errors"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

const (
	// newsFor is for how long an agent whose call is refused reads what happened to the chat,
	// rather than how it stands: so long somebody may still see it as it was.
	newsFor = 2 * time.Minute
	// justLeft is for how long somebody who went offline has just left.
	justLeft = time.Minute
)

// movedOn gives a refusal because of the chat's state the sentence that says what happened to
// the chat and when, if that was lately. The events are the chat's last ones.
func (w *Worker) movedOn(events []chat.Event, err error) error {
	var no *bus.Refusal
	if !errors.As(err, &no) {
		return err
	}
	switch no.Code {
	case codes.Taken, codes.NotWaiting, codes.NotLive, codes.ChatClosed:
	default:
		return err
	}
	for i := len(events) - 1; i >= 0; i-- {
		e := &events[i]
		if e.Kind != chat.StateChange || e.Reason == chat.NameGiven || e.Reason == chat.Dealt || e.Reason.ForAgents() {
			continue
		}
		age := max(0, w.now().Sub(e.At))
		if what := whatHappened(e); what != "" && age < newsFor {
			return &bus.Refusal{Code: no.Code, Message: what + " " + ago(age) + "."}
		}
		break
	}
	return err
}

// whatHappened says in words for agents what a change did, as a sentence that goes on with when.
func whatHappened(e *chat.Event) string {
	by, holder := e.From.Name, ""
	if e.State != nil && e.State.Agent != nil {
		holder = e.State.Agent.Name
	}
	switch e.Reason {
	case chat.Taken, chat.SteppedIn:
		return holder + " took this chat"
	case chat.Assigned:
		return holder + " was given this chat"
	case chat.PassedOn:
		return by + " passed this chat on to " + holder
	case chat.TakenOver:
		return by + " took over this chat"
	case chat.Returned:
		return by + " returned this chat to the bot"
	case chat.Transferred:
		return by + " returned this chat to the queue"
	case chat.AgentGone, chat.NoAnswer, chat.WokenInLine:
		return "This chat went back to the queue"
	case chat.Cancelled:
		return "The visitor left the queue"
	case chat.NobodyCame:
		return "This chat went back to the bot"
	case chat.ByAgent:
		return by + " closed this chat"
	case chat.ByVisitor:
		return "The visitor closed this chat"
	case chat.Idle:
		return "This chat was closed because nobody wrote,"
	}
	return ""
}

// ago says how long ago something was.
func ago(age time.Duration) string {
	switch s := int(age / time.Second); {
	case s < 1:
		return "just now"
	case s < 60:
		return fmt.Sprintf("%d s ago", s)
	}
	return fmt.Sprintf("%d min ago", int(age/time.Minute))
}
