package gateway

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// visitorSession is one visitor's connection.
type visitorSession struct {
	session
	who    identity.Visitor
	view   *view // nil before the first hello
	turned turnedAway
	turn   turn
}

type welcomeFrame struct {
	T      string      `json:"t"`
	Chat   chat.ID     `json:"chat"`
	Name   string      `json:"name"`
	Token  string      `json:"token"`
	Status chat.Status `json:"status"`
	Agent  string      `json:"agent,omitempty"`
	Seq    uint64      `json:"seq"`
	More   bool        `json:"more"`
}

func (s *visitorSession) run(ctx context.Context) {
	defer func() {
		if s.view != nil {
			s.view.leave()
		}
		s.sock.abort()
	}()
	s.serve(ctx, s.handle)
}

func (s *visitorSession) handle(ctx context.Context, f clientFrame) error {
	if f.T == "hello" {
		return s.hello(ctx, f)
	}
	if s.view == nil {
		switch f.T {
		case "send", "escalate", "cancel", "close", "rate", "page", "typing", "read":
			return refuse(codeHelloFirst, "Say hello first.")
		}
		return unknown(f)
	}
	switch f.T {
	case "send":
		return s.send(ctx, f)
	case "escalate", "cancel", "close", "rate":
		return s.ask(ctx, f)
	case "page":
		if err := s.allow(); err != nil {
			return err
		}
		return s.page(ctx, f, s.who.Chat, s.view.known(), false)
	case "typing":
		return s.signal(bus.Signal{What: bus.Typing, On: f.On})
	case "read":
		return s.signal(bus.Signal{What: bus.Read, Seq: f.Seq})
	}
	return unknown(f)
}

