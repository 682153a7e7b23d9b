package escalation

import (
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// receiver returns the agent with the name that visitors read, if they can be given a chat now:
// online, and not away. Whether there is room is found when a place is reserved. Agents who take a
// chat themselves need not be available.
func (w *Worker) receiver(user string) (who chat.Agent, ok bool) {
	who, is, known := w.mirror.Availability(user)
	return who, known && is == desk.Available
}
