package escalation

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// noteIfHandedOver stores the note of the step that a request of the view leads to, if that
// takes the chat from the bot to people.
func (w *Worker) noteIfHandedOver(ctx context.Context, v view, step chat.Step) error {
	if step.Reason != chat.Escalated && step.Reason != chat.BotGaveUp {
		return nil
	}
	for _, e := range v.events {
		if e.Seq == step.RequestsThrough {
			return w.noteHandover(ctx, e, v.Snapshot)
		}
	}
	return nil
}

// noteHandover stores what agents should know of the chat that the request hands over: see
// handoverNote. It is stored before the change, like the note that travels with a chat which is
// passed on: so whoever gets the chat finds it there, and it stands before anything that an agent
// does. A replica that dies in between leaves a note and a request that is still to be decided,
// and whoever decides that finds the note. If the chat moves on in that moment the note stays:
// it says nothing that is not so.
func (w *Worker) noteHandover(ctx context.Context, request chat.Event, in bus.Snapshot) error {
	before, err := w.saidBefore(ctx, request, in)
	if err != nil {
		return err
	}
	note := handoverNote(request, before)
	note.From.Name = cmp.Or(note.From.Name, w.site.Bot())
	if _, err := w.conn.AppendNoteOnce(ctx, note, request.Seq); err != nil {
		return fmt.Errorf("note why chat %s is handed over: %w", request.Chat, err)
	}
	return nil
}

// saidBefore returns what was said in the visit before the request, as far as it is of the last
// hour. If the visitor wrote nothing in that time, but perhaps before it, the rest is asked of
// the store; without it the note says less.
func (w *Worker) saidBefore(ctx context.Context, request chat.Event, in bus.Snapshot) ([]chat.Event, error) {
	recent, err := w.conn.LastHour(ctx, request.Chat)
	if err != nil {
		return nil, fmt.Errorf("read what was said in chat %s: %w", request.Chat, err)
	}
	before := visitBefore(recent, request)
	if begins := in.State.Status == "" || in.State.Is() == chat.Closed; begins || len(asked(before)) > 0 {
		return before, nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	page, err := roles.AskPage(ctx, w.conn, chat.RoleBot, roles.PageRequest{Chat: request.Chat, Before: request.Seq, Limit: earlierEvents})
	if err != nil {
		w.log.Warn().Ctx(ctx).Err(err).Str("chat", string(request.Chat)).Msg("a chat is handed over without what was asked longer ago")
		return before, nil
	}
	// What travels beside an event is not in a page.
	return append(slices.DeleteFunc(visitBefore(page.Events, request), func(e chat.Event) bool {
		return slices.ContainsFunc(before, func(b chat.Event) bool { return b.Seq == e.Seq })
	}), before...), nil
}

// visitBefore returns the events before the request that are of its visit.
func visitBefore(events []chat.Event, request chat.Event) []chat.Event {
	before := slices.DeleteFunc(slices.Clone(events), func(e chat.Event) bool { return e.Seq >= request.Seq })
	return chat.SinceClosed(before)
}
