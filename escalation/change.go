package escalation

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// errNoChange is returned by a decision that leaves the chat as it is.
var errNoChange = errors.New("there is nothing to change")

// errAsleep says the same of a chat that is snoozed: the visitor may have written since.
var errAsleep = errors.New("there is nothing to change in a chat that is snoozed")

// view is what a decision rests on: the chat's state from the stream's leader, and
// the events after the last request that was decided. They are read after the state,
// so when the change is appended (nobody else having written in the system's name)
// the inputs among them were all written in that state.
type view struct {
	bus.Snapshot
	before digest       // of the events that were read for an earlier decision in this state
	events []chat.Event // those after them
}

// all is the digest of all events of the view.
func (v view) all() digest { return v.before.with(v.events) }

// lastInput is the sequence of the last thing that the visitor (or the bot, asking
// for a person) put into the chat; 0 if that is decided already.
func (v view) lastInput() uint64 { return v.all().lastInput }

// visitor is the visitor's name if the events contain it.
func (v view) visitor() string { return v.all().visitor }

// empty reports that nothing was ever said in the chat: it does not exist.
func (v view) empty() bool {
	return v.Out == 0 && v.State == (chat.State{}) && v.all().through == 0
}

// through is the sequence up to which the view knows the chat.
func (v view) through() uint64 {
	return max(v.Out, v.State.RequestsThrough, v.all().through)
}

// transition is a change of a chat that somebody wants.
type transition struct {
	reason chat.Reason
	by     chat.Agent // who acts, or whom it concerns
	to     chat.Agent // whom the chat is passed on to
	giver  chat.Agent // who assigned it to by; zero: Parley did
	id     string     // of the call that asked for it
	team   string     // chat.Step.Team
	until  time.Time  // chat.Step.Until
	owes   bool       // chat.Step.Owes
	called string     // the name of that team, for whoever reads that the chat goes there
}

// change appends one change of a chat, or returns why there is none: want's error or
// the state machine's.
//
// The log's order is the order in which things count. So requests that precede the
// change in the log are decided first, in their order, whichever replica was given
// their deliveries: a visitor's cancel that was stored before an agent's take wins,
// and two replicas that hold "escalate" and "cancel" of one chat can't decide them
// in the wrong order.
//
// A change that makes the chat an agent's has a place of theirs reserved first, however it comes
// to that, and one that takes it from them gives the place back: see reserve.
//
// seq is of an event of the chat that the caller was given: nothing is refused on a
// read that does not include that event. It is 0 for a caller that was given none,
// or that will look again by itself. Without want, only the requests are decided.
func (w *Worker) change(ctx context.Context, id chat.ID, seq uint64, want func(view) (transition, error)) (chat.Event, error) {
	var end func() // of the agent's turn, if the chat is to be theirs
	var to *chat.Agent
	defer func() {
		if end != nil {
			end()
		}
	}()
	var inLine *place
	defer func() { w.line.doubt(inLine) }()
	for {
		var settling bool
		var was bus.Snapshot
		inLine = nil
		e, err := w.conn.GuardedAppend(ctx, id, seq, nil, func(s bus.Snapshot) (chat.Event, error) {
			w.line.giveBack(inLine) // of a try that somebody else was quicker than
			inLine, was = nil, s
			v, err := w.look(ctx, id, seq, s, want == nil)
			if err != nil {
				return chat.Event{}, err
			}
			var step chat.Step
			if step, settling = firstAccepted(v.events, v.State); settling {
				step.Team = w.teamCalled(id, step.Team)
				step, inLine = w.line.admit(id, step)
				if err := w.noteIfHandedOver(ctx, v, step); err != nil {
					w.line.giveBack(inLine)
					inLine = nil
					return chat.Event{}, err
				}
				return w.event(v, step, transition{})
			}
			w.digests.keep(id, v)
			if want == nil && s.State.Asleep() {
				return chat.Event{}, errAsleep
			}
			if want == nil {
				return chat.Event{}, errNoChange
			}
			becomes, err := want(v)
			if err != nil {
				return chat.Event{}, err
			}
			last := v.lastInput()
			step = chat.Step{Kind: chat.StateChange, Reason: becomes.reason, By: becomes.by, To: becomes.to, Team: becomes.team, AnsweredThrough: last, RequestsThrough: last,
				Seen: v.through(), Until: becomes.until, Owes: becomes.owes}
			if v.State.BotSpeaks() && becomes.reason != chat.SteppedIn {
				// The bot still owes what it has not answered: one that was down must
				// not find its work marked as done.
				step.AnsweredThrough = 0
			}
			e, err := w.event(v, step, becomes)
			if err != nil || !gets(s.State, *e.State) {
				return e, err
			}
			if to != nil && to.User != e.State.Agent.User {
				return chat.Event{}, bus.Permanent(fmt.Errorf("chat %s is to be of two agents", id))
			}
			if to = e.State.Agent; end == nil {
				if end, err = w.turns.take(ctx, to.User); err != nil {
					return chat.Event{}, err
				}
			}
			return e, w.reserve(ctx, *to, id, s)
		})
		if err != nil {
			if refused(err) {
				w.line.giveBack(inLine)
				if to != nil {
					w.release(ctx, to.User, id, was)
				}
			} // else it may have been stored: the place counts until that is known
			return chat.Event{}, err
		}
		w.line.keep(inLine, e.Seq)
		if e.State.Is() != chat.Waiting {
			w.line.left(id, e.Seq)
		}
		if e.Seq > was.Out && loses(was.State, *e.State) {
			w.release(ctx, was.State.Agent.User, id, bus.Snapshot{Out: e.Seq, State: *e.State})
		}
		w.metrics.changed(e.Reason)
		w.log.Info().Ctx(ctx).Str("chat", string(id)).Uint64("seq", e.Seq).Str("reason", string(e.Reason)).Str("status", string(e.State.Is())).Msg("chat changed")
		if !settling {
			return e, nil
		}
	}
}

