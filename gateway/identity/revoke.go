package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

// revocation is what the bucket revoked holds about a chat whose visitor had a browser
// forgotten. It is kept for good: the secret that the browser began with opens the chat
// without expiring, so it must never be believed again.
type revocation struct {
	At time.Time `json:"at"`
}

// revoked is what whoever comes with such a token reads.
func revoked() error { return badToken("This browser was forgotten and can no longer open its chat.") }

// Revoke closes the chat that a token opens to everybody who holds a token or a secret for
// it, copies included; agents still see it. It returns the chat. The error is a
// *bus.Refusal (bad_token, or not_allowed where a token is not what opens a chat), or
// wraps bus.ErrUnavailable. It may be repeated. A flood of such calls must not fill the
// bucket: each chat has one record, written once. For a chat in which nothing was ever
// said there is none, since there is nothing to read in it, so each record costs its
// address a message of its share.
func (d *Directory) Revoke(ctx context.Context, token string) (chat.ID, error) {
	if d.mode != Claim {
		return "", &bus.Refusal{Code: codes.NotAllowed, Message: fmt.Sprintf("There is nothing to forget with VISITOR_AUTH=%s.", d.mode)}
	}
	own, err := d.readClaim(token)
	if err != nil {
		return "", err
	}
	written, err := d.written(ctx, own.Chat)
	if err != nil || !written {
		return own.Chat, d.unavailable(err)
	}
	bucket, err := d.revokedOf(ctx, own.Chat)
	if err != nil {
		return "", d.unavailable(err)
	}
	if _, err := bucket.Create(ctx, string(own.Chat), revocation{At: d.now().UTC()}); err != nil && !errors.Is(err, bus.ErrExists) {
		return "", d.unavailable(err)
	}
	return own.Chat, d.unavailable(d.revokeEarlier(ctx, own))
}

// revokeEarlier marks the record that an earlier version made of the name. Its tokens
// never expire, so neither does the mark.
func (d *Directory) revokeEarlier(ctx context.Context, own ownClaims) error {
	for range 3 {
		rec, revision, err := d.visitors.Get(ctx, own.Subject)
		if errors.Is(err, bus.ErrNotFound) || err == nil && (rec.Chat != own.Chat || rec.Revoked) {
			return nil
		}
		if err == nil {
			rec.Revoked = true
			_, err = d.visitors.Update(ctx, own.Subject, rec, revision)
		}
		if !errors.Is(err, bus.ErrConflict) {
			return err
		}
	}
	return bus.ErrUnavailable
}

// checkRevoked refuses a chat that was revoked.
func (d *Directory) checkRevoked(ctx context.Context, id chat.ID) error {
	bucket, err := d.revokedOf(ctx, id)
	if err != nil {
		return err
	}
	_, _, err = bucket.Get(ctx, string(id))
	switch {
	case err == nil:
		return revoked()
	case errors.Is(err, bus.ErrNotFound):
		return nil
	}
	return fmt.Errorf("look whether chat %s was revoked: %w", id, err)
}

// revokedOf returns the bucket that says whether a chat was revoked: that of its home, without
// which nobody can open it anyway. So what was revoked is revoked everywhere, also in a cut.
func (d *Directory) revokedOf(ctx context.Context, id chat.ID) (*bus.Bucket[revocation], error) {
	if d.regions.IsOwn(id) {
		return d.revoked, nil
	}
	conn, err := d.regions.Of(id)
	if err != nil {
		return nil, err
	}
	if opened, ok := d.afar.Load(conn); ok {
		return opened.(*bus.Bucket[revocation]), nil
	}
	bucket, err := bus.OpenBucket[revocation](ctx, conn, bus.RevokedBucket)
	if err == nil {
		d.afar.Store(conn, bucket)
	}
	return bucket, err
}

// unavailable has an error that is no refusal wrap bus.ErrUnavailable.
func (d *Directory) unavailable(err error) error {
	var no *bus.Refusal
	if err == nil || errors.As(err, &no) || errors.Is(err, bus.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w (%w)", bus.ErrUnavailable, err)
}
