package escalation

import "github.com/parley-chat/parley/pkg/chat"

// accept returns the step that a request leads to in a chat with this state, or
// false if it leads to nothing: it is decided already, or not possible in this state,
// or meaningless.
//
// Whether there is a place in the line is not decided here: see line.admit. Nor is which team
// it is that Step.Team calls so: see Worker.teamCalled.
//
// A request is decided once: State.RequestsThrough says so. A request that is refused
// is not recorded, and need not be: looked at again before the next change it is
// refused again, and that change records it.
func accept(request chat.Event, s chat.State) (chat.Step, bool) {
	if request.Kind != chat.Request || request.Seq <= s.RequestsThrough {
		return chat.Step{}, false
	}
	step := chat.Step{Kind: chat.StateChange, AnsweredThrough: request.Seq, RequestsThrough: request.Seq}
	switch request.Request {
	case chat.Escalate:
		step.Reason, step.Source, step.Team = chat.Escalated, request.Source, request.Team()
		if request.From.Role == chat.RoleBot {
			// The bot announces a person in a reply first, which sets Handover. Every
			// change clears it. So this one flag says that the announced person is
			// still to come, whichever of the bot's requests this is and however late:
			// the request's Covers adds nothing to it.
			if !s.Handover {
				return chat.Step{}, false
			}
			step.Reason = chat.BotGaveUp
		}
	case chat.Cancel:
		step.Reason = chat.Cancelled
	case chat.Close:
		// The bot has already answered what the visitor wrote after closing.
		if s.Is() == chat.WithBot && s.AnsweredThrough > request.Seq {
			return chat.Step{}, false
		}
		step.Reason = chat.ByVisitor
	case chat.LeaveEmail:
		// Nobody's words are dealt with by it: whoever owed an answer still does.
		step.Reason, step.AnsweredThrough = chat.EmailLeft, 0
		step.Source, step.Email, step.Left = request.Source, request.Email(), request.Seq
	case chat.GiveName:
		step.Reason, step.AnsweredThrough, step.Visitor = chat.NameGiven, 0, request.From.Name
	default: // rate: nothing to decide
		return chat.Step{}, false
	}
	if request.From.Role != chat.RoleVisitor && step.Reason != chat.BotGaveUp {
		return chat.Step{}, false
	}
	_, err := s.Apply(step)
	return step, err == nil
}

// firstAccepted returns the step of the first request among the events, which are in
// the log's order, that is accepted.
func firstAccepted(events []chat.Event, s chat.State) (chat.Step, bool) {
	for _, e := range events {
		if step, ok := accept(e, s); ok {
			return step, true
		}
	}
	return chat.Step{}, false
}
