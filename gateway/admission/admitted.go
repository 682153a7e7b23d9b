package admission

import (
	"context"
	"net/netip"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// lookTime bounds how long admission looks for something in NATS.
const lookTime = 10 * time.Second

// Visitor is a Client that says what is to be stored. Its session alone uses it, one frame
// at a time.
type Visitor struct {
	Client
	order    retryOrder
	admitted admitted
	waits    bool   // for the address's turn to ask
	question func() // of the event in hand: ends the count of an open question
	moved    time.Time
}

// moveEvery is the shortest time between two pages that a connection says it is on. Pages
// wait for twice as long before they say the next one.
const moveEvery = 2 * time.Second

// Moves reports whether the connection may say now that the visitor is on another page,
// which is told to agents and kept.
func (v *Visitor) Moves(now time.Time) bool {
	if now.Sub(v.moved) < moveEvery {
		return false
	}
	v.moved = now
	return true
}

// MayClaim refuses so many bytes of attributes that a page claims of its visitor, if its address
// has used up its share of them.
func (v *Visitor) MayClaim(bytes int) error {
	if got := v.a.budgets.addresses.Take(v.at, limit.Cost{claims: float64(bytes)}); !got.OK {
		return v.a.budgets.refuseAddress(v.at, got)
	}
	return nil
}

// admitted is what a connection knows of its visitor's admission while the bot has
// too much to answer.
type admitted struct {
	since  time.Time // admitted since then; zero: not known to be
	sought bool      // the chat's log was asked already
	last   uint64    // the sequence of the last message that was stored
}

// maxQuestionWait bounds how long a second question waits while the bot has too much
// to answer.
const maxQuestionWait = 3 * time.Second

// Visitor returns the limits of a visitor's new connection from that address.
func (a *Admission) Visitor(addr netip.Addr) *Visitor {
	return &Visitor{Client: a.Client(addr, "")}
}

// Begin begins with another visitor. fresh says that the visitor is new: NewVisitor
// was asked.
func (v *Visitor) Begin(fresh bool) {
	v.Leave()
	v.order, v.admitted = retryOrder{}, admitted{sought: fresh}
	if fresh && !v.a.shedder.open() {
		v.admitted.since = time.Now()
	}
}

// Admit decides whether the event may be stored now. It keeps the order in which the
// visitor's frames were sent over those that are refused for now, takes the frame off
// the limits, sheds it if the bot has too much to answer, and waits for a slot. hint
// is the chat's state as last seen. find is nil unless the client may have sent the
// event before: it looks for the event among those that are stored, and returns 0 if
// it is not there.
//
// If the event may be stored, the caller calls done once: with its sequence, or with
// the error. If it is stored already, Admit returns its sequence and no done. Otherwise
// the error is a *frame.Refusal, or of find, the bus or the context.
func (v *Visitor) Admit(ctx context.Context, e chat.Event, hint bus.Snapshot, find func(context.Context) (uint64, error)) (done func(s bus.Stored, err error), stored uint64, err error) {
	v.question = nil
	if wait := v.order.holds(e.ID, time.Now()); wait > 0 {
		v.counted = true // the frame it waits for must not find the limits used up
		return nil, 0, TooFast(wait)
	}
	stored, err = v.admit(ctx, e, hint, find)
	if err != nil || stored > 0 {
		v.unask()
		v.settle(e.ID, err)
		return nil, stored, err
	}
	id, inChat, kind, cost := e.ID, e.Chat, e.Kind, costOf(e) // keeping all of the event would copy it to the heap
	return func(s bus.Stored, err error) {
		v.a.of(inChat).appends.release()
		if err != nil || s.Duplicate { // what is stored once is charged once
			v.a.budgets.giveBack(v.at, inChat, cost)
		}
		if err == nil {
			v.stored(kind, s.Seq)
		} else {
			v.unask()
		}
		v.settle(id, err)
	}, 0, nil
}

// admit takes a slot for an append, unless it refuses the event or finds it stored.
func (v *Visitor) admit(ctx context.Context, e chat.Event, hint bus.Snapshot, find func(context.Context) (uint64, error)) (stored uint64, err error) {
	if err := v.Allow(); err != nil {
		return 0, err
	}
	if err := v.a.Room(); err != nil {
		return 0, err
	}
	if err := v.ask(e, hint); err != nil {
		return 0, err
	}
	if err := v.maySpeak(ctx, e, hint); err != nil {
		return 0, err
	}
	if find != nil {
		if stored, err = v.find(ctx, e.Chat, find); err != nil || stored > 0 {
			return stored, err
		}
	}
	cost := costOf(e)
	if err := v.a.budgets.take(v.at, e.Chat, cost); err != nil {
		return 0, err
	}
	if err := v.a.of(e.Chat).appends.acquire(ctx); err != nil {
		v.a.budgets.giveBack(v.at, e.Chat, cost)
		return 0, err
	}
	return 0, nil
}

// find looks for a resent event within the slot of a read, which is given back before
// an append's is waited for: neither holds up the other.
func (v *Visitor) find(ctx context.Context, id chat.ID, find func(context.Context) (uint64, error)) (seq uint64, err error) {
	if err := v.MayRead(); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	release, err := v.a.Read(ctx, id)
	if err != nil {
		return 0, err
	}
	defer release()
	return find(ctx)
}

// maySpeak refuses the visitor while the bot has too much to answer. A person who
// answers is no burden on the bot, so visitors who talk to one go on.
func (v *Visitor) maySpeak(ctx context.Context, e chat.Event, hint bus.Snapshot) error {
	shedder := v.a.shedder
	if shedder.open() || !hint.State.BotSpeaks() {
		return nil
	}
	may, full := shedder.admitted(v.admitted.since)
	if !may && !v.admitted.sought {
		ctx, cancel := context.WithTimeout(ctx, lookTime)
		defer cancel()
		since, err := shedder.admittedSince(ctx, e.Chat)
		if err != nil {
			return err
		}
		v.admitted.since, v.admitted.sought = since, true
		may, full = shedder.admitted(since)
	}
	if !may {
		if err := v.a.newcomer(v.at); err != nil {
			return err
		}
		v.admitted.since = time.Now()
		return nil
	}
	if full && e.Kind == chat.Message && v.admitted.last > hint.State.AnsweredThrough {
		return TooFast(min(shedder.wait(), maxQuestionWait))
	}
	return nil
}

// stored records that the event was.
func (v *Visitor) stored(kind chat.Kind, seq uint64) {
	v.a.shedder.took()
	if v.admitted.since.IsZero() {
		v.admitted.since = time.Now()
	}
	if kind == chat.Message {
		v.admitted.last = seq
	}
}

// ask counts the event as an open question, if it is one for the bot, or refuses it.
func (v *Visitor) ask(e chat.Event, hint bus.Snapshot) (err error) {
	if e.Kind != chat.Message || !hint.State.BotSpeaks() {
		return nil
	}
	v.question, err = v.a.questions.ask(v.at, v.waits)
	v.waits = err != nil
	return err
}

// unask ends the count of the event in hand: it was not stored.
func (v *Visitor) unask() {
	if v.question != nil {
		v.question()
		v.question = nil
	}
}

// Question returns what is to be called once the event that was stored last is answered:
// until then it counts as an open question of its address. It is nil if the event is none.
func (v *Visitor) Question() (answered func()) { return v.question }

// Leave is called when the visitor has gone. Questions that are open stay so.
func (v *Visitor) Leave() {
	if v.waits {
		v.waits = false
		v.a.questions.leave(v.at)
	}
}

// settle keeps the frame's place if it may be sent again, or gives it to the next.
func (v *Visitor) settle(id string, err error) {
	if err != nil {
		if r := frame.RefusalOf(err); r.Retry > 0 {
			v.order.refused(id, time.Now(), r.Retry)
			return
		}
	}
	v.order.done(id)
}
