package escalation

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/roles"
)

// maxVouched is how many changes of one chat's card a site may cause within the stream's
// duplicate window: somebody who has two tokens of the site could have them written in turn.
const maxVouched = 10

// vouch writes on a chat's card what its site vouches for. A call that is repeated changes
// nothing: the card has it already.
func (w *Worker) vouch(ctx context.Context, req roles.VouchRequest) (roles.DeskReply, error) {
	if _, err := chat.ParseID(string(req.Chat)); err != nil {
		return roles.DeskReply{}, notFound()
	}
	edit, err := chat.CardEdit{Set: req.Edit.Set, Address: req.Edit.Address, Language: req.Edit.Language}.Clean()
	if err != nil {
		return roles.DeskReply{}, badText(err)
	}
	for i := range edit.Set {
		edit.Set[i].By = chat.SignedBySite
	}
	if err := w.mustExist(ctx, req.Chat); err != nil {
		return roles.DeskReply{}, err
	}
	return w.asSite(ctx, req.Chat, edit)
}

// asSite changes the card in the name of the site.
func (w *Worker) asSite(ctx context.Context, id chat.ID, edit chat.CardEdit) (roles.DeskReply, error) {
	stored, err := w.conn.ChangeCard(ctx, id, func(now chat.Card) (chat.Event, error) {
		next, err := now.Apply(edit)
		if err == nil {
			err = w.mayVouch(ctx, id)
		}
		return chat.Event{Kind: chat.CardChange, From: chat.Speaker{Role: chat.RoleSystem}, Parts: &chat.Parts{Card: &next}}, err
	})
	var full *chat.TextError
	switch {
	case errors.Is(err, chat.ErrUnchanged):
		return roles.DeskReply{}, nil
	case errors.As(err, &full):
		return roles.DeskReply{}, badText(err)
	case err != nil:
		return roles.DeskReply{}, fmt.Errorf("change the card: %w", err)
	}
	return roles.DeskReply{Seq: stored.Seq}, nil
}

// mayVouch refuses what would be one change too many.
func (w *Worker) mayVouch(ctx context.Context, id chat.ID) error {
	events, err := w.conn.RecentCards(ctx, id)
	if err != nil {
		return err
	}
	lately := w.now().Add(-bus.DuplicateWindow)
	n := 0
	for _, e := range events {
		if e.From.Role == chat.RoleSystem && e.At.After(lately) {
			n++
		}
	}
	if n >= maxVouched {
		return &bus.Refusal{Code: codes.RateLimited, Message: "The site has changed this card too often lately."}
	}
	return nil
}
