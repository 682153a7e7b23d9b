package check

import (
	"slices"
	"strings"
)

// heirs returns where the chats of each region go on that was given up in the run.
func (o Options) heirs() map[string]string {
	to := map[string]string{}
	for _, h := range o.Harms {
		if lost, heir, ok := strings.Cut(h.Target, ">"); ok && h.Kind == "give-up" {
			to[lost] = heir
		}
	}
	return to
}

// settles reports whether the change is how a chat of a region that was given up goes on: nobody
// is left there who could answer what waits, so a person is called for it, unasked. There is one
// such change, by the system, before anybody speaks at the new home, and only for what was open
// at the lost one.
func (s *life) settles(l *line) bool {
	if l.Role != "system" || l.Reason != "bot_gave_up" && (l.Reason != "escalated" || s.status != closed) {
		return false
	}
	path, at := s.opts.Homes[s.chat.id], l.Seq>>movesFrom
	if at == 0 || at >= uint64(len(path)) || s.opts.heirs()[path[at-1]] != path[at] {
		return false
	}
	for _, before := range slices.Backward(s.chat.lines) {
		switch {
		case before.Seq >= l.Seq || before.Kind != "reply" && before.Kind != "say" && before.Kind != "state":
		case before.Seq>>movesFrom < at:
			if before.Reason == "moved" { // in peace, so nothing was open
				return false
			}
			return s.leftOpen(l, at)
		case before.Kind != "state" || before.settled:
			return false
		}
	}
	return s.leftOpen(l, at)
}

// leftOpen reports whether the change deals with what waited for an answer, or for a person, at a
// home before the one with that number.
func (s *life) leftOpen(l *line, at uint64) bool {
	if l.Through >= l.Seq || s.chat.at(l.Through) == nil {
		return false
	}
	if s.speech != nil && s.speech.Handover && s.speech.Seq>>movesFrom < at {
		return l.Through >= s.through
	}
	open := s.messagesIn(s.through, l.Through)
	return len(open) > 0 && open[0].Seq>>movesFrom < at
}
