package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/embedded"
)

const deadLettersHelp = `Dead letters are events that a worker gave up on. See docs/dead-letters.md.

  parley dead list [AFTER]            the oldest 50 (with a number above AFTER)
  parley dead show N                  everything about one, with the visitor's words
  parley dead replay N [N...] | all   hand them to their workers again; those that
                                      succeed are removed, the others stay
  parley dead drop N [N...]           remove them for good

With NATS_URL the dead letters on that server are used. Without it those in DATA_DIR
are, while no Parley runs on that folder.`

const (
	// lettersPage is how many letters are listed at once.
	lettersPage = 50
	// natsWait is how long the command waits for NATS.
	natsWait = 10 * time.Second
)

// deadLetters carries out the command and writes to out. Its errors are sentences for
// the operator.
type deadLetters struct {
	*system
	conn *bus.Conn
	out  io.Writer
}

// DeadLetters is the command parley dead. version is reported by workers that are
// started for a replay.
func DeadLetters(ctx context.Context, args []string, version string, out io.Writer) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		_, err := fmt.Fprintln(out, deadLettersHelp)
		return err
	}
	what, args := args[0], args[1:]
	all := what == "replay" && len(args) == 1 && args[0] == "all"
	var numbers []uint64
	for _, arg := range args {
		n, err := strconv.ParseUint(arg, 10, 64)
		if err != nil && !all {
			return configError{fmt.Errorf("%q is not the number of a dead letter. Try parley dead help", arg)}
		}
		numbers = append(numbers, n)
	}
	var do func(*deadLetters) error
	switch {
	case what == "list" && len(numbers) <= 1:
		do = func(d *deadLetters) error { return d.list(ctx, append(numbers, 0)[0]) }
	case what == "show" && len(numbers) == 1:
		do = func(d *deadLetters) error { return d.show(ctx, numbers[0]) }
	case all:
		do = func(d *deadLetters) error { return d.replayAll(ctx) }
	case what == "replay" && len(numbers) > 0:
		do = func(d *deadLetters) error { return d.replay(ctx, numbers) }
	case what == "drop" && len(numbers) > 0:
		do = func(d *deadLetters) error { return d.drop(ctx, numbers) }
	default:
		return configError{fmt.Errorf("%q can't be done like this. Try parley dead help", strings.Join(append([]string{what}, args...), " "))}
	}
	s, faults := load("", version)
	if len(faults) > 0 {
		return unusable(faults)
	}
	s.log = zerolog.New(zerolog.ConsoleWriter{Out: os.Stderr, TimeFormat: time.TimeOnly, NoColor: true}).Level(zerolog.ErrorLevel)
	return explain(s.onBus(ctx, func(conn *bus.Conn) error { return do(&deadLetters{s, conn, out}) }))
}

// onBus calls f with a connection to NATS_URL or, if that is not set, to an embedded
// server on the data folder, which must hold a Parley and which no other process may be using.
func (s *system) onBus(ctx context.Context, f func(*bus.Conn) error) error {
	if s.NATSURL == "" {
		if _, err := os.Stat(s.natsFolder()); err != nil {
			return configError{fmt.Errorf("the data folder %s holds no Parley. Set DATA_DIR, or NATS_URL", s.DataDir)}
		}
	}
	return s.onBusOrNew(ctx, f)
}

func (s *system) natsFolder() string { return filepath.Join(s.DataDir, "nats") }

// onBusOrNew is onBus, for a data folder that may be empty, too.
func (s *system) onBusOrNew(ctx context.Context, f func(*bus.Conn) error) error {
	opts := s.natsOptions("command")
	if s.NATSURL == "" {
		unlock, err := s.lock()
		if err != nil {
			return configError{fmt.Errorf("%w. This can be done here while it is stopped", err)}
		}
		defer unlock()
		server, err := embedded.Start(embedded.Options{Dir: s.natsFolder(), SyncAlways: s.NATSSync.Always, SyncInterval: s.NATSSync.Every, Log: s.log})
		if err != nil {
			return err
		}
		defer server.Close()
		opts.InProcess = server
	}
	wait, cancel := context.WithTimeout(ctx, natsWait)
	defer cancel()
	conn, err := bus.Connect(wait, opts)
	if err != nil && s.NATSURL != "" && wait.Err() != nil {
		return fmt.Errorf("NATS does not answer within %v: %w", natsWait, err)
	}
	if err != nil {
		return err
	}
	defer conn.Close()
	return f(conn)
}

