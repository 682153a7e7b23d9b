package gateway

import (
	"cmp"
	"context"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/chat"
)

// send stores a message. The command that calls a person becomes a request, in all its
// forms; it is stored as it was typed. A wish in other words is a message, and the bot's
// to grant: who reads a wish into words may err, and then there should be an answer.
func (s *visitorSession) send(ctx context.Context, f frame.In) error {
	e := chat.Event{Kind: chat.Message, ID: f.ID, Text: f.Text}
	list, err := s.g.files.Named(f.Files, s.who.Chat, false)
	switch {
	case err != nil:
		return err
	case len(list) > 0: // what goes along with files is a message, whatever its words
		e.Parts = &chat.Parts{Files: list}
	case s.g.opts.Words.Called(f.Text):
		e.Kind, e.Request = chat.Request, chat.Escalate
	case f.Choice != "":
		e.Parts = &chat.Parts{Choice: f.Choice}
	}
	forTeam(&e, s.team)
	return s.store(ctx, e, f.Again)
}

// request stores a request.
func (s *visitorSession) request(ctx context.Context, f frame.In) error {
	e := chat.Event{Kind: chat.Request, ID: f.ID, Request: chat.RequestKind(f.T)}
	switch e.Request {
	case chat.Rate:
		e.Score, e.Text = f.Score, f.Text
	case chat.LeaveEmail:
		e.Parts, e.Text = &chat.Parts{Email: f.Email}, f.Text
	case chat.Escalate:
		forTeam(&e, cmp.Or(pageTeam(f.Team), s.team))
	}
	return s.store(ctx, e, f.Again)
}

// giveName stores what a visitor wants to be called who began without a name. That changes
// nothing of who the visitor is: the chat, its id and its token are those of the first name.
func (s *visitorSession) giveName(ctx context.Context, f frame.In) error {
	name, err := s.g.visitors.GivenName(f.Name)
	if err != nil {
		return err
	}
	return s.storeAs(ctx, chat.Event{Kind: chat.Request, ID: f.ID, Request: chat.GiveName}, f.Again, name)
}

// grant answers with what opens the chat's files for another while.
func (s *visitorSession) grant(ctx context.Context, f frame.In) error {
	if err := s.limits.Allow(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	release, err := s.g.admission.Read(ctx, s.who.Chat)
	if err != nil {
		return err
	}
	defer release()
	if err := s.g.visitors.StillOpens(ctx, s.who.Chat); err != nil {
		return err
	}
	grant, until := s.g.visitors.Grant(s.who.Chat)
	s.sock.Send(frame.Encode(frame.Granted{T: "grant", ID: f.ID, Grant: grant, Until: until}))
	return nil
}
