package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/parley-chat/parley/gateway/console"
	"github.com/parley-chat/parley/gateway/files"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/rights"
)

// newFiles returns what takes in files and gives them out.
func (g *Gateway) newFiles() *files.Files {
	return files.New(files.Options{
		Rules: g.opts.Files, Regions: g.regions, Visitors: g.visitors, Admission: g.admission, Agent: g.fileAgent, Scan: g.opts.FileScan,
		Elsewhere: func(r *http.Request) bool { return g.opts.Site.FromElsewhere(r, g.opts.TrustedProxies) },
		Trusted:   g.opts.TrustedProxies, Metrics: g.metrics.ofFiles(), Log: g.log,
	})
}

// fileAgent returns the account that a request is signed in as, if it may do that in the chat.
func (g *Gateway) fileAgent(r *http.Request, id chat.ID, may rights.Act) (user string, err error) {
	agent, err := g.accounts.Authenticate(r)
	if err != nil {
		return "", err
	}
	if !agent.Role.May(may) {
		return "", frame.Refuse(codes.NotAllowed, rights.Refusal(may))
	}
	set := g.teams.Now().Set
	if !console.Limited(agent, set) {
		return agent.User, nil
	}
	home, err := g.regions.Of(id)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(r.Context(), storeTime)
	defer cancel()
	now, err := home.Last(ctx, id)
	if err != nil {
		return "", fmt.Errorf("look at chat %s: %w", id, err)
	}
	holder := ""
	if a := now.State.Agent; a != nil {
		holder = a.User
	}
	if !console.MayRead(agent, set, now.State.Team(), holder) {
		return "", otherTeam()
	}
	return agent.User, nil
}

// fileRules are what a visitor's client is told about files; nil: none are sent here.
func (g *Gateway) fileRules(id chat.ID) *frame.FileRules {
	rules := g.opts.Files
	if !rules.On {
		return nil
	}
	r := &frame.FileRules{Size: rules.Size, Count: rules.Count, Kinds: rules.Kinds}
	if id != "" {
		r.Grant, r.Until = g.visitors.Grant(id)
	}
	return r
}

// filesOf returns the files that a frame names by their tickets, for an event of that chat.
// Nobody is asked for them: a ticket says that its file is stored.
func (g *Gateway) filesOf(f frame.In, id chat.ID, internal bool) ([]chat.File, error) {
	if len(f.Files) == 0 {
		return nil, nil
	}
	rules := g.opts.Files
	switch {
	case !rules.On:
		return nil, frame.Refuse(codes.NotAllowed, "Files can't be sent here.")
	case len(f.Files) > rules.Count:
		return nil, frame.Refuse(codes.BadFrame, fmt.Sprintf("A message has at most %d files.", rules.Count))
	}
	list := make([]chat.File, 0, len(f.Files))
	named := map[string]bool{}
	for _, file := range f.Files {
		t, err := g.visitors.ReadTicket(file.Ticket)
		switch {
		case errors.Is(err, identity.ErrTicketExpired):
			return nil, frame.Refuse(codes.BadTicket, "A file of this message was uploaded too long ago. Choose it again.")
		case err != nil || t.Chat != id:
			return nil, frame.Refuse(codes.BadTicket, "A file of this message can't be used: its ticket is not of this chat.")
		case t.Internal != internal && internal:
			return nil, frame.Refuse(codes.BadTicket, "A file of this note was uploaded for a message. Choose it again.")
		case t.Internal != internal:
			return nil, frame.Refuse(codes.BadTicket, "A file of this message was uploaded for a note, which only agents read. Choose it again.")
		case named[t.File.ID]:
			return nil, frame.Refuse(codes.BadFile, "This message has the same file twice.")
		}
		named[t.File.ID] = true
		t.File.Alt = file.Alt
		list = append(list, t.File)
	}
	return list, nil
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