func (d *deadLetters) list(ctx context.Context, after uint64) error {
	letters, more, err := d.conn.DeadLetters(ctx, after, lettersPage)
	if err != nil {
		return err
	}
	if len(letters) == 0 {
		_, err := fmt.Fprintln(d.out, "There are no dead letters.")
		return err
	}
	table := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NUMBER\tWHEN\tROLE\tCHAT\tSEQ\tTRIES\tREASON")
	for _, l := range letters {
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%d\t%d\t%s\n", l.Number, moment(l.At), cmp.Or(line(l.Role), "-"), cmp.Or(line(string(l.Chat)), "-"), l.Seq, l.Tries, shorten(line(l.Reason), 70))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if more {
		_, err = fmt.Fprintf(d.out, "There are more: parley dead list %d\n", letters[len(letters)-1].Number)
	}
	return err
}

func (d *deadLetters) show(ctx context.Context, number uint64) error {
	l, err := d.conn.DeadLetter(ctx, number)
	if err != nil {
		return explainLetter(number, err)
	}
	if err := d.audited(ctx, audit.LookDead, number); err != nil {
		return err
	}
	table := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	field := func(name, format string, v ...any) {
		fmt.Fprintf(table, "%s\t%s\n", name, line(fmt.Sprintf(format, v...)))
	}
	field("number", "%d", l.Number)
	field("given up", "%s by %s", moment(l.At), l.Role)
	field("reason", "%s", l.Reason)
	field("tries", "%d deliveries, %d failures", l.Tries, l.Failed)
	field("chat", "%s", l.Chat)
	field("event", "%d of stream %s, stored %s", l.Seq, l.Stream, moment(l.Stored))
	field("subject", "%s", l.Subject)
	text := string(l.Data)
	if e, ok := d.conn.EventOf(ctx, l); ok {
		field("kind", "%s", strings.TrimSpace(fmt.Sprintf("%s %s %s", e.Kind, e.Request, e.Reason)))
		field("from", "%s", strings.TrimSpace(fmt.Sprintf("%s %s %s", e.From.Role, e.From.Name, e.From.User)))
		field("id", "%s", e.ID)
		if e.State != nil {
			field("state", "%s, through %d", e.State.Is(), e.State.AnsweredThrough)
		}
		text = e.Text
	}
	if err := table.Flush(); err != nil || text == "" {
		return err
	}
	_, err = fmt.Fprintf(d.out, "text\n  %s\n", strings.Join(strings.Split(printable(text), "\n"), "\n  "))
	return err
}

func (d *deadLetters) drop(ctx context.Context, numbers []uint64) error {
	return d.each(numbers, "dropped", func(n uint64) error {
		if err := d.audited(ctx, audit.DeadDrop, n); err != nil {
			return err
		}
		return d.conn.DropDeadLetter(ctx, n)
	})
}

// replayAll replays all letters that exist now.
func (d *deadLetters) replayAll(ctx context.Context) error {
	var numbers []uint64
	for after, more := uint64(0), true; more; {
		var letters []bus.DeadLetter
		var err error
		if letters, more, err = d.conn.DeadLetters(ctx, after, bus.MaxDeadLetters); err != nil {
			return err
		}
		for _, l := range letters {
			numbers, after = append(numbers, l.Number), l.Number
		}
	}
	if len(numbers) == 0 {
		_, err := fmt.Fprintln(d.out, "There are no dead letters.")
		return err
	}
	return d.replay(ctx, numbers)
}

func (d *deadLetters) replay(ctx context.Context, numbers []uint64) error {
	return d.withWorkers(ctx, numbers, func() error {
		return d.each(numbers, "replayed", func(n uint64) error {
			if err := d.audited(ctx, audit.DeadReplay, n); err != nil {
				return err
			}
			return d.conn.ReplayDeadLetter(ctx, n)
		})
	})
}

// each calls f for every letter, also after one that failed.
func (d *deadLetters) each(numbers []uint64, done string, f func(uint64) error) error {
	failed := 0
	for _, n := range numbers {
		say := fmt.Sprintf("%d %s", n, done)
		if err := f(n); err != nil {
			failed++
			say = fmt.Sprintf("%d not %s: %s", n, done, line(explainLetter(n, err).Error()))
		}
		if _, err := fmt.Fprintln(d.out, say); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d could not be %s", failed, len(numbers), done)
	}
	return nil
}

// explainLetter turns errors of the bus into sentences.
func explainLetter(number uint64, err error) error {
	switch {
	case errors.Is(err, bus.ErrNotFound):
		return fmt.Errorf("there is no dead letter %d", number)
	case errors.Is(err, bus.ErrNoReplica):
		return fmt.Errorf("%w; start one first", err)
	}
	return err
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// line turns any text into one line.
func line(s string) string { return strings.Join(strings.Fields(printable(s)), " ") }

// printable removes control characters, which a terminal would act on.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

func shorten(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}

func (d *deadLetters) audited(ctx context.Context, act audit.Act, letter uint64) error {
	return byOperator(ctx, d.conn, act, "", strconv.FormatUint(letter, 10), "")
}
