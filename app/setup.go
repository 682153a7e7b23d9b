package app

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
		return saying(out, "Notes are sealed with a new key from now on. The older keys open what they sealed.", conn.RenewSealKey(ctx))
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

// Setup makes what the roles use on NATS and ends. It is for installations
// where the roles themselves may make nothing. With an argument it does what setups
// has for that and nothing else. It waits for a NATS that is not there yet.
func Setup(ctx context.Context, args []string, out io.Writer) error {
	act, known := setups[strings.Join(args, " ")]
	if !known {
		return configError{fmt.Errorf("there is nothing to do for %q. Try parley help", strings.Join(args, " "))}
	}
	s, faults := load("setup", "")
	if len(faults) > 0 {
		return unusable(faults)
	}
	s.log = logging.New(os.Stderr, s.LogLevel, s.LogFormat)
	conn, err := bus.Connect(ctx, bus.Options{URL: s.NATSURL, CA: s.NATSCA, Name: "setup", Streams: s.Streams, Replicas: s.NATSReplicas, Log: s.log})
	if err != nil {
		return explain(err)
	}
	defer conn.Close()
	for try := 1; ; try++ {
		err := act(ctx, conn, out)
		if !errors.Is(err, bus.ErrUnavailable) {
			return explain(err)
		}
		s.log.Warn().Err(err).Int("try", try).Msg("waiting for NATS")
		if setupDelay.Wait(ctx, try) != nil {
			return err
		}
	}
}
