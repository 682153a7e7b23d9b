// Package drafts keeps what agents have typed and not sent, so that one begun on one device
// goes on at another. A draft is no event of the log. It is its author's alone: nobody else is
// ever given it, and it is gone 30 days after it was changed last.
package drafts

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

// MaxText is how many characters a draft may have: more than may be sent at once, since whoever
// has written too much wants to shorten it, and not to lose it.
const MaxText = 2 * chat.MaxText

// Draft is what an agent has typed in a chat. Without a text it was sent, or taken back.
type Draft struct {
	Text string `json:"text,omitempty"`
	// Internal says that it is for agents only.
	Internal bool      `json:"internal,omitempty"`
	At       time.Time `json:"at"`
}

// Keeper keeps the drafts in the chats of one region. Its methods may be called concurrently. A
// nil *Keeper, of a region that was not reached yet, is unavailable.
type Keeper struct {
	bucket  *bus.Bucket[Draft]
	shelves *bus.Bucket[shelf]
}

// New opens the bucket, which is that of the read marks: it has what agents need of a chat beside
// its log, and its entries expire.
func New(ctx context.Context, conn *bus.Conn) (*Keeper, error) {
	b, err := bus.OpenBucket[Draft](ctx, conn, bus.MarksBucket)
	if err != nil {
		return nil, err
	}
	shelves, err := bus.OpenBucket[shelf](ctx, conn, bus.MarksBucket)
	if err != nil {
		return nil, err
	}
	return &Keeper{b, shelves}, nil
}

// key names the draft of one agent in one chat.
func key(id chat.ID, user string) string { return string(id) + ".draft." + user }

// Of returns the agent's draft and its edition, which are zero if there is none.
func (k *Keeper) Of(ctx context.Context, id chat.ID, user string) (Draft, uint64, error) {
	if k == nil {
		return Draft{}, 0, fmt.Errorf("read a draft: %w", bus.ErrUnavailable)
	}
	d, edition, err := k.bucket.Get(ctx, key(id, user))
	if errors.Is(err, bus.ErrNotFound) {
		return Draft{}, 0, nil
	}
	return d, edition, err
}

// Put keeps a draft in the place of that edition (0: there was none), and returns its own. If
// there is another one by now, it is left alone and returned with other set, unless it says the
// same. A draft that would be too much for its account is refused with a *bus.Refusal.
func (k *Keeper) Put(ctx context.Context, id chat.ID, user string, d Draft, edition uint64) (now Draft, next uint64, other bool, err error) {
	if n := utf8.RuneCountInString(d.Text); n > MaxText {
		return Draft{}, 0, false, &bus.Refusal{Code: codes.TooLong, Message: fmt.Sprintf("This draft has %d characters. Up to %d are kept for your other devices; it stays on this one.", n, MaxText)}
	}
	if k == nil {
		return Draft{}, 0, false, fmt.Errorf("keep a draft: %w", bus.ErrUnavailable)
	}
	d.At = d.At.UTC().Truncate(time.Millisecond)
	if d.Text != "" {
		if err := k.shelve(ctx, id, user, len(d.Text), d.At); err != nil {
			return Draft{}, 0, false, err
		}
	}
	next, err = k.bucket.Update(ctx, key(id, user), d, edition)
	if err == nil && d.Text == "" {
		err = k.shelve(ctx, id, user, 0, d.At)
	}
	if err == nil || !errors.Is(err, bus.ErrConflict) {
		return d, next, false, err
	}
	now, next, err = k.Of(ctx, id, user)
	return now, next, err == nil && (now.Text != d.Text || now.Internal != d.Internal), err
}
