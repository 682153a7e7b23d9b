package gateway

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/live"
	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/roles"
)

func noSuchChat() error { return frame.Refuse(codes.NotFound, "There is no such chat.") }

// open shows a chat, with its notes, from since on.
func (s *agentSession) open(ctx context.Context, f frame.In, id chat.ID) error {
	if s.shown[id] == nil {
		if err := admission.MayShow(len(s.shown)); err != nil {
			return err
		}
	}
	serving := ctx
	if err := s.limits.MayRead(); err != nil {
		return err
	}
	reading := live.NewReading(s.g.admission.Enter, id)
	defer func() { s.limits.HasRead(reading.Bytes()) }()
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	who := s.who.Chat()
	next, at, err := s.g.hub.Subscribe(ctx, id, s.sock, reading, &who, f.Since, false)
	reading.End()
	if err != nil {
		return fmt.Errorf("look at chat %s: %w", id, err)
	}
	if at.Empty() {
		next.Leave()
		return noSuchChat()
	}
	if err := s.g.mayRead(s.who, at.Snapshot.State); err != nil {
		next.Leave()
		return err
	}
	first, err := s.g.begins(ctx, s.who, id, at.Snapshot.State)
	if err != nil {
		next.Leave()
		return fmt.Errorf("find what may be read of chat %s: %w", id, err)
	}
	if s.shown[id] == nil {
		if err := s.looked(ctx, audit.LookChat, id, ""); err != nil {
			next.Leave()
			return err
		}
	}
	at = next.From(at, first, f.Since)
	if old := s.shown[id]; old != nil {
		old.Leave()
	}
	s.shown[id] = next
	card := s.cardOf(ctx, id, at, f.Since == 0)
	next.Welcome(frame.Encode(frame.Opened{
		T: "opened", ID: f.ID, Chat: id, Name: at.Visitor(), Status: at.Snapshot.State.Is(), Agent: at.Snapshot.State.Agent, Email: at.Snapshot.State.Email(), Missed: at.Snapshot.State.IsMissed(), Seq: at.Last, More: at.Earlier(),
		Read: s.g.kept.of(id).marks.Of(ctx, id, chat.RoleVisitor), About: s.g.kept.of(id).about.Of(ctx, id), Called: at.Called(), Card: card,
	}))
	if next.Join(ctx, at) != nil {
		delete(s.shown, id) // and the socket is closed
	} else {
		_ = s.signal(id, bus.Signal{What: bus.Who, From: chat.Speaker{Role: chat.RoleAgent, User: who.User}})
	}
	// Without since, it is opened for the first time. The page itself does that only with
	// chats that are the agent's.
	if a := at.Snapshot.State.Agent; f.Since == 0 && (a == nil || a.User != who.User) {
		s.acted(serving)
	}
	return nil
}

// cardTime is how long a chat that is opened waits for its card.
const cardTime = 500 * time.Millisecond

// cardOf returns what is written on a chat that is opened at that place; nil if that isn't known
// now, which is no reason not to show the chat. In most chats the events that are shown tell it.
// The store is asked only for a console that has never seen the chat.
func (s *agentSession) cardOf(ctx context.Context, id chat.ID, at live.StartPosition, first bool) *chat.Card {
	if card := at.Card(); card != nil {
		return card
	}
	home, err := s.g.regions.Of(id)
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, cardTime)
	defer cancel()
	read := home.StreamCard
	if first {
		read = home.Card
	}
	card, _, err := read(ctx, id)
	if err != nil {
		return nil
	}
	return &card
}

func (s *agentSession) leave(_ context.Context, _ frame.In, id chat.ID) error {
	if v := s.shown[id]; v != nil {
		if s.looks.at == id {
			s.looksAway()
		}
		v.Leave()
		delete(s.shown, id)
	}
	return nil
}

// olderEvents reads a page, which reaches at least to the last event of the chat that
// this console knows.
func (s *agentSession) olderEvents(ctx context.Context, f frame.In, id chat.ID) error {
	if v := s.shown[id]; v != nil {
		return s.page(ctx, f, id, v.Known(), v.First())
	}
	first, err := s.g.beginsUnseen(ctx, s.who, id)
	if err != nil {
		return err
	}
	if err := s.looked(ctx, audit.LookChat, id, "a page of it"); err != nil {
		return err
	}
	return s.page(ctx, f, id, 0, first)
}

