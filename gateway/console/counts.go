package console

import (
	"slices"

	"github.com/parley-chat/parley/gateway/ops"
	"github.com/parley-chat/parley/pkg/chat"
)

// Counts is what the operator page shows of the desk.
func (b *Board) Counts() ops.Desk {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := ops.Desk{Agents: []string{}}
	for _, e := range b.entries {
		switch {
		case e.Status == chat.Live:
			d.Live++
		case e.Status == chat.Waiting:
			d.Waiting++
			if d.Oldest.IsZero() || e.Asked.Before(d.Oldest) {
				d.Oldest = e.Asked
			}
		}
	}
	for _, p := range b.online {
		d.Agents = append(d.Agents, p.Name)
	}
	slices.Sort(d.Agents)
	return d
}
