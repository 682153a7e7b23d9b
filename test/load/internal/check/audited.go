package check

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// chained checks that the audit log is one chain, without Parley's help: written from docs/audit.md.
func (b *book) chained() {
	var last history.AuditLine
	for _, l := range b.opts.Audit {
		switch {
		case l.N != last.N+1:
			b.found.add(Unchained, l.Chat, nothing, "line %d of the audit log stands after line %d", l.N, last.N)
		case l.Prev != last.Hash || !l.After.Equal(last.At):
			b.found.add(Unchained, l.Chat, nothing, "line %d of the audit log names another line before it", l.N)
		case l.Hash != hashOf(l):
			b.found.add(Unchained, l.Chat, nothing, "line %d of the audit log has another hash than its words", l.N)
		}
		last = l
	}
}

func nothing() []history.Entry { return nil }

// hashOf is the hash that a line has to have.
func hashOf(l history.AuditLine) string {
	var text []byte
	field := func(s string) {
		text = append(binary.AppendUvarint(text, uint64(len(s))), s...)
	}
	number := func(n int64) { text = binary.BigEndian.AppendUint64(text, uint64(n)) } //nolint:gosec // none is negative
	millis := func(t time.Time) int64 {
		if t.IsZero() {
			return 0
		}
		return t.UnixMilli()
	}
	field("parley-audit-1")
	field(l.Prev)
	number(int64(l.N)) //nolint:gosec // it counts lines
	number(millis(l.After))
	number(millis(l.At))
	for _, s := range []string{l.By, l.From, l.Act, l.Chat, l.Of, l.Detail} {
		field(s)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// audited checks that an agent was shown no chat without a line of the audit log: one for each
// connection on which it was opened.
func (b *book) audited(entries []history.Entry) {
	who := beginOf(entries)
	if who.Role != "agent" || !b.opts.Audited {
		return
	}
	lines := map[string]int{}
	for _, l := range b.opts.Audit {
		if l.Act == "look.chat" && l.By == who.User {
			lines[l.Chat]++
		}
	}
	type opening struct {
		chat string
		conn int
	}
	opened := map[opening]bool{}
	for _, e := range entries {
		if e.Op != history.Watched || opened[opening{e.Chat, e.Conn}] {
			continue
		}
		opened[opening{e.Chat, e.Conn}] = true
		if lines[e.Chat]--; lines[e.Chat] < 0 {
			b.found.add(Unaudited, e.Chat, func() []history.Entry { return []history.Entry{e} }, "%s was shown chat %s without a line of the audit log", who.User, e.Chat)
		}
	}
}
