// Command parley is customer chat that you host yourself. Without an argument it
// is a whole system in one process; with the name of a role it is one replica of
// that role.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/parley-chat/parley/pkg/config"
	"github.com/parley-chat/parley/pkg/logging"
)

const help = `Parley is customer chat that you host yourself.

  parley                 everything in one process: NATS, store and all roles
  parley gateway         one role; needs NATS_URL
  parley botworker       one role; needs NATS_URL
  parley escalation      one role; needs NATS_URL
  parley historyworker   one role; needs NATS_URL, and MONGO_URL or DATA_DIR
  parley setup           makes what the roles need on NATS_URL, for roles that may not
  parley setup note-key  makes a new key that agents' notes are sealed with
  parley setup balance   spreads what is led over the nodes of NATS
  parley dead            what workers gave up on: list, show, replay, drop
  parley health [live]   asks a running role whether it can work (or whether it lives)
  parley help            this text

Run as many replicas of a role as you like: the streams are the only state.
Settings come from the environment; docs/settings.md explains each:

  `

func main() {
	os.Exit(run(os.Args[1:]))
}

// run returns the exit code: 2 for what the user can mend, 1 for all else.
func run(args []string) int {
	role := ""
	if len(args) > 0 {
		role = args[0]
	}
	switch {
	case role == "help" || role == "-h" || role == "--help":
		fmt.Println(help + strings.Join(config.Settings(), "\n  "))
		return 0
	case role == "setup":
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		return runSetup(ctx, args[1:], os.Stdout, os.Stderr)
	case role == "health":
		return runHealth(context.Background(), args[1:], os.Stderr)
	case role == "dead":
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		return runDead(ctx, args[1:], os.Stdout, os.Stderr)
	case len(args) > 1 || role != "" && wiring[role] == nil:
		fmt.Fprintf(os.Stderr, "parley: there is no role %q. Try parley help.\n", strings.Join(args, " "))
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	s, err := load(role)
	if err == nil {
		s.log = logging.New(os.Stderr, s.LogLevel, s.LogFormat)
		err = s.prepare(ctx, role)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "parley: these settings can't be used:\n  %s\n", strings.ReplaceAll(err.Error(), "\n", "\n  "))
		return 2
	}
	if role == "" {
		err = s.runAll(ctx)
	} else {
		err = s.runRole(ctx, role)
	}
	if err != nil && ctx.Err() == nil {
		fmt.Fprintf(os.Stderr, "parley: %s\n", sentence(err))
		return codeOf(err)
	}
	return 0
}
