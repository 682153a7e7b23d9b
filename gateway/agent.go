package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// maxViews bounds the chats that one console watches at once.
const maxViews = 200

// agentSession is one console's connection.
type agentSession struct {
	session
	who      chat.Agent
	signedIn accounts.Agent
	views    map[chat.ID]*view
}

type agentFrame struct {
	User string `json:"user"`
	Name string `json:"name"`
	Role string `json:"role,omitempty"`
}

type agentWelcome struct {
	T      string          `json:"t"`
	Agent  agentFrame      `json:"agent"`
	Desk   []bus.DeskEntry `json:"desk"`
	Online []agentFrame    `json:"online"`
}

type openedFrame struct {
	T      string      `json:"t"`
	ID     string      `json:"id"`
	Chat   chat.ID     `json:"chat"`
	Name   string      `json:"name"`
	Status chat.Status `json:"status"`
	Agent  *chat.Agent `json:"agent,omitempty"`
	Seq    uint64      `json:"seq"`
	More   bool        `json:"more"`
}

type chatsFrame struct {
	T     string            `json:"t"`
	ID    string            `json:"id"`
	Chats []bus.ChatSummary `json:"chats"`
	More  bool              `json:"more"`
}

func (s *agentSession) run(ctx context.Context, signedIn *http.Request) {
	forget := s.g.consoles.keep(s.sock, s.signedIn)
	defer forget()
	// Asked again now that changes are heard: one may have come in between.
	if _, err := s.g.accounts.Authenticate(signedIn.WithContext(ctx)); err != nil {
		var no *bus.Refusal
		if errors.As(err, &no) {
			s.sock.close(closeSignedOut, "signed out")
		}
	}
	leave := s.g.board.attend(s.who, string(s.signedIn.Role), s.sock)
	defer func() {
		leave()
		for _, v := range s.views {
			v.leave()
		}
		s.sock.abort()
	}()
	s.serve(ctx, func(ctx context.Context, f clientFrame) error {
		if err := s.handle(ctx, f); err != nil {
			s.refuse(ctx, err, f.ID, chat.ID(f.Chat))
		}
		return nil
	})
}

func (s *agentSession) handle(ctx context.Context, f clientFrame) error {
	if f.T == "chats" {
		return s.chats(ctx, f)
	}
	calls := map[string]bus.Endpoint[bus.DeskRequest, bus.DeskReply]{
		"take": bus.DeskTake, "say": bus.DeskSay, "note": bus.DeskNote,
		"return": bus.DeskReturn, "transfer": bus.DeskTransfer, "close": bus.DeskClose,
	}
	call, isCall := calls[f.T]
	switch f.T {
	case "open", "leave", "page", "typing", "read":
	default:
		if !isCall {
			return unknown(f)
		}
	}
	id, err := chat.ParseID(f.Chat)
	if err != nil {
		return refuse(codeNotFound, "There is no such chat.")
	}
	if err := s.allow(); err != nil {
		return err
	}
	switch f.T {
	case "open":
		return s.open(ctx, f, id)
	case "leave":
		if v := s.views[id]; v != nil {
			v.leave()
			delete(s.views, id)
		}
		return nil
	case "page":
		return s.page(ctx, f, id, s.known(id), true)
	case "typing":
		return s.signal(id, bus.Signal{What: bus.Typing, On: f.On})
	case "read":
		return s.signal(id, bus.Signal{What: bus.Read, Seq: f.Seq})
	}
	return s.call(ctx, call, f, id)
}

