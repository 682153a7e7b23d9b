package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/gateway/live"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// hello admits a visitor and shows the chat. On an open connection it replaces the
// chat in view, unless it is refused: then everything stays as it was.
func (s *visitorSession) hello(ctx context.Context, f frame.In) error {
	if err := s.limits.Allow(); err != nil {
		return err
	}
	if err := s.limits.MayRead(); err != nil {
		return err
	}
	elsewhere := s.g.visitors.Elsewhere(f.Token)
	reading := live.NewReading(s.g.admission.Enter, elsewhere)
	defer func() { s.limits.HasRead(reading.Bytes()) }()
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	who, next, at, err := s.enter(ctx, f, reading, elsewhere)
	if err != nil {
		return err
	}
	if s.shown != nil {
		s.shown.Leave()
		if s.who.Chat != who.Chat {
			s.went()
		}
	}
	s.who, s.shown, s.source, s.team = who, next, s.g.visitors.Source(s.addr), pageTeam(f.Team)
	s.limits.Begin(who.Fresh)
	s.greeted(next)
	s.g.lookForHidden(who.Chat, s.addr)
	w := frame.Welcome{T: "welcome", Chat: who.Chat, Name: who.Name, Token: who.Token, Status: at.Snapshot.State.Is(), Seq: at.Last, More: at.Earlier(), Files: s.g.files.Told(who.Chat), FaceRevision: s.g.site.Revision()}
	if a := at.Snapshot.State.Agent; a != nil {
		w.Agent = a.Name
	}
	if at.Snapshot.State.Named {
		w.Called = at.Snapshot.State.Visitor
	}
	if w.Status == chat.Live || next.Said() > 0 { // else nobody has read anything
		w.Read = s.g.kept.of(who.Chat).marks.Of(ctx, who.Chat, chat.RoleAgent)
	}
	next.Welcome(frame.Encode(w))
	s.who.Token = "" // the client has it
	if next.Join(ctx, at) != nil {
		s.shown = nil // and the socket is closed
		return nil
	}
	s.g.board.SendPosition(who.Chat, s.sock)
	if s.about, s.signed, s.told = s.claimed(f.About.About), who.Signed, false; !at.Empty() {
		s.came()
	}
	return nil
}

// greeted tells the seat whose chat the connection shows now: as long as that waits for a
// person, or is with one, nobody else gets the seat.
func (s *visitorSession) greeted(shown *live.Subscription) {
	s.seat.Greeted(func() bool {
		is := shown.Hint().State.Is()
		return is == chat.Waiting || is == chat.Live
	})
}

// enter finds out who says hello and subscribes to the chat. elsewhere is the chat for whose
// region reading takes its slots; empty for the own one.
func (s *visitorSession) enter(ctx context.Context, f frame.In, reading *live.Reading, elsewhere chat.ID) (who identity.Visitor, next *live.Subscription, at live.StartPosition, err error) {
	if err := reading.Begin(ctx); err != nil {
		return who, nil, at, err
	}
	defer reading.End()
	if who, err = s.g.visitors.Admit(admission.From(ctx, s.addr), f.Name, f.Token); err != nil {
		return who, nil, at, err
	}
	if who.Chat != elsewhere && !s.g.regions.IsOwn(who.Chat) {
		reading.Of(who.Chat)
		if err := reading.Begin(ctx); err != nil {
			return who, nil, at, err
		}
	}
	if next, at, err = s.g.hub.Subscribe(ctx, who.Chat, s.sock, reading, nil, f.Since, who.Fresh); err != nil {
		return who, nil, at, fmt.Errorf("look at chat %s: %w", who.Chat, err)
	}
	// A chat without events is new: that costs no read of its own.
	who.Fresh = who.Fresh || who.Asked && at.Empty()
	return who, next, at, nil
}

