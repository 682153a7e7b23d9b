package escalation

import (
	"context"
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// placeTime is after how long a place that was given away here, and that the desk does
// not show, is looked into. The desk follows within a second, unless there is a flood.
const placeTime = 10 * time.Second

// line decides which requests for a person get a place in the line. It counts the
// chats that the desk shows as waiting, and the places that this replica gave away and
// the desk does not show yet. What other replicas gave away in the last moments it
// can't see, so together they may exceed a bound by a few. While the desk can't be
// read, or was not read yet, only the places of this replica count. Its methods may be
// called concurrently.
type line struct {
	bounds desk.Line
	desk   func() []desk.Entry // all entries
	now    func() time.Time

	mu    sync.Mutex // guards what follows
	given map[*place]struct{}
}

// place is a place in the line that was given away here.
type place struct {
	chat   chat.ID
	source string
	at     time.Time // when it was given away, or looked into
	seq    uint64    // of the change that put the chat into the line; 0: not stored yet
	open   bool      // the change is being stored: whoever does that keeps it, gives it back or doubts it
}

func newLine(bounds desk.Line, entries func() []desk.Entry, now func() time.Time) *line {
	return &line{bounds: bounds, desk: entries, now: now, given: map[*place]struct{}{}}
}

// admit returns what becomes of an accepted request, given the step that it leads to: a
// request for a person is declined unless there is a place, which the caller then
// keeps, gives back or doubts. Until then it counts, however long that takes.
//
// A request that is declined is decided. But what the visitor wrote before it still
// needs the bot's answer, so that is not marked as dealt with.
func (l *line) admit(id chat.ID, step chat.Step) (chat.Step, *place) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch step.Reason {
	case chat.Escalated, chat.BotGaveUp:
	case chat.EmailLeft:
		if desk.MissedList.Declines(l.missed(id, step.Source)) != "" {
			step = chat.Step{Kind: chat.StateChange, Reason: chat.MissedFull, RequestsThrough: step.RequestsThrough}
		}
		return step, nil
	default:
		return step, nil
	}
	if why := l.bounds.Declines(l.count(step.Source)); why != "" {
		return chat.Step{Kind: chat.StateChange, Reason: why, RequestsThrough: step.RequestsThrough}, nil
	}
	p := &place{chat: id, source: step.Source, at: l.now(), open: true}
	l.given[p] = struct{}{}
	return step, p
}

// missed counts the other chats that are missed. Those that were added in the last moments
// and the desk does not show yet are left out: the shares of an address bound how many.
func (l *line) missed(id chat.ID, source string) (n desk.InLine) {
	levels := chat.SourceLevels(source)
	n.Same = make([]int, len(levels))
	for _, e := range l.desk() {
		if e.Missed.IsZero() || e.Chat == id {
			continue
		}
		n.All++
		for i := chat.SharedFrom(levels, e.Source); i < len(levels); i++ {
			n.Same[i]++
		}
	}
	return n
}

// count counts who waits, and forgets places that the desk shows. l.mu is held.
func (l *line) count(source string) (n desk.InLine) {
	entries := l.desk()
	seen := make(map[chat.ID]uint64, len(entries))
	levels := chat.SourceLevels(source)
	n.Same = make([]int, len(levels))
	one := func(from string) {
		n.All++
		for i := chat.SharedFrom(levels, from); i < len(levels); i++ {
			n.Same[i]++
		}
	}
	for _, e := range entries {
		seen[e.Chat] = e.Seq
		if e.Status == chat.Waiting {
			one(e.Source)
		}
	}
	for p := range l.given {
		seq, listed := seen[p.chat]
		switch {
		case p.seq > 0 && listed && seq >= p.seq:
			delete(l.given, p)
		case !listed || p.seq > 0: // one that is listed was counted above
			one(p.source)
		}
	}
	return n
}

// keep notes the change with which the place was taken, also if that took so long that the
// place was given back meanwhile. p may be nil.
func (l *line) keep(p *place, seq uint64) {
	if p == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	p.seq, p.open = seq, false
	l.given[p] = struct{}{}
}

// doubt leaves a place to be looked into: nobody knows whether its change was stored. p may be nil.
func (l *line) doubt(p *place) {
	if p == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	p.open, p.at = false, l.now()
}

// giveBack frees a place that was not taken. p may be nil.
func (l *line) giveBack(p *place) {
	if p == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.given, p)
}

// left frees the place of a chat that no longer waits after the change with that
// sequence.
func (l *line) left(id chat.ID, seq uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for p := range l.given {
		if p.chat == id && p.seq > 0 && p.seq < seq {
			delete(l.given, p)
		}
	}
}

// overdue returns the places that the desk should have shown by now, at most a few. The
// caller looks into them.
func (l *line) overdue() (list []*place) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for p := range l.given {
		if !p.open && now.Sub(p.at) > placeTime && len(list) < maxLookedInto {
			p.at = now
			list = append(list, p)
		}
	}
	return list
}

// maxLookedInto is how many places are looked into at once.
const maxLookedInto = 50

// lookIntoPlaces frees places whose chats no longer wait, of which this replica heard
// nothing: another one decided so before the desk showed the chat, or the place was
// given away for a change that was not stored.
func (w *Worker) lookIntoPlaces(ctx context.Context) {
	for _, p := range w.line.overdue() {
		now, err := w.conn.Last(ctx, p.chat)
		switch {
		case err != nil: // looked into again
			return
		case now.State.Is() != chat.Waiting:
			w.line.giveBack(p)
		default:
			w.line.keep(p, now.Out)
		}
	}
}