// open shows a chat, with its notes, from since on.
func (s *agentSession) open(ctx context.Context, f clientFrame, id chat.ID) error {
	if err := chat.CheckClientID(f.ID); err != nil {
		return err
	}
	if s.views[id] == nil && len(s.views) >= maxViews {
		return refuse(codeRateLimited, "This console watches too many chats already.")
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	release, err := s.g.reads.take(ctx)
	if err != nil {
		return err
	}
	next, at, err := s.g.hub.look(ctx, id, s.sock, &s.who, f.Since, false)
	release()
	if err != nil {
		return fmt.Errorf("look at chat %s: %w", id, err)
	}
	if len(at.events) == 0 && at.prev == 0 {
		next.leave()
		return refuse(codeNotFound, "There is no such chat.")
	}
	if old := s.views[id]; old != nil {
		old.leave()
	}
	s.views[id] = next
	s.sock.sendPatiently(encode(openedFrame{
		T: "opened", ID: f.ID, Chat: id, Name: visitorOf(at), Status: at.snap.State.Is(), Agent: at.snap.State.Agent, Seq: at.last, More: at.prev > 0,
	}))
	if next.enter(ctx, at) != nil {
		delete(s.views, id) // and the socket is closed
	}
	return nil
}

// known is the last sequence of the chat that this console was told of, if it looks
// at the chat; else 0.
func (s *agentSession) known(id chat.ID) uint64 {
	if v := s.views[id]; v != nil {
		return v.known()
	}
	return 0
}

// visitorOf returns the visitor's name as the events tell it.
func visitorOf(at place) string {
	for i := len(at.events) - 1; i >= 0; i-- {
		if e := at.events[i]; e.From.Role == chat.RoleVisitor {
			return e.From.Name
		}
	}
	return at.snap.State.Visitor
}

var calling = backoff.Policy{Min: 100 * time.Millisecond, Max: time.Second}

// call has the escalation service do something; by its id a call that is made
// again happens once, so it is made again where nobody answered.
func (s *agentSession) call(ctx context.Context, ep bus.Endpoint[bus.DeskRequest, bus.DeskReply], f clientFrame, id chat.ID) error {
	if err := chat.CheckClientID(f.ID); err != nil {
		return err
	}
	if err := s.g.room(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	for try := 1; ; try++ {
		reply, err := bus.Call(ctx, s.g.conn, ep, bus.DeskRequest{Chat: id, ID: f.ID, Agent: s.who, Text: f.Text})
		if err == nil {
			if v := s.views[id]; v != nil {
				v.wasTold(reply.Seq)
			}
			s.sock.send(encode(ackFrame{T: "ack", ID: f.ID, Seq: reply.Seq}))
			return nil
		}
		if !errors.Is(err, bus.ErrUnavailable) || calling.Wait(ctx, try) != nil {
			return err
		}
	}
}

func (s *agentSession) chats(ctx context.Context, f clientFrame) error {
	if err := chat.CheckClientID(f.ID); err != nil {
		return err
	}
	if err := s.allow(); err != nil {
		return err
	}
	req := bus.ChatsRequest{Limit: f.Limit}
	if f.Limit == 0 {
		req.Limit = firstPage
	}
	if req.Limit < 1 || req.Limit > maxPage {
		return refuse(codeBadFrame, "A list holds 1 to 200 chats.")
	}
	req.Before = f.Before.at
	reply, err := bus.Ask(ctx, s.g.conn, bus.HistoryChats, req)
	if err != nil {
		return err
	}
	if reply.Chats == nil {
		reply.Chats = []bus.ChatSummary{}
	}
	s.sock.send(encode(chatsFrame{T: "chats", ID: f.ID, Chats: reply.Chats, More: reply.More}))
	return nil
}

// signal reaches the visitor only from the agent who holds the chat.
func (s *agentSession) signal(id chat.ID, sig bus.Signal) error {
	v := s.views[id]
	if v == nil {
		return nil
	}
	if a := v.watch.hint().State.Agent; a == nil || a.User != s.who.User {
		return nil
	}
	sig.From = chat.Speaker{Role: chat.RoleAgent, Name: s.who.Name, User: s.who.User}
	if err := s.g.conn.SendSignal(id, sig); err != nil {
		s.g.log.Debug().Err(err).Msg("signal not sent")
	}
	return nil
}
