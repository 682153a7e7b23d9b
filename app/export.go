package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/export"
	"github.com/parley-chat/parley/pkg/roles"
)

const exportHelp = `Everything that Parley has can be written into a folder. See docs/export.md.

  parley export FOLDER   writes all chats, files, accounts and settings into the folder, or goes on
                         with an export there that was cut
  parley export CHAT FOLDER
                         writes one chat alone: events.json, transcript.html for people, and its files

With everything come its secrets: the hashes of passwords, and the key that signs visitors' tokens.
With NATS_URL the Parley on that server is exported, while people chat. Without it the one in
DATA_DIR is, while no Parley runs on that folder.`

const importHelp = `What parley export wrote can be taken over by an empty Parley. See docs/export.md.

  parley import FOLDER   takes everything over, or goes on with an import that was cut

With NATS_URL the Parley on that server takes it: its workers must run, and nobody should
chat before it is done. Without it the one in DATA_DIR does, while no Parley runs on that folder.`

// Export is the command parley export.
func Export(ctx context.Context, args []string, version string, out io.Writer) error {
	if len(args) == 2 {
		return exportOne(ctx, args[0], args[1:], version, out)
	}
	return withFolder(args, exportHelp, version, out, func(s *system, folder string) error {
		return s.onBus(ctx, func(conn *bus.Conn) error {
			return s.withStored(ctx, conn, func(ctx context.Context) error {
				if err := byOperator(ctx, conn, audit.ExportAll, "", "", ""); err != nil {
					return err
				}
				w := export.Writer{Conn: conn, Folder: folder, Said: func(m export.Manifest) {
					events, files := m.Events()
					fmt.Fprintf(out, "%d events and %d files so far\n", events, files)
				}}
				m, err := w.Write(ctx)
				if err != nil {
					return err
				}
				events, files := m.Events()
				_, err = fmt.Fprintf(out, "All is in %s: %d events and %d files, in %d parts. Keep it as you keep passwords.\n", folder, events, files, len(m.Parts))
				return err
			})
		})
	})
}

func exportOne(ctx context.Context, name string, folder []string, version string, out io.Writer) error {
	id, err := chat.ParseID(name)
	if err != nil {
		return configError{fmt.Errorf("%q is no chat: %w", printable(name), err)}
	}
	return withFolder(folder, exportHelp, version, out, func(s *system, folder string) error {
		return s.onBus(ctx, func(conn *bus.Conn) error {
			return s.withStored(ctx, conn, func(ctx context.Context) error {
				if err := byOperator(ctx, conn, audit.ExportChat, id, "", ""); err != nil {
					return err
				}
				if err := export.One(ctx, conn, id, folder); err != nil {
					return err
				}
				return saying(out, "The chat is in "+folder+".", nil)
			})
		})
	})
}

// Import is the command parley import.
func Import(ctx context.Context, args []string, version string, out io.Writer) error {
	return withFolder(args, importHelp, version, out, func(s *system, folder string) error {
		return s.onBusOrNew(ctx, func(conn *bus.Conn) error {
			if err := conn.MakeAll(ctx, roles.Durables()); err != nil {
				return err
			}
			return s.withStored(ctx, conn, func(ctx context.Context) error {
				if err := byOperator(ctx, conn, audit.Import, "", "", ""); err != nil {
					return err
				}
				r := export.Reader{Conn: conn, Folder: folder, Said: func(parts, of int) { fmt.Fprintf(out, "%d of %d parts\n", parts, of) }}
				m, err := r.Read(ctx)
				if err != nil {
					return err
				}
				events, files := m.Events()
				_, err = fmt.Fprintf(out, "All of %s is here: %d events and %d files. Restart the roles that run, so that they know the accounts and settings.\n", folder, events, files)
				return err
			})
		})
	})
}

// withFolder calls do with the folder that is the only argument, or prints the help.
func withFolder(args []string, help, version string, out io.Writer, do func(s *system, folder string) error) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		_, err := fmt.Fprintln(out, help)
		return err
	}
	if len(args) != 1 {
		return configError{errors.New("say one folder. Try parley export help, or parley import help")}
	}
	s, faults := load("", version)
	if len(faults) > 0 {
		return unusable(faults)
	}
	s.log = zerolog.New(zerolog.ConsoleWriter{Out: os.Stderr, TimeFormat: time.TimeOnly, NoColor: true}).Level(zerolog.ErrorLevel)
	return explain(do(s, args[0]))
}
