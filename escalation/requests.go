package escalation

import "github.com/parley-chat/parley/pkg/chat"

// grant returns the step that a request (an Ask) leads to in a chat with this
// state, or false where it leads to nothing: it is decided already, or not
// possible in this state, or void.
//
// A request is decided once: State.RequestsThrough tells. One that is refused is not
// recorded, and needs not be: looked at again before the next change it is
// refused again, and that next change records it.
func grant(ask chat.Event, s chat.State) (chat.Step, bool) {
	if ask.Kind != chat.Request || ask.Seq <= s.RequestsThrough {
		return chat.Step{}, false
	}
	step := chat.Step{Kind: chat.StateChange, AnsweredThrough: ask.Seq, RequestsThrough: ask.Seq}
	switch ask.Request {
	case chat.Escalate:
		step.Reason = chat.Escalated
		if ask.From.Role == chat.RoleBot {
			// The bot announces a person in a reply first, which sets Handover.
			// Every change clears it. So this one flag says that the announced
			// person is still to come, whichever of the bot's requests this is
			// and however late: Ask.Covers adds nothing to it.
			if !s.Handover {
				return chat.Step{}, false
			}
			step.Reason = chat.BotGaveUp
		}
	case chat.Cancel:
		step.Reason = chat.Cancelled
	case chat.Close:
		// The bot has already answered what the visitor wrote after closing.
		if s.Is() == chat.WithBot && s.AnsweredThrough > ask.Seq {
			return chat.Step{}, false
		}
		step.Reason = chat.ByVisitor
	default: // rate: nothing to decide
		return chat.Step{}, false
	}
	if ask.From.Role != chat.RoleVisitor && step.Reason != chat.BotGaveUp {
		return chat.Step{}, false
	}
	_, err := s.Apply(step)
	return step, err == nil
}

// oldestGranted returns the step of the first request among the events that is
// granted. The events are in the order of the log.
func oldestGranted(events []chat.Event, s chat.State) (chat.Step, bool) {
	for _, e := range events {
		if step, ok := grant(e, s); ok {
			return step, true
		}
	}
	return chat.Step{}, false
}
