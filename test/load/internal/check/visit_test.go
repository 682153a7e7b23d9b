package check

import (
	"testing"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// A number that is lost, or falls, is reported, unless replicas of an earlier version took part,
// which drop it. One that is skipped is reported in any case.
func TestAVisitsNumberIsLostOnlyByEarlierVersions(t *testing.T) {
	message := said("message", "", "", 0)
	in := func(visit uint64, e history.Event) history.Event {
		e.Visit = visit
		return e
	}
	twice := func(visits [4]uint64) []history.Event {
		return []history.Event{message, in(visits[0], said("reply", "", "", 1)), in(visits[1], said("state", "idle", closed, 1)),
			message, in(visits[2], said("reply", "", "", 4)), in(visits[3], said("state", "idle", closed, 4))}
	}
	for name, c := range map[string]struct {
		visits   [4]uint64
		new, old bool // whether it is fine
	}{
		"counted":       {[4]uint64{1, 1, 2, 2}, true, true},
		"from before":   {[4]uint64{0, 0, 2, 2}, true, true},
		"lost":          {[4]uint64{1, 1, 0, 2}, false, false},
		"lost for long": {[4]uint64{1, 1, 0, 0}, false, true},
		"lost, anew":    {[4]uint64{1, 1, 0, 1}, false, true},
		"not raised":    {[4]uint64{1, 1, 1, 1}, false, false},
		"fallen":        {[4]uint64{1, 1, 2, 1}, false, true},
		"skipped":       {[4]uint64{1, 1, 3, 3}, false, false},
	} {
		for _, old := range []bool{false, true} {
			log := twice(c.visits)
			for i := range log {
				log[i].Seq = uint64(i + 1)
			}
			b := newBook(Options{Old: old})
			b.readLogs(log, log)
			b.seal()
			b.life(b.chat(chatA))
			if r := b.report(); (len(r.Violations) == 0) != (old && c.old || !old && c.new) {
				t.Errorf("%s, with an earlier version %t:\n%s", name, old, formatted(t, r))
			}
		}
	}
}
