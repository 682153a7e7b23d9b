package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/logging"
	"github.com/parley-chat/parley/pkg/roles"
)

// setupDelay is the delay between attempts while NATS is not up yet.
var setupDelay = backoff.Policy{Min: 500 * time.Millisecond, Max: 10 * time.Second}

// firstRegion is the argument that has the streams state another first region.
const firstRegion = "first"

// setups has what parley setup does, by its argument.
var setups = map[string]func(ctx context.Context, conn *bus.Conn, out io.Writer) error{
	"": func(ctx context.Context, conn *bus.Conn, out io.Writer) error {
		return saying(out, "NATS has everything that the roles need.", conn.MakeAll(ctx, roles.Durables()))
	},
	"note-key": func(ctx context.Context, conn *bus.Conn, out io.Writer) error {
		return saying(out, "Notes are sealed with a new key from now on. Older keys still open the notes they sealed.", conn.RenewSealKey(ctx))
	},
	"balance": balance,
	firstRegion: func(ctx context.Context, conn *bus.Conn, out io.Writer) error {
		if err := byOperator(ctx, conn, audit.RestateRegion, "", "", ""); err != nil {
			return err
		}
		return saying(out, "The streams of this region state the first of REGIONS. Restart the roles that were refused because of it.", conn.RestateFirst(ctx))
	},
}

// saying prints what was done, unless it failed.
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

// Setup creates what the roles use on NATS, for installations whose roles may not
// create it themselves. With an argument it does what setups has for that, and nothing
// else. It waits for a NATS that is not up yet.
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
	opts := s.natsOptions("setup")
	opts.Impatient, opts.AnyFirst = true, strings.Join(args, " ") == firstRegion
	conn, err := bus.Connect(ctx, opts)
	if err != nil {
		return explain(err)
	}
	defer conn.Close()
	for try := 1; ; try++ {
		err := act(ctx, conn, out)
		var limit *bus.LimitError
		if !errors.Is(err, bus.ErrUnavailable) || errors.As(err, &limit) {
			return explain(err)
		}
		s.log.Warn().Err(err).Int("try", try).Msg("waiting for NATS")
		if setupDelay.Wait(ctx, try) != nil {
			return err
		}
	}
}
