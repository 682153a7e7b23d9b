package frame

import (
	"errors"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

// Refusal is why something was not done, and all that follows from it.
type Refusal struct {
	bus.Refusal // the code, the sentence that the client reads, and the detail for a developer
	// Retry is how long to wait before the same may succeed; 0: it never will.
	Retry time.Duration
	// Shed, one word of package admission, says that there was too much of
	// something, through no fault of this client. It is counted under that word and
	// costs the client nothing.
	Shed string
}

// Refuse returns a refusal of what can never succeed.
func Refuse(code, sentence string) *Refusal {
	return &Refusal{Refusal: bus.Refusal{Code: code, Message: sentence}}
}

// awayRetry is when a client should try again if the home of its chat can't be reached: that
// it is, is known at once.
const awayRetry = 2 * time.Second

// RefusalOf is the one table from errors to what a client reads and what follows
// from it. People see sentences, never internals.
func RefusalOf(err error) *Refusal {
	var done *Refusal
	var no *bus.Refusal
	var text *chat.TextError
	var away *bus.AwayError
	switch {
	case errors.As(err, &done):
		return done
	case errors.As(err, &no):
		return &Refusal{Refusal: *no}
	case errors.As(err, &text) && text.TooLong:
		return Refuse(codes.TooLong, text.Sentence)
	case errors.As(err, &text):
		return Refuse(codes.BadText, text.Sentence)
	}
	if errors.As(err, &away) && away.Moving() {
		r := Refuse(codes.Unavailable, "This chat is being moved to another region. We'll try again in a moment.")
		r.Retry = time.Second
		return r
	}
	if errors.As(err, &away) {
		r := Refuse(codes.Unavailable, "This chat is kept in another region, which can't be reached right now. We'll try again in a moment.")
		r.Retry = awayRetry
		return r
	}
	r := Refuse(codes.Unavailable, "This can't be done right now. We'll try again in a moment.")
	r.Retry = time.Second
	return r
}

// Error is the answer to a frame that was refused.
type Error struct {
	T       string  `json:"t"`
	Code    string  `json:"code"`
	Message string  `json:"message"`
	Detail  string  `json:"detail,omitempty"`
	ID      string  `json:"id,omitempty"`
	Chat    chat.ID `json:"chat,omitempty"`
	RetryMS int64   `json:"retry_after_ms,omitempty"`
}

// Answer is the refusal as the answer to the frame with that client id. about names
// the chat to an agent, who has many.
func (r *Refusal) Answer(id string, about chat.ID) Error {
	f := Error{T: "error", Code: r.Code, Message: r.Message, Detail: r.Detail, ID: id, Chat: about}
	if r.Retry > 0 {
		f.RetryMS = max(1, r.Retry.Milliseconds())
	}
	return f
}
