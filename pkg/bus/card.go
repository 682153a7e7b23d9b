package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// StoredCard is the history service's call for the last event with a card of a chat of which
// the stream has none any longer.
var StoredCard = Endpoint[StateRequest, StateReply]{Name: "history.card"}

// Card returns the chat's card and the sequence of the event that carries it, which is 0 if
// the stream has none: what a change of the card expects. The read is the leader's. If the
// event was purged, the card comes from the store, through the history service.
func (c *Conn) Card(ctx context.Context, id chat.ID) (chat.Card, uint64, error) {
	card, seq, err := c.StreamCard(ctx, id)
	if !errors.Is(err, ErrNotFound) {
		return card, seq, err
	}
	first, err := c.firstSeq(ctx, id)
	if err != nil || first <= 1 { // nothing was ever purged
		return chat.Card{}, 0, err
	}
	last, err := Ask(ctx, c, StoredCard, StateRequest{Chat: id})
	if err != nil {
		return chat.Card{}, 0, fmt.Errorf("read card of chat %s from the store: %w", id, err)
	}
	if last.Event == nil || last.Event.Card() == nil {
		return chat.Card{}, 0, nil
	}
	return *last.Event.Card(), 0, nil
}

// StreamCard is Card as far as the stream has it, without the store: ErrNotFound says that
// there is none there, which may have been purged.
func (c *Conn) StreamCard(ctx context.Context, id chat.ID) (chat.Card, uint64, error) {
	e, err := c.leaderGet(ctx, id, getRequest{LastFor: c.at(id, cardSubject(id))})
	if err == nil && e.Card() == nil {
		err = fmt.Errorf("event %d, a %q, carries no card", e.Seq, e.Kind)
	}
	if err != nil {
		return chat.Card{}, 0, fmt.Errorf("read card of chat %s: %w", id, err)
	}
	return *e.Card(), e.Seq, nil
}

// ChangeCard appends one change of a chat's card. It gives decide the card; decide returns the
// event to append, with the card after it, or an error, which means that nothing is to be
// changed. If somebody else changed the card since it was read, the append is refused and it
// starts over: nobody's change is lost. Only changes of the card count for that, so it never
// makes a reply of the bot conflict, nor the other way round.
//
// The event is stored once under its id within ten minutes. On an error other than decide's it
// is unknown whether it was stored.
func (c *Conn) ChangeCard(ctx context.Context, id chat.ID, decide func(chat.Card) (chat.Event, error)) (Stored, error) {
	for {
		if c.opts.Region != "" {
			// Before the card is read: whoever moves the chat fences the card after the state.
			if err := c.movedAway(ctx, id); err != nil {
				return Stored{}, err
			}
		}
		card, seq, err := c.Card(ctx, id)
		if err != nil {
			return Stored{}, err
		}
		e, err := decide(card)
		if err != nil {
			return Stored{}, err
		}
		if e.Kind != chat.CardChange || e.Card() == nil {
			return Stored{}, Permanent(fmt.Errorf("change the card of chat %s: a %q is no change of a card", id, e.Kind))
		}
		e.Chat = id
		stored, err := c.appendCard(ctx, e, seq)
		if !errors.Is(err, ErrConflict) || ctx.Err() != nil {
			return stored, err
		}
	}
}

// appendCard stores a change of the card if the chat's last one is still the expected one (0:
// there is none); otherwise it returns ErrConflict.
func (c *Conn) appendCard(ctx context.Context, e chat.Event, expect uint64) (Stored, error) {
	a, err := c.eventAppend(ctx, e)
	if err != nil {
		return Stored{}, err
	}
	a.once = appendTime(2)
	a.set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(expect, 10)) // the subject is the message's own
	return c.publisher.wait(a)
}

// movedAway returns an AwayError if nothing may be written in the chat any more, in this region.
func (c *Conn) movedAway(ctx context.Context, id chat.ID) error {
	s, err := c.Last(ctx, id)
	if err == nil && s.State.Moved != "" {
		err = Moving(id, s.State.Moved)
	}
	return err
}

// FenceCard appends the card as it is, once nothing else may be written in the chat: whoever was
// about to change it reads again, and learns that.
func (c *Conn) FenceCard(ctx context.Context, id chat.ID) error {
	for {
		card, seq, err := c.Card(ctx, id)
		if err != nil {
			return err
		}
		stored, err := c.appendCard(ctx, chat.Event{Chat: id, Kind: chat.CardChange, ID: "moved-" + strconv.Itoa(c.guest(id)+1), From: chat.Speaker{Role: chat.RoleSystem}, Parts: &chat.Parts{Card: &card}}, seq)
		if err == nil && stored.Seq > 0 || !errors.Is(err, ErrConflict) || ctx.Err() != nil {
			return err
		}
	}
}

// RecentCards is RecentOut for the changes of the chat's card.
func (c *Conn) RecentCards(ctx context.Context, id chat.ID) ([]chat.Event, error) {
	return c.recentOn(ctx, id, c.at(id, cardSubject(id)), DuplicateWindow)
}
