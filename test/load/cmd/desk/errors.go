package main

import (
	"errors"
	"fmt"

	"github.com/parley-chat/parley/test/load/internal/agent"
)

var errNoChat = errors.New("there is no chat to close")

// refusedError is a call that should have been done.
type refusedError struct{ got agent.Answer }

func (e *refusedError) Error() string {
	return fmt.Sprintf("refused with %s: %s", e.got.Code, e.got.Says)
}
