package botworker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// askForPerson requests that the chat be escalated, as the reply announced, which covers
// what the visitor wrote up to through and was written because of that event: of the team that
// the bot chose, or else of that which the visitor's page is for. The request is stored once, however often it is made, and has no effect if the chat has changed
// since the reply.
func (w *Worker) askForPerson(ctx context.Context, cause chat.Event, reply, through uint64, team string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	id := cause.Chat
	of, err := w.covered(ctx, cause, through)
	if err != nil {
		return err
	}
	ask := chat.Event{Chat: id, Kind: chat.Request, Request: chat.Escalate, From: w.speaker(), Source: of.Source, Covers: reply, ID: fmt.Sprintf("handover-%d", reply)}
	if team = cmp.Or(team, of.Team()); team != "" {
		ask.Parts = &chat.Parts{Team: team}
	}
	_, err = w.conn.AppendIn(ctx, ask, nil)
	if err != nil {
		return fmt.Errorf("ask for a person in chat %s: %w", id, err)
	}
	return nil
}

// covered returns the message that ends what a reply covers: it tells where it came from, and
// which team the visitor's page is of. A hand-back comes from nowhere, and there must be no
// way around the bound of an address through it.
func (w *Worker) covered(ctx context.Context, cause chat.Event, through uint64) (chat.Event, error) {
	if cause.Kind != chat.StateChange || through == 0 {
		return cause, nil
	}
	inputs, err := w.conn.Inputs(ctx, cause.Chat, through-1, through, 1)
	switch {
	case errors.Is(err, bus.ErrUnavailable) || ctx.Err() != nil:
		return chat.Event{}, fmt.Errorf("read who needs a person in chat %s: %w", cause.Chat, cmp.Or(err, ctx.Err()))
	case err != nil || len(inputs) == 0:
		return chat.Event{}, nil // it can't be read, or was purged; the visitor needs a person all the same
	}
	return inputs[0], nil
}

// askAsAnnounced is askForPerson for a reply that perhaps another replica wrote. Nothing follows
// such a reply before the request that this one makes.
func (w *Worker) askAsAnnounced(ctx context.Context, cause chat.Event, by *handoverError) error {
	last, err := w.conn.LastOut(ctx, cause.Chat)
	if err != nil {
		return fmt.Errorf("read which team a person is of: %w", err)
	}
	team := ""
	if last.Seq == by.reply { // else somebody was quicker
		team = last.Team()
	}
	return w.askForPerson(ctx, cause, by.reply, by.through, team)
}

// forTeam adds the team that a person is asked of to the parts of a reply.
func forTeam(p *chat.Parts, team string) *chat.Parts {
	if team == "" {
		return p
	}
	with := chat.Parts{Team: team}
	if p != nil {
		with = *p
		with.Team = team
	}
	return &with
}
