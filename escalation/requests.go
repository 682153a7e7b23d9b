package escalation

import "github.com/parley-chat/parley/pkg/chat"

// firstAccepted returns the step of the first request among the events, which are in
// the log's order, that is accepted.
func firstAccepted(events []chat.Event, s chat.State) (chat.Step, bool) {
	for _, e := range events {
		if step, ok := s.Accepts(e); ok {
			return step, true
		}
	}
	return chat.Step{}, false
}
