package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/codes"
)

// Errors of the bus. After any other one a retry may succeed, and whether a message was
// stored is unknown.
var (
	// ErrConflict: somebody else wrote first. Nothing was stored.
	ErrConflict = errors.New("the chat has moved on")
	// ErrNotFound: there is no such thing.
	ErrNotFound = errors.New("not found")
	// ErrUnavailable: nothing answers (no service, no stream leader, no NATS), or what
	// answers can't do it now. The request is never at fault: a delivery that fails
	// with it comes again for as long as it takes.
	ErrUnavailable = errors.New("temporarily unavailable")
)

// permanentError marks a failure that no retry can fix.
type permanentError struct{ error }

func (e permanentError) Unwrap() error { return e.error }

// Permanent marks err so that the delivery that failed with it becomes a dead letter
// instead of being tried again.
func Permanent(err error) error { return permanentError{err} }

// IsPermanent reports whether err, or an error that it wraps, was marked.
func IsPermanent(err error) bool {
	var p permanentError
	return errors.As(err, &p)
}

// Refusal is a service's refusal of a call: a code for programs and a sentence for a
// person.
type Refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	// Detail is what a developer needs to know besides, for logs and a browser's console.
	// It is never shown to a person who reads the message.
	Detail string `json:"detail,omitempty"`
}

func (e *Refusal) Error() string { return e.Message }

// Refuse returns a refusal with the code's own sentence.
func Refuse(code string) *Refusal { return &Refusal{Code: code, Message: codes.Sentence(code)} }

// idInProcess is NATS' code for a message with the id of another one that is not stored
// yet: usually the same message, sent again. In a moment it will count as a duplicate.
const idInProcess jetstream.ErrorCode = 10158

// translate wraps errors of nats.go into those that the rest of Parley knows.
func translate(err error) error {
	if err == nil {
		return nil
	}
	var api *jetstream.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode {
		case jetstream.JSErrCodeStreamWrongLastSequence, jetstream.JSErrCodeStreamWrongLastSequenceConstant:
			return fmt.Errorf("%w (%w)", ErrConflict, err)
		case jetstream.JSErrCodeMessageNotFound:
			return fmt.Errorf("%w (%w)", ErrNotFound, err)
		}
		if api.Code >= 500 || isLimit(api.ErrorCode) || api.ErrorCode == idInProcess { // the server can't do it now: a full disk, no leader, a stream that is offline
			return fmt.Errorf("%w (%w)", ErrUnavailable, err)
		}
		return err
	}
	for _, down := range []error{nats.ErrNoResponders, nats.ErrTimeout, nats.ErrConnectionClosed, nats.ErrConnectionReconnecting,
		nats.ErrReconnectBufExceeded, nats.ErrDisconnected, nats.ErrNoServers, jetstream.ErrNoStreamResponse, context.DeadlineExceeded} {
		if errors.Is(err, down) {
			return fmt.Errorf("%w (%w)", ErrUnavailable, err)
		}
	}
	return err
}
