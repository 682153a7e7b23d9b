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

	"github.com/parley-chat/parley/app"
	"github.com/parley-chat/parley/pkg/config"
	"github.com/parley-chat/parley/pkg/roles"
)

// version is what replicas report. The linker sets it for an image.
var version = "0.1.0"

const help = `Parley is customer chat that you host yourself.

  parley                 everything in one process: NATS, store and all roles
%s  parley setup           creates what the roles need on NATS_URL, for roles that may not
  parley setup note-key  creates a new key for agents' notes
  parley setup first     has the streams of this region state another first region
  parley setup balance   spreads the leaders of streams over the nodes of NATS
  parley move            moves chats to another region
  parley give-up         has the chats of a region that is gone go on in this one
  parley export          writes everything that Parley has into a folder
  parley import          has an empty Parley take such a folder over
  parley dead            lists, shows, replays or drops dead letters
  parley audit           checks, exports or shows what people did and looked at
  parley health [live]   asks a running role whether it is ready (or alive)
  parley version         says which version this is, and what it was built from
  parley help            prints this text

Run as many replicas of a role as you like: the streams are the only state.
Settings come from the environment, as in ADDR=:9000 parley. docs/settings.md explains each:

`

// commands holds the commands besides the roles, by the first argument.
var commands = map[string]func(ctx context.Context, args []string) error{
	"setup":   func(ctx context.Context, args []string) error { return app.Setup(ctx, args, os.Stdout) },
	"dead":    func(ctx context.Context, args []string) error { return app.DeadLetters(ctx, args, version, os.Stdout) },
	"move":    func(ctx context.Context, args []string) error { return app.Move(ctx, args, os.Stdin, os.Stdout) },
	"give-up": func(ctx context.Context, args []string) error { return app.GiveUp(ctx, args, os.Stdin, os.Stdout) },
	"export":  func(ctx context.Context, args []string) error { return app.Export(ctx, args, version, os.Stdout) },
	"import":  func(ctx context.Context, args []string) error { return app.Import(ctx, args, version, os.Stdout) },
	"audit":   func(ctx context.Context, args []string) error { return app.Audit(ctx, args, os.Stdout) },
	"health":  app.Health,
	"version": func(context.Context, []string) error {
		_, err := fmt.Println(app.Version(version))
		return err
	},
	"help": printHelp, "-h": printHelp, "--help": printHelp,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:]))
}

// run returns the exit code, see app.ExitCode.
func run(ctx context.Context, args []string) int {
	name, first := "parley", ""
	if len(args) > 0 {
		first = args[0]
	}
	var err error
	if command, ok := commands[first]; ok {
		name += " " + first
		err = command(ctx, args[1:])
	} else {
		err = app.Run(ctx, strings.Join(args, " "), version)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
	}
	return app.ExitCode(err)
}

func printHelp(context.Context, []string) error {
	var one strings.Builder
	for _, r := range roles.Every() {
		fmt.Fprintf(&one, "  parley %-15s one role; needs %s\n", r.Name, r.Needs)
	}
	var settings strings.Builder
	for _, name := range config.Settings() {
		fmt.Fprintf(&settings, "  %-27s %s", name, config.Help(name))
		if preset := config.Default(name); preset != "" {
			fmt.Fprintf(&settings, " (%s)", preset)
		}
		settings.WriteByte('\n')
	}
	_, err := fmt.Printf(help+"%s", &one, &settings)
	return err
}
