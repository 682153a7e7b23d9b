package console

import (
	"slices"

	"github.com/parley-chat/parley/gateway/ops"
)

// Counts is what the operator page shows of the desk.
func (b *Board) Counts() ops.Desk {
	s := b.mirror.Summary()
	d := ops.Desk{Waiting: s.Waiting, Live: s.Live, Missed: s.Missed, Oldest: s.OldestAsked, FromOne: s.MostFromOne, Agents: []string{}}
	for _, a := range s.Online {
		d.Agents = append(d.Agents, a.Name)
	}
	slices.Sort(d.Agents)
	return d
}
