package botworker

import (
	"slices"

	"github.com/parley-chat/parley/pkg/chat"
)

// masked returns the events as a thinker reads them. The list itself stays as it is.
func (w *Worker) masked(events []chat.Event) []chat.Event {
	copied := false
	for i, e := range events {
		text := w.opts.Mask.Text(e.Text)
		if text == e.Text {
			continue
		}
		if !copied {
			events, copied = slices.Clone(events), true
		}
		events[i].Text = text
	}
	return events
}
