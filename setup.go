package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/logging"
)

// setupDelay is between tries while NATS is not there yet.
var setupDelay = backoff.Policy{Min: 500 * time.Millisecond, Max: 10 * time.Second}

// noteKey is the argument with which parley setup makes a new key for notes.
const noteKey = "note-key"

// runSetup makes what the roles use on NATS and ends. It is for installations
// where the roles themselves may make nothing. With the argument note-key it makes
// a new key for notes and nothing else. It returns the exit code, as run does, and
// waits for a NATS that is not there yet.
func runSetup(ctx context.Context, args []string, out, errs io.Writer) int {
	if len(args) > 1 || len(args) == 1 && args[0] != noteKey {
		fmt.Fprintf(errs, "parley setup: there is nothing to do for %q. Try parley help.\n", strings.Join(args, " "))
		return 2
	}
	s, err := load("setup")
	if err != nil {
		fmt.Fprintf(errs, "parley setup: these settings can't be used:\n  %s\n", strings.ReplaceAll(err.Error(), "\n", "\n  "))
		return 2
	}
	s.log = logging.New(os.Stderr, s.LogLevel, s.LogFormat)
	conn, err := bus.Connect(ctx, bus.Options{URL: s.NATSURL, CA: s.NATSCA, Name: "setup", Streams: s.Streams, Replicas: s.NATSReplicas, Log: s.log})
	if err != nil {
		fmt.Fprintf(errs, "parley setup: %s\n", sentence(err))
		return codeOf(err)
	}
	defer conn.Close()
	act, done := conn.MakeAll, "All that the roles need is on NATS."
	if len(args) == 1 {
		act, done = conn.RenewNoteKey, "Notes are sealed with a new key from now on. The older keys open what they sealed."
	}
	for try := 1; ; try++ {
		err = act(ctx)
		if err == nil {
			fmt.Fprintln(out, done)
			return 0
		}
		if !errors.Is(err, bus.ErrUnavailable) {
			break
		}
		s.log.Warn().Err(err).Int("try", try).Msg("waiting for NATS")
		if setupDelay.Wait(ctx, try) != nil {
			break
		}
	}
	fmt.Fprintf(errs, "parley setup: %s\n", sentence(err))
	return codeOf(err)
}
