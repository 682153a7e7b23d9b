package escalation

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/roles"
)

// card changes what is written on a chat. Any agent may, at any time, whoever has the chat:
// nothing that the visitor or the bot does depends on it, and nothing of theirs conflicts with
// it. Two who change it at once both do: the second edit is applied to what the first made of
// the card.
func (w *Worker) card(ctx context.Context, req roles.CardRequest) (roles.DeskReply, error) {
	call := cardCall(req)
	if err := checkCall(call, rights.Annotate); err != nil {
		return roles.DeskReply{}, err
	}
	edit, err := req.Edit.Clean()
	if err != nil {
		return roles.DeskReply{}, badText(err)
	}
	for i := range edit.Set {
		edit.Set[i].By = "" // who calls is an agent, whatever the call says
	}
	if err := w.mustExist(ctx, req.Chat); err != nil {
		return roles.DeskReply{}, err
	}
	stored, err := w.conn.ChangeCard(ctx, req.Chat, func(now chat.Card) (chat.Event, error) {
		next, err := now.Apply(edit)
		return chat.Event{Kind: chat.CardChange, ID: ownID(call), From: speaker(call), Parts: &chat.Parts{Card: &next}}, err
	})
	var full *chat.TextError
	switch {
	case errors.As(err, &full):
		if done, readErr := w.cardDone(ctx, call); readErr != nil || done.Seq != 0 {
			return done, readErr // others have filled the card since
		}
		return roles.DeskReply{}, badText(err)
	case errors.Is(err, chat.ErrUnchanged):
		return w.cardDone(ctx, call)
	case err != nil:
		return roles.DeskReply{}, fmt.Errorf("change the card: %w", err)
	}
	if !stored.Duplicate {
		if _, err := w.project(ctx, req.Chat, 0); err != nil { // else a sweep finds it
			w.log.Debug().Ctx(ctx).Err(err).Str("chat", string(req.Chat)).Msg("a card is changed, and the desk is not yet told")
		}
	}
	return roles.DeskReply{Seq: stored.Seq}, nil
}

// cardDone answers an edit that changes nothing, or can't be made any longer: perhaps since an
// earlier try made it, whose answer was lost.
func (w *Worker) cardDone(ctx context.Context, call roles.DeskRequest) (roles.DeskReply, error) {
	events, err := w.conn.RecentCards(ctx, call.Chat)
	if err != nil {
		return roles.DeskReply{}, err
	}
	for _, e := range events {
		if e.ID == ownID(call) && e.From.User == call.Agent.User {
			return roles.DeskReply{Seq: e.Seq}, nil
		}
	}
	return roles.DeskReply{}, nil
}
