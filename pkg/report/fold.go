package report

import (
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// Fold makes the rows of one chat of its events. The zero value is that of a chat of which
// nothing was read. It can be kept as JSON between two events; only Add changes it. What is
// open at the end of its last event is measured from Since.
type Fold struct {
	Visits chat.Visits `json:"visits,omitzero"`
	Row    Row         `json:"row,omitzero"` // of the last visit
	// Is is what the chat was after its last change, Since when that began, and Asleep whether
	// it was snoozed.
	Is     chat.Status `json:"is,omitempty"`
	Since  time.Time   `json:"since,omitzero"`
	Asleep bool        `json:"asleep,omitempty"`
	// Through is the sequence of the last event that was added.
	Through uint64 `json:"through,omitempty"`
}

// Add adds the chat's next event; one at or before the last that was added changes nothing. If
// the event begins a visit, ended is the row of the visit before it, which is final from then on.
func (f *Fold) Add(e *chat.Event) (ended *Row) {
	if e.Seq <= f.Through {
		return nil
	}
	f.Through = e.Seq
	visit := f.Visits.Of(e)
	if visit != f.Row.Number {
		if f.Row.Number != 0 {
			before := f.Row
			before.Next = e.At
			ended = &before
		}
		f.Row = Row{Chat: e.Chat, First: e.Seq, VisitSum: chat.VisitSum{Visit: chat.Visit{Number: visit}}}
	}
	f.Row.VisitSum.Add(e)
	f.count(e)
	if e.State != nil {
		f.change(e)
	}
	return ended
}

// count counts what was said.
func (f *Fold) count(e *chat.Event) {
	r := &f.Row
	switch e.Kind {
	case chat.Message:
		r.Messages++
	case chat.Reply:
		if !e.Aside {
			r.Answers++
		}
	case chat.Say:
		r.Says++
		if r.Said.IsZero() {
			r.Said = e.At
		}
	case chat.Request:
		if e.Request == chat.Rate {
			r.Words = e.Text
		}
	}
}

// change measures what the change ends, and notes what it begins.
func (f *Fold) change(e *chat.Event) {
	r, is := &f.Row, e.State.Is()
	// What lasted since before this visit began is none of its time.
	if lasted := max(e.At.Sub(f.Since), 0); !f.Since.IsZero() && !f.Since.Before(r.Began) {
		switch {
		case f.Is == chat.Waiting:
			r.Waited += lasted
		case f.Is == chat.Live && !f.Asleep:
			r.Handled += lasted
		}
	}
	was := f.Is
	f.Is, f.Since, f.Asleep = is, e.At, e.State.Asleep()
	if team := e.State.Team(); team != "" {
		r.Team = team
	}
	switch e.Reason {
	case chat.Escalated, chat.BotGaveUp, chat.LineFull, chat.AddressFull, chat.SteppedIn:
		if r.Asked.IsZero() || r.Call.Declines() {
			r.Asked, r.Call = e.At, e.Reason
		}
	case chat.PassedOn, chat.TakenOver:
		r.PassedOn++
	case chat.Transferred:
		if was == chat.Live {
			r.PassedOn++
		}
	}
	if is == chat.Live && r.Joined.IsZero() {
		r.Joined = e.At
	}
}

// Rows makes the rows of a whole chat at once, the first visit first.
func Rows(events []chat.Event) []Row {
	var f Fold
	var rows []Row
	for i := range events {
		if ended := f.Add(&events[i]); ended != nil {
			rows = append(rows, *ended)
		}
	}
	if f.Row.Number != 0 {
		rows = append(rows, f.Row)
	}
	return rows
}
