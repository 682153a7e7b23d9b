// Package client is a visitor on a WebSocket that does what docs/protocol.md
// asks of a client, and keeps a record of all that it was told.
package client

// Event is an entry of a chat as a client reads it.
type Event struct {
	Seq     uint64  `json:"seq"`
	Prev    uint64  `json:"prev"`
	At      string  `json:"at"`
	Kind    string  `json:"kind"`
	ID      string  `json:"id"`
	From    Speaker `json:"from"`
	Text    string  `json:"text"`
	What    string  `json:"what"`
	Status  string  `json:"status"`
	Through uint64  `json:"through"`
}

// Speaker is who says it.
type Speaker struct {
	Role string `json:"role"`
	Name string `json:"name"`
}

// frame is any frame of the server's.
type frame struct {
	T string `json:"t"`
	Event
	Chat    string  `json:"chat"`
	Name    string  `json:"name"`
	Token   string  `json:"token"`
	More    bool    `json:"more"`
	Events  []Event `json:"events"`
	Code    string  `json:"code"`
	Message string  `json:"message"`
	Retry   int64   `json:"retry_after_ms"`
}

// request is any frame of the client's.
type request struct {
	T      string `json:"t"`
	ID     string `json:"id,omitempty"`
	Name   string `json:"name,omitempty"`
	Token  string `json:"token,omitempty"`
	Since  uint64 `json:"since,omitempty"`
	Text   string `json:"text,omitempty"`
	Again  bool   `json:"again,omitempty"`
	Before uint64 `json:"before,omitempty"`
	Limit  int    `json:"limit,omitempty"`
}