// gets reports whether an agent has the chat before them in the later of two states who did not before.
func gets(was, is chat.State) bool {
	return is.Is() == chat.Live && desk.Occupies(is.Agent.User, is) && !desk.Occupies(is.Agent.User, was)
}

// loses reports whether somebody had the chat before them in the earlier of two states who no
// longer has.
func loses(was, is chat.State) bool { return gets(is, was) }

// look reads what follows what is known of the chat in that state. If only requests are
// to be decided, and what is known includes the event seq, there is nothing to read: the
// requests up to there were refused in this state, and later ones have deliveries of
// their own.
func (w *Worker) look(ctx context.Context, id chat.ID, seq uint64, s bus.Snapshot, requestsOnly bool) (view, error) {
	known := w.digests.of(id, s.State)
	if requestsOnly && seq > 0 && known.through >= seq {
		return view{Snapshot: s, before: known}, nil
	}
	return bus.AtLeast(ctx, id, seq, func() (view, uint64, error) {
		events, whole, err := w.eventsAfter(ctx, id, max(s.State.RequestsThrough, known.through))
		v := view{s, known, events}
		if !whole { // what is missing was purged
			return v, math.MaxUint64, err
		}
		return v, v.through(), err
	})
}

// eventsAfter reads the chat's events after a sequence, without their texts: a
// visitor who stays with the bot can write gigabytes before anything is decided.
// whole is false if events may have been purged from the stream.
func (w *Worker) eventsAfter(ctx context.Context, id chat.ID, after uint64) (events []chat.Event, whole bool, err error) {
	for whole = true; ; {
		part, err := w.conn.TailPart(ctx, id, after, chat.RoleVisitor)
		if err != nil {
			return nil, false, err
		}
		for _, e := range part.Events {
			e.Text = ""
			events = append(events, e)
		}
		if whole = whole && part.Whole; !part.More {
			return events, whole, nil
		}
		after = events[len(events)-1].Seq
	}
}

// event is the event that a step becomes, which that transition led to.
func (w *Worker) event(v view, step chat.Step, of transition) (chat.Event, error) {
	step.At = w.now()
	if step.Reason != chat.NameGiven { // that brings its own
		step.Visitor = v.visitor()
	}
	next, err := v.State.Apply(step)
	if err != nil {
		return chat.Event{}, err
	}
	from := chat.Speaker{Role: chat.RoleSystem}
	switch step.Reason {
	case chat.Taken, chat.SteppedIn, chat.Dealt, chat.Returned, chat.Transferred, chat.ByAgent, chat.PassedOn, chat.TakenOver, chat.Snoozed:
		from = chat.Speaker{Role: chat.RoleAgent, Name: step.By.Name, User: step.By.User}
	case chat.AgentGone, chat.NoAnswer, chat.WokenInLine:
		from.User = step.By.User // who lost it
	case chat.Woken:
		if of.id != "" { // somebody woke it by hand
			from = chat.Speaker{Role: chat.RoleAgent, Name: step.By.Name, User: step.By.User}
		}
	case chat.Assigned:
		if of.giver.User != "" {
			from = chat.Speaker{Role: chat.RoleAgent, Name: of.giver.Name, User: of.giver.User}
		}
	}
	return chat.Event{
		Kind: chat.StateChange, Reason: step.Reason, ID: of.id, From: from, Text: sentenceOf(v.State, step, next, of.called), State: &next,
	}, nil
}

// settle decides the requests in the chat's log, the one with that sequence among
// them.
func (w *Worker) settle(ctx context.Context, id chat.ID, seq uint64) error {
	_, err := w.change(ctx, id, seq, nil)
	if err != nil && !refused(err) {
		return fmt.Errorf("decide requests of chat %s: %w", id, err)
	}
	if errors.Is(err, errAsleep) { // what was written before that was stored the bot took for the agent's
		_, err := w.wake(ctx, id, seq, time.Time{})
		return err
	}
	return nil
}

// refused reports whether the error says that the change must not happen, as opposed
// to one that a later try may not meet.
func refused(err error) bool {
	var taken *chat.TakenError
	var full *fullError
	for _, no := range []error{errNoChange, chat.ErrUnchanged, chat.ErrNotWaiting, chat.ErrNotLive, chat.ErrNotBot, chat.ErrClosed, chat.ErrCovered, chat.ErrStep, chat.ErrSelf, chat.ErrMoved, chat.ErrAsleep, errAsleep} {
		if errors.Is(err, no) {
			return true
		}
	}
	var other *otherTeamError
	_, unseen := errors.AsType[*chat.UnseenError](err)
	return unseen || errors.As(err, &taken) || errors.As(err, &other) || errors.As(err, &full)
}
