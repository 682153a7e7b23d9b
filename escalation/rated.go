package escalation

import (
	"context"
	"fmt"
	"slices"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// What a visitor rated: a visit in which a person had the chat, or one with the bot alone.
const (
	ratedAgent = "agent"
	ratedBot   = "bot"
)

// rated counts a rating, for the figures. It changes nothing in the chat.
func (w *Worker) rated(ctx context.Context, rating chat.Event) error {
	visit, err := w.visitOf(ctx, rating)
	if err != nil {
		return err
	}
	if of := ratedOf(visit, rating.Seq); of != "" {
		w.metrics.rated(of, rating.Score)
	}
	return nil
}

// visitOf returns the events of the rating's visit, as far as they are of the hour before it; if
// nobody spoke for the system in that time, the store is asked. Without it the rating is of
// nobody.
func (w *Worker) visitOf(ctx context.Context, rating chat.Event) ([]chat.Event, error) {
	recent, err := w.conn.LastHour(ctx, rating.Chat)
	if err != nil {
		return nil, fmt.Errorf("read what is rated in chat %s: %w", rating.Chat, err)
	}
	visit := visitWith(recent, rating.Seq)
	if slices.ContainsFunc(visit, func(e chat.Event) bool { return e.State != nil && e.State.Is() != chat.Closed }) {
		return visit, nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	page, err := roles.AskPage(ctx, w.conn, chat.RoleBot, roles.PageRequest{Chat: rating.Chat, Before: rating.Seq, Limit: earlierEvents})
	if err != nil {
		w.log.Debug().Ctx(ctx).Err(err).Str("chat", string(rating.Chat)).Msg("a rating is not counted: what it is of can't be read")
		return nil, nil
	}
	return visitWith(append(page.Events, rating), rating.Seq), nil
}

// visitWith returns the events of a piece of a log that are of the same visit as the event with
// that sequence, up to it.
func visitWith(piece []chat.Event, seq uint64) (same []chat.Event) {
	visits := chat.VisitsOf(piece)
	at := slices.IndexFunc(piece, func(e chat.Event) bool { return e.Seq == seq })
	for i := range at + 1 {
		if visits[i] == visits[at] {
			same = append(same, piece[i])
		}
	}
	return same
}

// ratedOf returns whom the visit's rating is of; nobody if there was another one in the visit
// before: words may follow a score.
func ratedOf(visit []chat.Event, seq uint64) (of string) {
	for _, e := range visit {
		switch {
		case e.Kind == chat.Request && e.Request == chat.Rate && e.Seq < seq:
			return ""
		case e.State != nil && e.State.Is() == chat.Live:
			of = ratedAgent
		case e.Kind == chat.Reply && of == "":
			of = ratedBot
		}
	}
	return of
}