// forget revokes the tokens of a chat and ends every visitor's connection to it.
func (s *visitorSession) forget(ctx context.Context, f frame.In) error {
	if err := s.limits.Allow(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	if err := s.limits.MayRead(); err != nil {
		return err
	}
	release, err := s.g.admission.Read(ctx, s.g.visitors.Elsewhere(f.Token))
	if err != nil {
		return err
	}
	defer release()
	s.limits.HasRead(0) // the least that a read costs: it reads whether there is a chat
	id, err := s.g.visitors.Revoke(ctx, f.Token)
	if err != nil {
		return err
	}
	if err := s.g.kept.of(id).about.Forget(ctx, id); err != nil {
		return fmt.Errorf("forget what is known of chat %s: %w", id, err)
	}
	// Before the signal, which ends this connection too.
	s.sock.Send(frame.EncodeAck(f.ID, 0))
	return s.signal(id, bus.Signal{What: bus.Revoked, From: chat.Speaker{Role: chat.RoleSystem}})
}

// name is what the visitor is shown as, as far as this gateway knows.
func (s *visitorSession) name(state chat.State) string {
	if state.Named {
		return state.Visitor
	}
	return s.who.Name
}

// store begins to append the event if it is admitted, and has it acknowledged once the
// stream has it.
func (s *visitorSession) store(ctx context.Context, e chat.Event, again bool) error {
	return s.storeAs(ctx, e, again, "")
}

// storeAs is store under a name; under the one that the visitor has if it is empty.
func (s *visitorSession) storeAs(ctx context.Context, e chat.Event, again bool, name string) error {
	home, err := s.g.regions.Of(s.who.Chat)
	if err != nil {
		return err // nothing was sent there; the client sends it again
	}
	hint := s.shown.Hint()
	if name == "" {
		name = s.name(hint.State)
	}
	e.Chat, e.From, e.Source = s.who.Chat, chat.Speaker{Role: chat.RoleVisitor, Name: name}, s.source
	var find func(context.Context) (uint64, error)
	if again {
		find = func(ctx context.Context) (uint64, error) { return s.stored(ctx, e.ID) }
	}
	done, seq, err := s.limits.Admit(ctx, e, hint.Snapshot, find)
	if err != nil || seq > 0 {
		return s.acknowledge(e.ID, seq, err)
	}
	a := appending{s: s, id: e.ID, bytes: len(e.Text), asks: e.Kind == chat.Message && hint.State.BotSpeaks(), began: time.Now()}
	s.sock.AnswerDue(true)
	err = home.AppendInAsync(ctx, storeTime, e, &hint, func(stored bus.Stored, err error) {
		s.answered(ctx, a.ended(stored, err, done), frame.In{ID: a.id})
	})
	if err != nil {
		return a.ended(bus.Stored{}, err, done)
	}
	return errStoring
}

// appending is a visitor's event on its way into the stream. Until it has ended, its
// session handles no other frame.
type appending struct {
	s     *visitorSession
	id    string
	bytes int
	asks  bool // it is a question to the bot
	began time.Time
}

// isFull reports whether NATS has no room for an event.
func isFull(err error) bool {
	_, full := errors.AsType[*bus.FullError](err)
	return full
}

// ended settles the admission of the event, and acknowledges it if it is stored.
func (a *appending) ended(stored bus.Stored, err error, done func(bus.Stored, error)) error {
	s := a.s
	if isFull(err) {
		err = s.g.admission.NoRoom()
	}
	done(stored, err)
	if err == nil {
		s.came()
		s.shown.Stored(stored.Seq)
		s.g.metrics.accepted(a.bytes, time.Since(a.began))
		if a.asks && !stored.Duplicate {
			s.shown.AwaitReply(stored.Seq, a.began, s.limits.Question())
		} else if answered := s.limits.Question(); answered != nil {
			answered() // it was counted when it was stored first
		}
	}
	return s.acknowledge(a.id, stored.Seq, err)
}

// acknowledge tells the client that the event is stored, or returns the error.
func (s *visitorSession) acknowledge(id string, seq uint64, err error) error {
	if err != nil {
		return err
	}
	s.seat.Wrote()
	s.shown.Acknowledged(seq)
	s.sock.Send(frame.EncodeAck(id, seq))
	return nil
}

// stored looks for an event that a client resends after the stream's duplicate window.
// The history service knows ids. If it does not answer, the stream is read, which is
// complete if nothing was purged from it. What was read is charged either way.
func (s *visitorSession) stored(ctx context.Context, clientID string) (seq uint64, err error) {
	home, err := s.g.regions.Of(s.who.Chat)
	if err != nil {
		return 0, err
	}
	found, err := bus.Ask(ctx, home, roles.HistoryFind, roles.FindRequest{Chat: s.who.Chat, ID: clientID})
	if err == nil {
		s.limits.HasRead(found.Read)
		return found.Seq, nil
	}
	if !errors.Is(err, bus.ErrUnavailable) {
		return 0, fmt.Errorf("look for a resent message: %w", err)
	}
	tail, tailErr := home.TailPart(ctx, s.who.Chat, 0, chat.RoleVisitor)
	s.limits.HasRead(bytesOf(tail.Events))
	if tailErr != nil {
		return 0, fmt.Errorf("look for a resent message: %w", tailErr)
	}
	for _, e := range tail.Events {
		if e.From.Role == chat.RoleVisitor && e.ID == clientID {
			return e.Seq, nil
		}
	}
	if tail.Whole && !tail.More {
		return 0, nil
	}
	return 0, fmt.Errorf("look for a resent message: %w", err)
}

func (s *visitorSession) olderEvents(ctx context.Context, f frame.In) error {
	if err := s.limits.Allow(); err != nil {
		return err
	}
	return s.page(ctx, f, s.who.Chat, s.shown.Known(), 0)
}

func (s *visitorSession) typing(_ context.Context, f frame.In) error {
	return s.chatter(bus.Signal{What: bus.Typing, On: f.On})
}

// read tells the agents how far the visitor has read. It is kept where an agent has said
// something: nobody asks how far a chat with the bot was read.
func (s *visitorSession) read(_ context.Context, f frame.In) error {
	if said := s.shown.Said(); said > 0 && f.Seq >= said {
		s.g.kept.of(s.who.Chat).marks.Has(s.who.Chat, chat.RoleVisitor, min(f.Seq, s.shown.Known()))
	}
	return s.chatter(bus.Signal{What: bus.Read, Seq: f.Seq})
}

// chatter sends the agents a signal. Those that come too fast are dropped, which does
// no harm.
func (s *visitorSession) chatter(sig bus.Signal) error {
	if s.limits.Allow() != nil {
		if s.limits.Drop() {
			s.sock.Close(conn.Refused)
		}
		return nil
	}
	sig.From = chat.Speaker{Role: chat.RoleVisitor, Name: s.name(s.shown.Hint().State)}
	return s.signal(s.who.Chat, sig)
}
