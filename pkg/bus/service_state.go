package bus

import "github.com/parley-chat/parley/pkg/chat"

// StoredState is the call by which a chat's state comes from the store. It is the one
// call that this package makes itself, so it stands here and not in pkg/roles.
var StoredState = Endpoint[StateRequest, StateReply]{"history.last"}

// StateRequest asks for the last event in the store that carries a chat's state.
type StateRequest struct {
	Chat chat.ID `json:"chat"`
}

// StateReply has no Event if there is none.
type StateReply struct {
	Event *chat.Event `json:"event,omitempty"`
}