// hello lets a visitor in and shows the chat. On an open connection it replaces
// the chat in view, unless it is refused: then all stays as it was.
func (s *visitorSession) hello(ctx context.Context, f clientFrame) error {
	if err := s.allow(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	who, next, at, err := s.admit(ctx, f)
	if err != nil {
		return err
	}
	if s.view != nil {
		s.view.leave()
	}
	s.who, s.view, s.turned, s.turn = who, next, turnedAway{}, turn{sought: who.Fresh}
	if who.Fresh && !s.g.gate.open() {
		s.turn.since = time.Now() // was let in
	}
	s.sock.greeted.Store(true)
	w := welcomeFrame{T: "welcome", Chat: who.Chat, Name: who.Name, Token: who.Token, Status: at.snap.State.Is(), Seq: at.last, More: at.prev > 0}
	if a := at.snap.State.Agent; a != nil {
		w.Agent = a.Name
	}
	s.sock.sendPatiently(encode(w))
	if next.enter(ctx, at) != nil {
		s.view = nil // and the socket is closed
		return nil
	}
	s.g.board.tellPlace(who.Chat, s.sock)
	return nil
}

// admit finds out who says hello and begins to look at the chat.
func (s *visitorSession) admit(ctx context.Context, f clientFrame) (who identity.Visitor, next *view, at place, err error) {
	release, err := s.g.reads.take(ctx)
	if err != nil {
		return who, nil, at, err
	}
	defer release()
	if who, err = s.g.visitors.Admit(ctx, f.Name, f.Token); err != nil {
		return who, nil, at, err
	}
	if next, at, err = s.g.hub.look(ctx, who.Chat, s.sock, nil, f.Since, who.Fresh); err != nil {
		return who, nil, at, fmt.Errorf("look at chat %s: %w", who.Chat, err)
	}
	return who, next, at, nil
}

// send stores what the visitor wrote. The word that calls a person becomes a
// request; it is stored as it was typed.
func (s *visitorSession) send(ctx context.Context, f clientFrame) error {
	if err := chat.CheckClientID(f.ID); err != nil {
		return err
	}
	text, err := chat.CleanText(f.Text)
	if err != nil {
		return err
	}
	e := chat.Event{Kind: chat.Message, ID: f.ID, Text: text}
	if chat.AsksForPerson(text) {
		e.Kind, e.Request = chat.Request, chat.Escalate
	}
	return s.store(ctx, e, f.Again)
}

// ask stores a request.
func (s *visitorSession) ask(ctx context.Context, f clientFrame) error {
	if err := chat.CheckClientID(f.ID); err != nil {
		return err
	}
	e := chat.Event{Kind: chat.Request, ID: f.ID, Request: chat.RequestKind(f.T)}
	if f.T == "rate" {
		if f.Score < 1 || f.Score > 5 {
			return refuse(codeBadFrame, "A score is a number from 1 to 5.")
		}
		e.Score = f.Score
		if strings.TrimSpace(f.Text) != "" {
			text, err := chat.CleanText(f.Text)
			if err != nil {
				return err
			}
			e.Text = text
		}
	}
	return s.store(ctx, e, f.Again)
}

// store keeps the order in which a visitor's frames were sent over those that
// have to be sent again.
func (s *visitorSession) store(ctx context.Context, e chat.Event, again bool) error {
	if wait := s.turned.holds(e.ID, time.Now()); wait > 0 {
		return &slowDown{wait}
	}
	err := s.storeNow(ctx, e, again)
	if wait := time.Duration(errorOf(err, "").RetryMS) * time.Millisecond; err != nil && wait > 0 {
		s.turned.away(e.ID, time.Now(), wait)
		return err
	}
	s.turned.done(e.ID)
	return err
}

// storeNow appends and, when the stream has it, acknowledges.
func (s *visitorSession) storeNow(ctx context.Context, e chat.Event, again bool) error {
	if err := s.allow(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	e.Chat, e.From = s.who.Chat, chat.Speaker{Role: chat.RoleVisitor, Name: s.who.Name}
	hint := s.view.watch.hint()
	if err := s.mayStore(ctx, e, hint); err != nil {
		return err
	}
	if again {
		seq, err := s.stored(ctx, e.ID)
		if err != nil {
			return fmt.Errorf("look for a resent message: %w", err)
		}
		if seq > 0 {
			s.view.wasTold(seq)
			s.sock.send(encode(ackFrame{T: "ack", ID: e.ID, Seq: seq}))
			return nil
		}
	}
	release, err := s.g.appends.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	began := time.Now()
	stored, err := s.g.conn.AppendIn(ctx, e, &hint)
	if err != nil {
		return err
	}
	s.wasStored(e, stored.Seq)
	s.view.wasTold(stored.Seq)
	s.g.metrics.accepted(time.Since(began))
	if e.Kind == chat.Message && hint.State.BotSpeaks() && !stored.Duplicate {
		s.view.watch.asked(stored.Seq, began)
	}
	s.sock.send(encode(ackFrame{T: "ack", ID: e.ID, Seq: stored.Seq}))
	return nil
}

// stored looks for a message that a client sends again, beyond what the stream
// remembers by itself: in the stream, which is quick and knows all where nothing
// was purged from it, and then in the store.
func (s *visitorSession) stored(ctx context.Context, clientID string) (seq uint64, err error) {
	release, err := s.g.reads.take(ctx)
	if err != nil {
		return 0, err
	}
	defer release()
	tail, err := s.g.conn.TailPart(ctx, s.who.Chat, 0, false)
	if err != nil {
		return 0, err
	}
	for _, e := range tail.Events {
		if e.From.Role == chat.RoleVisitor && e.ID == clientID {
			return e.Seq, nil
		}
	}
	if tail.Whole && !tail.More {
		return 0, nil
	}
	found, err := bus.Ask(ctx, s.g.conn, bus.HistoryFind, bus.FindRequest{Chat: s.who.Chat, ID: clientID})
	return found.Seq, err
}

// signal tells the agents; too many are dropped, which nobody misses.
func (s *visitorSession) signal(sig bus.Signal) error {
	if s.allow() != nil {
		s.strike(1)
		return nil
	}
	sig.From = chat.Speaker{Role: chat.RoleVisitor, Name: s.who.Name}
	if err := s.g.conn.SendSignal(s.who.Chat, sig); err != nil {
		s.g.log.Debug().Err(err).Msg("signal not sent")
	}
	return nil
}
