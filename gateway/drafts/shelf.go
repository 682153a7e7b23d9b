package drafts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

const (
	// MaxBytes is how much the drafts of one account may take in all, in one region.
	MaxBytes = 1 << 20
	// step is what sizes are rounded up to, so that not each letter changes the record; so an
	// account has 1,024 drafts at most.
	step = 1 << 10
	// kept is how long a draft stays that nobody changes: the bucket's own time.
	kept = 30 * 24 * time.Hour
	// shelfTries is how often a record is written that other devices write, too.
	shelfTries = 20
)

// shelf is what the drafts of one account take. It is written before a draft that needs more, and
// after one that is gone: so it is never less than they take. What a gateway that dies in between
// leaves too much in it ends with the chat's next draft, or after 30 days.
type shelf struct {
	Drafts []place `json:"drafts,omitempty"`
}

type place struct {
	Chat  chat.ID   `json:"chat"`
	Bytes int       `json:"bytes"`
	At    time.Time `json:"at"`
}

// with returns the shelf with a draft of that size, 0 for none. It is the same shelf if there is
// nothing to be written, and ok is false if there is no room.
func (s shelf) with(id chat.ID, bytes int, now time.Time) (next shelf, ok bool) {
	room, sum := (bytes+step-1)/step*step, 0
	var was place
	for _, p := range s.Drafts {
		switch {
		case p.Chat == id:
			was = p
		case now.Sub(p.At) < kept:
			next.Drafts = append(next.Drafts, p)
			sum += p.Bytes
		}
	}
	enough := was.Bytes >= room && was.Bytes <= 2*room && now.Sub(was.At) < kept/10
	switch {
	case room > 0 && sum+room > MaxBytes:
		return s, false
	case enough:
		return s, true
	case room > 0:
		next.Drafts = append(next.Drafts, place{id, room, now})
	}
	return next, true
}

// shelve keeps in the account's record what its draft in a chat takes.
func (k *Keeper) shelve(ctx context.Context, id chat.ID, user string, bytes int, now time.Time) error {
	for range shelfTries {
		was, revision, err := k.shelves.Get(ctx, "drafts."+user)
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return fmt.Errorf("read what the drafts of %s take: %w", user, err)
		}
		next, ok := was.with(id, bytes, now)
		if !ok {
			return &bus.Refusal{Code: codes.TooLong, Message: fmt.Sprintf("Your drafts take %d MB, all that is kept for your other devices. This one stays on this device; send or empty others first.", MaxBytes>>20)}
		}
		if slices.Equal(next.Drafts, was.Drafts) {
			return nil
		}
		if _, err = k.shelves.Update(ctx, "drafts."+user, next, revision); err == nil || !errors.Is(err, bus.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("keep what the drafts of %s take: others change it all the time: %w", user, bus.ErrUnavailable)
}
