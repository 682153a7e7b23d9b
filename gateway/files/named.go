package files

import (
	"errors"
	"fmt"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

// Told is what a client is told about files: with a grant, if it is that chat's visitor; nil: none
// are sent here.
func (f *Files) Told(visitor chat.ID) *frame.FileRules {
	rules := f.opts.Rules
	if !rules.On {
		return nil
	}
	told := &frame.FileRules{Size: rules.Size, Count: rules.Count, Kinds: rules.Kinds}
	if visitor != "" {
		told.Grant, told.Until = f.opts.Visitors.Grant(visitor)
	}
	return told
}

// Named returns the files that a frame names by their tickets, for an event of that chat that
// is for agents only, or not. Nobody is asked for them: a ticket says that its file is stored. The
// error is a refusal.
func (f *Files) Named(named []frame.NamedFile, id chat.ID, internal bool) ([]chat.File, error) {
	if len(named) == 0 {
		return nil, nil
	}
	rules := f.opts.Rules
	switch {
	case !rules.On:
		return nil, frame.Refuse(codes.NotAllowed, "Files can't be sent here.")
	case len(named) > rules.Count:
		return nil, frame.Refuse(codes.BadFrame, fmt.Sprintf("A message has at most %d files.", rules.Count))
	}
	list := make([]chat.File, 0, len(named))
	met := map[string]bool{}
	for _, file := range named {
		t, err := f.opts.Visitors.ReadTicket(file.Ticket)
		switch {
		case errors.Is(err, identity.ErrTicketExpired):
			return nil, frame.Refuse(codes.BadTicket, "A file of this message was uploaded too long ago. Choose it again.")
		case err != nil || t.Chat != id:
			return nil, frame.Refuse(codes.BadTicket, "A file of this message can't be used: its ticket is not of this chat.")
		case t.Internal && !internal:
			return nil, frame.Refuse(codes.BadTicket, "A file of this message was uploaded for agents only. Choose it again.")
		case internal && !t.Internal:
			return nil, frame.Refuse(codes.BadTicket, "A file that is for agents only was uploaded for the visitor, too. Choose it again.")
		case met[t.File.ID]:
			return nil, frame.Refuse(codes.BadFile, "This message has the same file twice.")
		}
		met[t.File.ID] = true
		t.File.Alt = file.Alt
		list = append(list, t.File)
	}
	return list, nil
}
