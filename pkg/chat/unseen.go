package chat

import "fmt"

// AskFrom is how many unseen messages make an agent's words a question: one more message while
// the connection was gone is everyday, and what was written mostly still fits; after two the
// visitor may be somewhere else.
const AskFrom = 2

// UnseenError refuses words of an agent who has not seen what came since they were written.
type UnseenError struct {
	Count int // of messages; 0: more than is known any more
}

// Error says how many messages came.
func (e *UnseenError) Error() string {
	if e.Count == 0 {
		return "Many messages came in since you wrote this."
	}
	return fmt.Sprintf("%d messages came in since you wrote this.", e.Count)
}

// Seen decides whether an agent's words may be said that were written when the log ended
// before the events after. whole says that these are all that came. It returns an
// *UnseenError if AskFrom messages of others, or more, are among them: the visitor's, the
// bot's or another agent's. A change of who answers is none, nor is what only agents see.
func Seen(after []Event, whole bool, by Agent) error {
	if !whole {
		return &UnseenError{}
	}
	n := 0
	for _, e := range after {
		switch e.Kind {
		case Message, Reply:
			n++
		case Say:
			if e.From.User != by.User {
				n++
			}
		case Request:
			if e.From.Role == RoleVisitor && e.Text != "" && e.Request != Rate {
				n++
			}
		}
	}
	if n >= AskFrom {
		return &UnseenError{Count: n}
	}
	return nil
}
