package conn

import "github.com/gorilla/websocket"

// Ending is why a connection is closed: a WebSocket close code, which a client acts
// on, and a reason for whoever reads a trace.
type Ending struct {
	Code   int
	Reason string
}

// The table of close codes. docs/protocol.md says what a client does after each. The
// WebSocket library adds 1009 by itself, for a frame above MaxFrame.
var (
	GoingAway = Ending{websocket.CloseServiceRestart, "reconnect with since"} // 1012
	TooSlow   = Ending{websocket.CloseTryAgainLater, "reading too slowly"}    // 1013
	// Refused ends a connection that keeps sending what was refused.
	Refused = Ending{websocket.ClosePolicyViolation, "too many refused frames"} // 1008
	// Replaced ends the connection of a visitor who was idle while others wanted in and
	// all seats were taken.
	Replaced = Ending{4503, "others need the seat: come back when you write"}
	// SignedOut ends the console of an agent whose session is over, and the connection of
	// a visitor whose token was revoked.
	SignedOut = Ending{4401, "signed out"}
)
