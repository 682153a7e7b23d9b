package console

import (
	"slices"

	"github.com/parley-chat/parley/gateway/ops"
)

// Counts is what the operator page shows of the desk.
func (b *Board) Counts() ops.Desk {
	s := b.mirror.Summary()
	d := ops.Desk{Waiting: s.Waiting, Live: s.Live, Missed: s.Missed, Oldest: s.OldestAsked, FromOne: s.MostFromOne, Agents: []string{}}
	d.Unserved = b.teams.Now().Unserved(s.WaitingIn, s.Available())
	for _, p := range s.Online {
		d.Agents = append(d.Agents, p.Name)
		if p.Away {
			d.Away = append(d.Away, p.Name)
		}
	}
	slices.Sort(d.Agents)
	slices.Sort(d.Away)
	return d
}
