package chat

// Accepts returns the step that a request leads to in a chat with this state, or
// false if it leads to nothing: it is decided already, or not possible in this state,
// or meaningless.
//
// Whether there is a place in the line is not decided here, nor which team it is that Step.Team
// calls so.
//
// A request is decided once: State.RequestsThrough says so. A request that is refused
// is not recorded, and need not be: looked at again before the next change it is
// refused again, and that change records it.
func (s State) Accepts(request Event) (Step, bool) {
	if request.Kind != Request || request.Seq <= s.RequestsThrough {
		return Step{}, false
	}
	step := Step{Kind: StateChange, AnsweredThrough: request.Seq, RequestsThrough: request.Seq}
	switch request.Request {
	case Escalate:
		step.Reason, step.Source, step.Team = Escalated, request.Source, request.Team()
		if request.From.Role == RoleBot {
			// The bot announces a person in a reply first, which sets Handover. Every
			// change clears it. So this one flag says that the announced person is
			// still to come, whichever of the bot's requests this is and however late:
			// the request's Covers adds nothing to it.
			if !s.Handover {
				return Step{}, false
			}
			step.Reason = BotGaveUp
		}
	case Cancel:
		step.Reason = Cancelled
	case Close:
		// The bot has already answered what the visitor wrote after closing.
		if s.Is() == WithBot && s.AnsweredThrough > request.Seq {
			return Step{}, false
		}
		step.Reason = ByVisitor
	case LeaveEmail:
		// Nobody's words are dealt with by it: whoever owed an answer still does.
		step.Reason, step.AnsweredThrough = EmailLeft, 0
		step.Source, step.Email, step.Left = request.Source, request.Email(), request.Seq
	case GiveName:
		step.Reason, step.AnsweredThrough, step.Visitor = NameGiven, 0, request.From.Name
	default: // rate: nothing to decide
		return Step{}, false
	}
	if request.From.Role != RoleVisitor && step.Reason != BotGaveUp {
		return Step{}, false
	}
	_, err := s.Apply(step)
	return step, err == nil
}

// IsOpen reports whether an input with which the chat's state does not deal yet waits for the bot,
// or for a decision.
func (s State) IsOpen(input Event) bool {
	if input.Kind == Message {
		return s.BotSpeaks() && input.Seq > s.AnsweredThrough
	}
	_, open := s.Accepts(input)
	return open
}
