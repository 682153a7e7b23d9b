package gateway

import (
	"context"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// agentHandlers has a handler for each kind of frame that agents send.
var agentHandlers = map[string]func(*agentSession, context.Context, frame.In, chat.ID) error{
	"open":     (*agentSession).open,
	"leave":    (*agentSession).leave,
	"page":     (*agentSession).olderEvents,
	"typing":   (*agentSession).typing,
	"read":     (*agentSession).read,
	"look":     (*agentSession).look,
	"chats":    (*agentSession).chats,
	"take":     calls(roles.DeskTake),
	"step_in":  calls(roles.DeskStepIn),
	"dealt":    calls(roles.DeskDealt),
	"say":      calls(roles.DeskSay),
	"note":     calls(roles.DeskNote, (*agentSession).mention),
	"card":     (*agentSession).card,
	"macro":    (*agentSession).macro,
	"draft":    (*agentSession).draft,
	"return":   calls(roles.DeskReturn),
	"transfer": calls(roles.DeskTransfer),
	"close":    calls(roles.DeskClose),

	"take_over": calls(roles.DeskTakeOver),
	"pass_on":   gives(roles.DeskPassOn),
	"assign":    gives(roles.DeskAssign),

	"mentions_seen": (*agentSession).mentionsSeen,

	"close_source": (*agentSession).closeSource,
}
