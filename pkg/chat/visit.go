package chat

import "time"

// A chat is one log for as long as its visitor has that name. A visit is a part of it: from
// the event that opens the chat to what ends it, and what still concerns it after that.
//
// The rule, which holds for every event and needs nothing but the log:
//
//   - A chat begins with visit 1, and is open from its first event.
//   - What a change that closes the chat ends, is over. The visitor's next message or request
//     for a person begins the next visit, whoever answers it and however late; so does any
//     other event whose state says so, such as that of an agent who steps in.
//   - Whatever else comes while the chat is closed (a rating, an address that is left, a note,
//     that an agent dealt with it) opens nothing and belongs to the visit that it concerns: the
//     one that is over.
//   - An event never belongs to an earlier visit than the one before it, whatever its state says:
//     a replica of an earlier version drops the number.
//
// State.Visit is the same number, seen by who speaks for the system. It is raised when such
// an event opens the chat, so it may lag behind the visitor's words by one, never lead. A
// message that was stored just before the chat closed belongs to the visit that ended; its
// reply, which opens the chat, belongs to the next.

// Visits tells which visit each event of a log belongs to. The zero value reads a log from its
// beginning. It can be kept as JSON between two events; only Of changes it.
type Visits struct {
	Last uint64 `json:"last,omitempty"` // of the event before
	Open bool   `json:"open,omitempty"` // that visit is not over
}

// Of returns the visit of the log's next event, from 1. It is to be given all that the reader
// may see, in order; who may not see notes loses nothing by it.
func (v *Visits) Of(e *Event) uint64 {
	if e.State == nil {
		if !v.Open && e.opens() || v.Last == 0 {
			v.Last, v.Open = v.Last+1, true
		}
		return v.Last
	}
	open := e.State.Is() != Closed
	if v.Open && !open && e.Reason.keepsStatus() {
		return v.Last // it did not know of the words that opened the chat
	}
	next := max(v.Last, e.State.Visit, 1)
	if open && !v.Open { // also where the state's number is from before visits, or was lost
		next = max(next, v.Last+1)
	}
	v.Last, v.Open = next, open
	return v.Last
}

// opens reports whether the event, which carries no state, opens a closed chat.
func (e *Event) opens() bool {
	return e.Kind == Message || e.Kind == Request && e.Request == Escalate && e.From.Role == RoleVisitor
}

// VisitsOf returns the visit of each event of a piece of a log. What stands before the first
// event that carries a state counts as of its visit, or, if there is none at all, as of the
// first; if that event only notes something on a closed chat, the piece begins after the close.
func VisitsOf(piece []Event) []uint64 {
	var v Visits
	for i := range piece {
		if s := piece[i].State; s != nil {
			v = Visits{Last: max(s.Visit, 1), Open: s.Is() != Closed || !piece[i].Reason.keepsStatus()}
			break
		}
	}
	visits := make([]uint64, len(piece))
	for i := range piece {
		visits[i] = v.Of(&piece[i])
	}
	return visits
}

// SinceClosed returns what a piece of a log has of a visit that is not over: the events after
// the last one that left the chat closed, and before them the visitor's words that nobody had
// answered when it was closed, since the answer is among those.
func SinceClosed(piece []Event) []Event {
	for i := len(piece) - 1; i >= 0; i-- {
		s := piece[i].State
		if s == nil || s.Is() != Closed {
			continue
		}
		var open []Event
		for _, e := range piece[:i] {
			if e.Kind == Message && e.Seq > s.AnsweredThrough {
				open = append(open, e)
			}
		}
		return append(open, piece[i+1:]...)
	}
	return piece
}

// Outcome is what came of a visit, in one word.
type Outcome string

// The outcomes. Where several fit, the first in this order counts.
const (
	Going        Outcome = "open"        // it is not over
	AgentHelped  Outcome = "agent"       // an agent had the chat and said something
	LeftAddress  Outcome = "missed"      // the visitor left an address that no agent has dealt with
	AddressDealt Outcome = "dealt"       // the visitor left an address, and an agent dealt with it
	AgentSilent  Outcome = "unheard"     // an agent had the chat and said nothing
	NobodyFree   Outcome = "declined"    // the visitor asked for a person, and there was no place in line
	LeftLine     Outcome = "left"        // the visitor went before a person came
	NobodyAtAll  Outcome = "nobody_came" // the visitor asked for a person, and nobody came
	BotHelped    Outcome = "bot"         // the bot answered, and nobody else was needed
	Unanswered   Outcome = "none"        // nobody answered
)

