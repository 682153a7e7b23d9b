package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

const auditHelp = `The audit log says what people did and which chats they looked at. See docs/audit.md.

  parley audit verify [N:HASH]   checks that no line was changed, removed or inserted, and that line N
                                 is still the one whose hash is HASH, as an earlier verify printed it
  parley audit verify FILE       the same for what export has written
  parley audit export            writes all lines, one JSON object each
  parley audit tail [COUNT]      the last 20 lines, for people

With NATS_URL the log on that server is used. Without it the one in DATA_DIR is, while no Parley
runs on that folder.`

// auditTail is how many lines are shown by default.
const auditTail = 20

// errTampered says that a verification found something.
var errTampered = errors.New("the audit log is not as it was written")

// Audit is the command parley audit.
func Audit(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		_, err := fmt.Fprintln(out, auditHelp)
		return err
	}
	s, faults := load("", "")
	if len(faults) > 0 {
		return unusable(faults)
	}
	s.log = zerolog.New(zerolog.ConsoleWriter{Out: os.Stderr, TimeFormat: time.TimeOnly, NoColor: true}).Level(zerolog.ErrorLevel)
	v := &audit.Verifier{Keep: s.auditKeep(), Now: time.Now()}
	var do func(*bus.Conn) error
	switch {
	case args[0] == "verify" && len(args) == 2 && !knows(v, args[1]):
		return verifyFile(v, args[1], out)
	case args[0] == "verify" && len(args) <= 2:
		do = func(conn *bus.Conn) error {
			r, err := conn.VerifyAudit(ctx, v)
			if err != nil {
				return err
			}
			return verdict(r, out)
		}
	case args[0] == "export" && len(args) == 1:
		do = func(conn *bus.Conn) error { return exportAudit(ctx, conn, out) }
	case args[0] == "tail" && len(args) <= 2:
		count, err := strconv.Atoi(append(args, strconv.Itoa(auditTail))[1])
		if err != nil || count < 1 {
			return configError{fmt.Errorf("%q is no number of lines. Try parley audit help", args[1])}
		}
		do = func(conn *bus.Conn) error { return tailAudit(ctx, conn, count, out) }
	default:
		return configError{fmt.Errorf("%q can't be done like this. Try parley audit help", strings.Join(args, " "))}
	}
	return explain(s.onBus(ctx, do))
}

// auditKeep is how long lines are kept; 0: for good.
func (s *system) auditKeep() time.Duration { return time.Duration(s.AuditKeep) * 24 * time.Hour }

// knows has the verifier know a head that is written as N:HASH, and reports whether it is one.
func knows(v *audit.Verifier, text string) bool {
	number, hash, ok := strings.Cut(text, ":")
	n, err := strconv.ParseUint(number, 10, 64)
	if !ok || err != nil || len(hash) != 64 {
		return false
	}
	v.Know(audit.Head{N: n, Hash: audit.Hash(hash)}, "the head that you gave")
	return true
}

// maxAuditLine bounds a line of a file, in bytes.
const maxAuditLine = 64 << 10

func verifyFile(v *audit.Verifier, name string, out io.Writer) error {
	f, err := os.Open(name)
	if err != nil {
		return configError{err}
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxAuditLine)
	for n := 1; lines.Scan(); n++ {
		l, err := audit.Decode(lines.Bytes())
		if err != nil {
			v.AddUnreadable(fmt.Sprintf("Line %d of the file", n))
			continue
		}
		v.Add(l)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return verdict(v.Result(), out)
}

// verdict says what a verification has found.
func verdict(r audit.Result, out io.Writer) error {
	for _, f := range r.Faults {
		fmt.Fprintln(out, f.Sentence)
	}
	if r.More > 0 {
		fmt.Fprintf(out, "And %d more.\n", r.More)
	}
	if !r.OK() {
		return errTampered
	}
	if r.Lines == 0 {
		return saying(out, "The audit log is empty.", nil)
	}
	_, err := fmt.Fprintf(out, "All %d lines are as they were written, from line %d of %s to line %d of %s.\nTheir head is %d:%s\n",
		r.Lines, r.First.N, moment(r.First.At), r.Head.N, moment(r.Head.At), r.Head.N, r.Head.Hash)
	return err
}

func exportAudit(ctx context.Context, conn *bus.Conn, out io.Writer) error {
	if err := byOperator(ctx, conn, audit.ExportAudit, "", "", ""); err != nil {
		return err
	}
	_, err := conn.EachAudit(ctx, func(r bus.AuditRecord) error {
		data, err := audit.Encode(r.Lines)
		if err == nil {
			_, err = out.Write(data)
		}
		return err
	})
	return err
}

func tailAudit(ctx context.Context, conn *bus.Conn, count int, out io.Writer) error {
	all, err := conn.AuditRange(ctx)
	if err != nil {
		return err
	}
	var lines []audit.Line
	// A message holds a line at least.
	for from := max(all.First, all.Last-min(all.Last, uint64(count))+1); from <= all.Last; {
		records, err := conn.AuditFrom(ctx, from, all.Last)
		if err != nil {
			return err
		}
		if len(records) == 0 {
			break
		}
		for _, r := range records {
			lines = append(lines, r.Lines...)
		}
		from = records[len(records)-1].Seq + 1
	}
	for _, l := range lines[max(0, len(lines)-count):] {
		fmt.Fprintln(out, strings.Join(strings.Fields(printable(fmt.Sprintf("%d %s %s %s %s %s %s %s", l.N, moment(l.At), l.By, l.From, l.Act, l.Chat, l.Of, l.Detail))), " "))
	}
	return nil
}

// byOperator writes down what is about to be done on the command line; it must not be done if that
// fails.
func byOperator(ctx context.Context, conn *bus.Conn, act audit.Act, id chat.ID, of, detail string) error {
	return conn.Audit().Write(ctx, audit.Entry{By: audit.Operator, Act: act, Chat: id, Of: of, Detail: detail})
}

// keptAudit is auditKeep as connections take it: below 0 for good.
func (s *system) keptAudit() time.Duration {
	if s.AuditKeep == 0 {
		return -1
	}
	return s.auditKeep()
}
