package botworker

import (
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// onlyOpen reports whether the message is all that is open in the chat up to itself, if the
// hint's state is the chat's, which the guarded append finds out. So an ordinary answer
// needs no read: the stream vouches for which event of the visitor's came before, and in
// that state it is dealt with.
func onlyOpen(e chat.Event, hint *bus.Hint) bool {
	return e.Kind == chat.Message && hint.Input <= hint.State.AnsweredThrough && hint.State.AnsweredThrough < e.Seq
}
