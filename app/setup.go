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
	"github.com/parley-chat/parley/pkg/roles"
)

// setupDelay is between tries while NATS is not there yet.
var setupDelay = backoff.Policy{Min: 500 * time.Millisecond, Max: 10 * time.Second}

// setups are what parley setup does, by its argument.
var setups = map[string]func(ctx context.Context, conn *bus.Conn, out io.Writer) error{
	"": func(ctx context.Context, conn *bus.Conn, out io.Writer) error {
		return saying(out, "All that the roles need is on NATS.", conn.MakeAll(ctx, roles.Durables()))
	},
	"note-key": func(ctx context.Context, conn *bus.Conn, out io.Writer) error {
		return saying(out, "Notes are sealed with a new key from now on. The older keys open what they sealed.", conn.RenewNoteKey(ctx))
	},
	"balance": balance,
}

// saying says what was done, where it was.
func saying(out io.Writer, done string, err error) error {
	if err == nil {
		fmt.Fprintln(out, done)
	}
	return err
}

// balance spreads the leaders of streams and consumers over the nodes of NATS.
func balance(ctx context.Context, conn *bus.Conn, out io.Writer) error {
	moves := 0
	load, err := conn.Balance(ctx, roles.Durables(), func(m bus.Move) {
		moves++
		fmt.Fprintf(out, "%s.\n", m)
	})
	switch {
	case err != nil:
		return err
	case len(load) == 1:
		fmt.Fprintln(out, "NATS is one node, or keeps one copy: there is nothing to balance.")
	case moves == 0:
		fmt.Fprintf(out, "All is even already: %s.\n", bus.Led(load))
	default:
		fmt.Fprintf(out, "All is even: %s.\n", bus.Led(load))
	}
	return nil
}

// runSetup makes what the roles use on NATS and ends. It is for installations
// where the roles themselves may make nothing. With an argument it does what setups
// has for that and nothing else. It returns the exit code, as run does, and waits
// for a NATS that is not there yet.
func runSetup(ctx context.Context, args []string, out, errs io.Writer) int {
	act, known := setups[strings.Join(args, " ")]
	if !known {
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
	for try := 1; ; try++ {
		if err = act(ctx, conn, out); err == nil {
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