// card changes what is written on a chat.
func (s *agentSession) card(ctx context.Context, f frame.In, id chat.ID) error {
	if f.Edit == nil {
		return frame.Refuse(codes.BadFrame, "A change of a card says in \"edit\" what changes.")
	}
	if _, err := f.Edit.Clean(); err != nil {
		return err
	}
	if err := s.g.admission.Room(); err != nil {
		return err
	}
	giveBack, err := s.limits.MaySay(cardCost)
	if err != nil {
		return err
	}
	home, err := s.g.regions.Of(id)
	if err == nil {
		err = called(ctx, s, f, id, func(ctx context.Context) (roles.DeskReply, error) {
			return callPatiently(ctx, home, roles.DeskCard, roles.CardRequest{Chat: id, ID: f.ID, Agent: s.who.Chat(), Role: s.who.Agent().Role, Edit: *f.Edit})
		})
	}
	if err != nil {
		giveBack()
	}
	return err
}

// cardCost is what a change of a card counts as, in bytes of text: about what most take.
const cardCost = 512

// closeSource closes the waiting chats of one source together.
func (s *agentSession) closeSource(ctx context.Context, f frame.In, _ chat.ID) error {
	if err := s.g.admission.Room(); err != nil {
		return err
	}
	serving := ctx
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	reply, err := s.g.closeSourceIn(ctx, roles.SourceRequest{Source: f.Source, Before: f.Before.At, ID: f.ID, Agent: s.who.Chat(), Role: s.who.Agent().Role})
	if err != nil {
		return err
	}
	s.sock.Send(frame.Encode(frame.Together{T: "ack", ID: f.ID, Closed: reply.Closed, Left: reply.Left}))
	s.acted(serving)
	return nil
}

// chats lists all chats, the one last written to first; with a team, only that team's.
func (s *agentSession) chats(ctx context.Context, f frame.In, _ chat.ID) error {
	if err := s.limits.MayRead(); err != nil {
		return err
	}
	if err := s.looked(ctx, audit.LookList, "", listing(f.Team, !f.Before.At.IsZero())); err != nil {
		return err
	}
	var next time.Time
	reply := roles.ChatsReply{More: true}
	for before, parts := f.Before.At, 0; reply.More && len(reply.Chats) == 0 && parts < emptyParts; before, parts = next, parts+1 {
		var err error
		if reply, err = s.g.chatsOf(ctx, roles.ChatsRequest{Limit: f.Limit, Before: before}); err != nil {
			return err
		}
		read := 0
		for _, c := range reply.Chats {
			read, next = read+(&chat.Event{Text: c.Text}).Size(), c.At
		}
		s.limits.HasRead(read)
		if reply.Chats, err = s.g.readable(ctx, s.who, ofTeam(s.g.teams.Now().Set, f.Team, reply.Chats)); err != nil {
			return err
		}
	}
	if !reply.More {
		next = time.Time{}
	}
	s.sock.Send(frame.Encode(frame.Chats{T: "chats", ID: f.ID, Chats: s.rows(ctx, reply.Chats), More: reply.More, Before: next}))
	return nil
}

// listing says for the audit log which list of chats an agent reads.
func listing(team string, further bool) string {
	what := "all chats"
	if team != "" {
		what = "team " + strconv.Quote(team)
	}
	if further {
		what += ", further down"
	}
	return what
}

// emptyParts is how many parts of the list of all chats are read for one answer, if there is
// nothing for the agent in those before. The client goes on from where they end.
const emptyParts = 4

// rows are the chats of a list with the site of each, where it is known.
func (s *agentSession) rows(ctx context.Context, chats []roles.ChatSummary) []frame.ChatRow {
	ids := make([]chat.ID, len(chats))
	for i, c := range chats {
		ids[i] = c.Chat
	}
	sites := s.g.kept.sites(ctx, ids)
	rows := make([]frame.ChatRow, len(chats))
	for i, c := range chats {
		rows[i] = frame.ChatRow{ChatSummary: c, Site: sites[c.Chat]}
	}
	return rows
}

func (s *agentSession) typing(ctx context.Context, f frame.In, id chat.ID) error {
	if f.On {
		s.acted(ctx)
	}
	return s.chatter(id, bus.Signal{What: bus.Typing, On: f.On})
}

func (s *agentSession) read(_ context.Context, f frame.In, id chat.ID) error {
	if v := s.shown[id]; s.holds(v) {
		s.g.kept.of(id).marks.Has(id, chat.RoleAgent, min(f.Seq, v.Known()))
	}
	return s.chatter(id, bus.Signal{What: bus.Read, Seq: f.Seq})
}

// holds reports whether the chat is shown here and with this agent.
func (s *agentSession) holds(v *live.Subscription) bool {
	if v == nil {
		return false
	}
	a := v.Hint().State.Agent
	return a != nil && a.User == s.who.Chat().User
}

// chatter reaches the visitor only from the agent who holds the chat.
func (s *agentSession) chatter(id chat.ID, sig bus.Signal) error {
	if !s.holds(s.shown[id]) {
		return nil
	}
	who := s.who.Chat()
	sig.From = chat.Speaker{Role: chat.RoleAgent, Name: who.Name, User: who.User}
	return s.signal(id, sig)
}
