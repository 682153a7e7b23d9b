package ops

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/parley-chat/parley/pkg/bus"
)

// maxHeaviest is how many blocks of addresses are shown.
const maxHeaviest = 5

// heaviestOf adds up what gateways report of blocks of addresses. Each gateway grants its
// own share, so a block has used as much of it as where it used most.
func heaviestOf(replicas []Role) []bus.Load {
	list := []bus.Load{} // a list, even if it is empty
	for _, role := range replicas {
		for _, r := range role.Replicas {
			if r.Connections == nil || r.Silent {
				continue
			}
			for _, l := range r.Connections.Heaviest {
				at := slices.IndexFunc(list, func(known bus.Load) bool { return known.Block == l.Block })
				if at < 0 {
					list = append(list, l)
					continue
				}
				known := &list[at]
				known.Messages, known.Bytes, known.Share = known.Messages+l.Messages, known.Bytes+l.Bytes, max(known.Share, l.Share)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b bus.Load) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(b.Messages, a.Messages))
	})
	return list[:min(len(list), maxHeaviest)]
}

// The part of its hour's share from which on a block is named: first as worth knowing,
// and then since it is being refused, or soon will be.
const (
	muchOfShare = .5
	mostOfShare = .95
)

// heavy names the blocks of addresses that have used up much of their share.
func heavy(s Snapshot, _ []sample) []Problem {
	n := len(s.Heaviest)
	if i := slices.IndexFunc(s.Heaviest, func(l bus.Load) bool { return l.Share < muchOfShare }); i >= 0 {
		n = i
	}
	if n == 0 {
		return nil
	}
	first := s.Heaviest[0]
	p := Problem{Key: "heaviest", Level: Note, Sentence: fmt.Sprintf("%s had %s of text in %s accepted in the past hour, %d%% of its share",
		first.Block, size(first.Bytes), count(uint64(first.Messages), "message", "messages"), int(math.Round(100*first.Share)))}
	if first.Share >= mostOfShare {
		p.Level = Warn
	}
	if n > 1 {
		p.Sentence += fmt.Sprintf("; %s more than half of theirs", count(uint64(n-1), "more address or network had", "more addresses or networks had"))
	}
	p.Sentence += "."
	return []Problem{p}
}

// size writes bytes as settings have them.
func size(n int64) string {
	switch {
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%d KB", n/1e3)
	}
	return fmt.Sprintf("%d bytes", n)
}
