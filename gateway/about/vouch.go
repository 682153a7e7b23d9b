package about

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/outage"
)

// Vouch writes on the card of a chat what its site vouches for. It may be called again with the
// same. The error is a *bus.Refusal if it never will be written.
type Vouch func(context.Context, chat.ID, chat.CardEdit) error

const (
	// vouchTime bounds one call, and vouchAgain is how long nobody is asked after one failed:
	// what pages say of themselves is written meanwhile.
	vouchTime  = time.Second
	vouchAgain = 5 * time.Second
)

// vouching is what a Keeper needs to have cards written. Only the goroutine of Run uses it.
type vouching struct {
	vouch  Vouch
	quiet  time.Time // nobody is asked before
	unkept outage.Sampled
}

// told has what the site vouches for written on the card, unless it is there already, and
// reports whether known has changed. What can't be written now is left: the visitor's next
// token says it again.
func (k *Keeper) told(ctx context.Context, id chat.ID, signed *chat.CardEdit, known *frame.Known) bool {
	if signed == nil || k.now().Before(k.quiet) {
		return false
	}
	mark := markOf(*signed)
	if mark == known.Signed {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, vouchTime)
	defer cancel()
	err := k.vouch(ctx, id, *signed)
	if err != nil {
		k.unkept.Line("card", k.log.Warn()).Err(err).Str("chat", string(id)).Msg("what a site vouches for is not on the card of its visitor's chat")
		no, refused := errors.AsType[*bus.Refusal](err)
		if !refused {
			k.quiet = k.now().Add(vouchAgain)
		}
		if !refused || no.Code == codes.RateLimited {
			return false
		}
	}
	known.Signed = mark
	return true
}

// markOf stands for what a site vouches for.
func markOf(signed chat.CardEdit) string {
	sum := sha256.Sum256(frame.Encode(signed))
	return hex.EncodeToString(sum[:8])
}
