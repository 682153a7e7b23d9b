package identity

import (
	"context"
	"errors"
	"strings"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// Opens returns the chat that a token of ours opens, without a hello: for what a page asks for
// beside its WebSocket. The error is that of Admit. With Open no token does, and a grant counts
// instead: see Granted.
func (d *Directory) Opens(ctx context.Context, token string) (chat.ID, error) {
	if d.mode == Open {
		return "", badProof("With VISITOR_AUTH=open nobody has a token.")
	}
	own, err := d.readOwn(bareToken(token))
	if err != nil {
		return "", badProof("The token is not one of this installation's, or was changed.")
	}
	if strings.HasPrefix(own.Subject, subjectSpace) != (d.mode == Signed) {
		return "", badProof("The token is from a time when VISITOR_AUTH was another one.")
	}
	if d.mode == Claim {
		if own.ExpiresAt == nil { // a hello replaces those of earlier versions
			return "", badProof("The token is of an earlier version.")
		}
		return own.Chat, d.StillOpens(ctx, own.Chat)
	}
	rec, _, err := d.visitors.Get(ctx, own.Subject) // as a hello does, which the page was welcomed by
	if errors.Is(err, bus.ErrNotFound) {
		return own.Chat, nil
	}
	return rec.Chat, d.unavailable(err)
}

// StillOpens refuses a chat whose visitor had the browser forgotten: whoever is shown it already
// gets no more of it. The error is that of Admit.
func (d *Directory) StillOpens(ctx context.Context, id chat.ID) error {
	if d.mode != Claim {
		return nil
	}
	return d.unavailable(d.checkRevoked(ctx, id))
}
