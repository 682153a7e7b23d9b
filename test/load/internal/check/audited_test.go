package check

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

func TestEachLookIsInOneUnbrokenLog(t *testing.T) {
	chain := func() (all []history.AuditLine) {
		var last history.AuditLine
		for n, by := range []string{"bob", "cy", "bob"} {
			l := history.AuditLine{N: uint64(n + 1), Prev: last.Hash, After: last.At, At: time.UnixMilli(int64(1e12 + n)), By: by, Act: "look.chat", Chat: chatA}
			l.Hash = hashOf(l)
			all, last = append(all, l), l
		}
		return all
	}
	shown := func(conns ...int) []history.Entry {
		all := []history.Entry{{Op: history.Begin, Role: "agent", User: "bob", Name: "bob"}}
		for _, conn := range conns {
			all = append(all, history.Entry{Op: history.Watched, Chat: chatA, Conn: conn})
		}
		return all
	}
	for name, c := range map[string]struct {
		log   []history.AuditLine
		shown []history.Entry
		rule  string
	}{
		"as it should be":     {chain(), shown(1, 1, 2, 2), ""},
		"a third time":        {chain(), shown(1, 2, 3), Unaudited},
		"without any log":     {nil, shown(1), Unaudited},
		"a line gone":         {chain()[1:], nil, Unchained},
		"one in between gone": {append(chain()[:1], chain()[2:]...), nil, Unchained},
		"one changed":         {func() []history.AuditLine { l := chain(); l[1].By = "eve"; return l }(), nil, Unchained},
		"not chained":         {func() []history.AuditLine { l := chain(); l[1].Prev = ""; l[1].Hash = hashOf(l[1]); return l }(), nil, Unchained},
	} {
		b := newBook(Options{Grace: 30 * time.Second, Audit: c.log, Audited: true})
		b.chained()
		b.audited(c.shown)
		if r := b.report(); (c.rule == "") != (len(r.Violations) == 0) || c.rule != "" && r.Violations[0].Rule != c.rule {
			t.Errorf("%s:\n%s", name, formatted(t, r))
		}
	}
}