// Visit is what a visit came to.
type Visit struct {
	Number  uint64    `json:"number"`
	Began   time.Time `json:"began"`          // when its first event was stored
	Ended   time.Time `json:"ended,omitzero"` // when it was closed; zero if it is not over
	By      Reason    `json:"by,omitempty"`   // why it was closed
	Outcome Outcome   `json:"outcome"`
	Agent   Agent     `json:"agent,omitzero"`  // who had the chat last; zero if nobody had
	Score   int       `json:"score,omitempty"` // the visitor's last rating; 0 without one
}

// VisitFrom sums up all events of one visit, in their order. It is pure: the same events come
// to the same, whoever asks and whenever. Notes change nothing.
func VisitFrom(number uint64, events []Event) Visit {
	sum := VisitSum{Visit: Visit{Number: number}}
	for i := range events {
		sum.Add(&events[i])
	}
	sum.Outcome = sum.Facts.outcome(!sum.Ended.IsZero()) // also of no events
	return sum.Visit
}

// VisitSum is what a visit has come to so far. It can be kept as JSON between two events; only
// Add changes it.
type VisitSum struct {
	Visit
	Facts facts `json:"facts,omitzero"`
}

// Add adds the visit's next event.
func (v *VisitSum) Add(e *Event) {
	if v.Began.IsZero() {
		v.Began = e.At
	}
	v.Facts.add(e)
	if e.Kind == Request && e.Request == Rate {
		v.Score = e.Score
	}
	if e.State != nil {
		if e.State.Agent != nil {
			v.Agent = *e.State.Agent
		}
		switch {
		case e.State.Is() != Closed:
			v.Ended, v.By = time.Time{}, ""
		case v.Ended.IsZero():
			v.Ended, v.By = e.At, e.Reason
		}
	}
	v.Outcome = v.Facts.outcome(!v.Ended.IsZero())
}

// facts are what an outcome follows from.
type facts struct {
	Said     bool `json:"said,omitempty"`     // by an agent
	Held     bool `json:"held,omitempty"`     // by an agent
	Left     bool `json:"left,omitempty"`     // an address
	Dealt    bool `json:"dealt,omitempty"`    // with the address
	Called   bool `json:"called,omitempty"`   // a person
	Answered bool `json:"answered,omitempty"` // by the bot
	Declined bool `json:"declined,omitempty"`
	Went     bool `json:"went,omitempty"`
	Waiting  bool `json:"waiting,omitempty"`
}

func (f *facts) add(e *Event) {
	switch e.Kind {
	case Say:
		f.Said = true
	case Reply:
		f.Answered = true
		f.Went = false // who left the line and asked on is helped by the bot
	}
	if e.State == nil {
		return
	}
	was := f.Waiting
	f.Waiting = e.State.Is() == Waiting
	f.Held = f.Held || e.State.Is() == Live
	switch e.Reason {
	case EmailLeft:
		f.Left, f.Dealt = true, false
	case Dealt:
		f.Dealt = true
	case LineFull, AddressFull:
		f.Declined = true
	case Cancelled:
		f.Called, f.Went = false, true
	case ByVisitor, Idle:
		f.Went = f.Went || was
	}
	if f.Waiting && !was {
		f.Called, f.Declined, f.Went = true, false, false
	}
}

func (f *facts) outcome(over bool) Outcome {
	for _, may := range []struct {
		so bool
		Outcome
	}{
		{!over, Going},
		{f.Said, AgentHelped},
		{f.Left && !f.Dealt, LeftAddress},
		{f.Left, AddressDealt},
		{f.Held, AgentSilent},
		{f.Declined, NobodyFree},
		{f.Went, LeftLine},
		{f.Called, NobodyAtAll},
		{f.Answered, BotHelped},
	} {
		if may.so {
			return may.Outcome
		}
	}
	return Unanswered
}
