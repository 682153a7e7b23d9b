package botworker

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// gaveUp tells the visitor that there is no answer, and calls a person. It does not
// think. Like a reply it is guarded and covers the message, so that this is answered
// once, by this or by a replica that succeeds after all. A replica that finds the
// apology in place calls the person once more.
func (w *Worker) gaveUp(ctx context.Context, d bus.Delivery) error {
	e := d.Event
	if e.Kind == chat.Request || e.Kind == chat.StateChange && !e.State.BotSpeaks() {
		return nil // nobody waits for the bot because of these
	}
	reply, err := w.conn.GuardedAppend(ctx, e.Chat, e.Seq, nil, func(s bus.Snapshot) (chat.Event, error) {
		return w.apologize(ctx, e, s)
	})
	var handover *handoverError
	switch {
	case errors.Is(err, errSilent):
		return nil
	case errors.As(err, &handover):
		return w.askAsAnnounced(ctx, e, handover)
	case err != nil:
		return fmt.Errorf("tell chat %s that it gets no answer: %w", e.Chat, err)
	}
	w.metrics.replied(apologized)
	return w.askForPerson(ctx, e, reply.Seq, reply.State.AnsweredThrough, "")
}

// apologize returns the apology for the event in this state of the chat. The event is a
// message, one that can't be read, or a state change that left the bot with unanswered
// messages.
func (w *Worker) apologize(ctx context.Context, e chat.Event, s bus.Snapshot) (chat.Event, error) {
	if s.State.Handover {
		return chat.Event{}, &handoverError{s.Out, s.State.AnsweredThrough}
	}
	if !s.State.BotSpeaks() || e.Kind != chat.StateChange && e.Seq <= s.State.AnsweredThrough {
		return chat.Event{}, errSilent
	}
	if err := w.open(ctx, e, s); err != nil {
		return chat.Event{}, err
	}
	last := e
	if e.Kind == chat.StateChange {
		messages, read, err := w.unanswered(ctx, e.Chat, s, math.MaxUint64)
		if err != nil {
			return chat.Event{}, err
		}
		if len(messages) == 0 {
			return chat.Event{}, w.nothingOpen(ctx, e, s, read)
		}
		last = messages[len(messages)-1]
	}
	next, err := s.State.Apply(chat.Step{Kind: chat.Reply, At: w.opts.Now(), AnsweredThrough: last.Seq, Visitor: last.From.Name, Handover: true})
	if err != nil {
		return chat.Event{}, errSilent
	}
	return chat.Event{Kind: chat.Reply, From: w.speaker(), Text: answer.SorryFor(last.Text), Aside: true, Why: chat.NewWhy(chat.CauseGaveUp, ""), State: &next}, nil
}
