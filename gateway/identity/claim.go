package identity

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

const (
	// claimTime is how long a browser may stay away and still have its chat. Each use
	// begins it anew, so a token that somebody copied and nobody uses lapses too.
	claimTime = 400 * 24 * time.Hour
	// renewAfter is the age at which a token is replaced with a new one. The old one
	// stays valid: two tabs of a browser don't disturb each other.
	renewAfter = 24 * time.Hour
)

const claimPrefix = "claim:"

// claimSecret is what a browser generates before its first hello.
var claimSecret = regexp.MustCompile(`^[A-Za-z0-9_-]{22,64}$`)

// admitClaim admits a visitor by what the browser holds. The name is only what is
// shown, and which of the browser's chats is meant: nobody can take it from others.
// Nothing is recorded here, so a hello without a message leaves no trace.
func (d *Directory) admitClaim(ctx context.Context, name, token string) (Visitor, error) {
	display, key, err := CleanName(name)
	if err != nil {
		return Visitor{}, err
	}
	if token == "" {
		if err := d.mayMake(ctx); err != nil {
			return Visitor{}, err
		}
		return d.claimed(Visitor{Chat: chat.NewIDAt(d.region()), Name: display, Fresh: true, Asked: true}, key)
	}
	if secret, ok := strings.CutPrefix(token, claimPrefix); ok {
		if !claimSecret.MatchString(secret) {
			return Visitor{}, badProof("A claim is \"claim:\" followed by 22 to 64 of the characters A-Z a-z 0-9 _ -.")
		}
		return d.admitSecret(ctx, display, key, secret)
	}
	own, err := d.readClaim(token)
	if err != nil {
		return Visitor{}, err
	}
	return d.admitToken(ctx, display, key, token, own)
}

// admitSecret admits a browser that was not welcomed yet, or does not know that it
// was. Its chat follows from the secret and the name, so the hello can be repeated at
// any gateway of the region without being recorded at one. In another region the same hello
// opens another chat: in the first one nothing was said, since nobody can before a welcome.
func (d *Directory) admitSecret(ctx context.Context, display, key, secret string) (Visitor, error) {
	rec, err := d.earlier(ctx, key)
	if err != nil {
		return Visitor{}, err
	}
	if rec.claimedBy(secret) {
		if rec.Revoked {
			return Visitor{}, revoked()
		}
		return d.claimed(Visitor{Chat: rec.Chat, Name: rec.Name}, key)
	}
	id := d.chatOf(secret, key)
	if err := d.checkRevoked(ctx, id); err != nil {
		return Visitor{}, err
	}
	v := Visitor{Chat: id, Name: display, Asked: true}
	if no := d.mayMake(ctx); no != nil {
		// Only now is it worth a read whether this visitor is new.
		last, err := d.conn.LastInput(ctx, id)
		if err != nil {
			return Visitor{}, err
		}
		if last == 0 {
			return Visitor{}, no
		}
		v.Asked = false
	}
	return d.claimed(v, key)
}

// admitToken admits a browser that was welcomed before.
func (d *Directory) admitToken(ctx context.Context, display, key, token string, own ownClaims) (Visitor, error) {
	if !own.isFor(key) {
		return Visitor{}, badProof("The token belongs to another name.")
	}
	v := Visitor{Chat: own.Chat, Name: own.Name, Token: token}
	if own.ExpiresAt == nil { // of an earlier version, which recorded each name
		rec, err := d.recorded(ctx, own)
		switch {
		case err != nil:
			return Visitor{}, err
		case rec.Chat != own.Chat || rec.Revoked:
			return Visitor{}, revoked()
		}
		v.Name = rec.Name
	} else if err := d.checkRevoked(ctx, own.Chat); err != nil {
		return Visitor{}, err
	}
	if v.Name == "" {
		v.Name = display
	}
	if own.IssuedAt != nil && d.now().Sub(own.IssuedAt.Time) < renewAfter {
		return v, nil
	}
	return d.claimed(v, key)
}

// recorded returns the record of a token of an earlier version, from the home of its chat: such
// records are not the same in all regions.
func (d *Directory) recorded(ctx context.Context, own ownClaims) (record, error) {
	if d.regions.IsOwn(own.Chat) {
		return d.earlier(ctx, own.Subject)
	}
	conn, err := d.regions.Of(own.Chat)
	if err != nil {
		return record{}, err
	}
	there, err := bus.OpenBucket[record](ctx, conn, bus.VisitorsBucket)
	if err != nil {
		return record{}, err
	}
	rec, _, err := there.Get(ctx, own.Subject)
	if err != nil && !errors.Is(err, bus.ErrNotFound) {
		return record{}, fmt.Errorf("find an earlier visitor: %w", err)
	}
	return rec, nil
}

// claimed returns the visitor with a new token.
func (d *Directory) claimed(v Visitor, key string) (Visitor, error) {
	token, err := d.sign(ownClaims{Chat: v.Chat, Name: v.Name}, key, d.now().Add(claimTime))
	if err != nil {
		return Visitor{}, err
	}
	v.Token = token
	return v, nil
}

// chatOf returns the chat of a secret and a name's key, at home in this region. Without the installation's key
// it can't be calculated, and neither can the secret be got back from it.
func (d *Directory) chatOf(secret, key string) chat.ID {
	mac := hmac.New(sha256.New, d.chats)
	mac.Write([]byte(secret + "\x00" + key)) // a secret holds no NUL
	return chat.IDOf(mac.Sum(nil), d.region())
}

// readClaim checks one of our own tokens. The error is a *bus.Refusal.
func (d *Directory) readClaim(token string) (ownClaims, error) {
	own, err := d.readOwn(token)
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return own, badToken("This browser has not been here for more than a year, so it can no longer open its chat.")
	case err != nil:
		d.log.Debug().Err(err).Msg("a visitor's token was refused")
		return own, badProof("The token is not one of this installation's, or was changed.")
	case strings.HasPrefix(own.Subject, subjectSpace):
		return own, badProof("The token is from a time when the site said who its visitors are (VISITOR_AUTH=signed).")
	}
	return own, nil
}

// badProof refuses what a browser sent as its token; detail is for whoever builds clients.
func badProof(detail string) error {
	return &bus.Refusal{Code: codes.BadToken, Message: "This browser can't open the chat of that name.", Detail: detail}
}

// isFor reports whether the token is for a name with that key. A later version of
// Unicode may give the name another key than that in the token.
func (c ownClaims) isFor(key string) bool {
	if c.Subject == key {
		return true
	}
	_, same, err := CleanName(c.Name)
	return err == nil && same == key
}

// earlier returns the record that an earlier version made of a name, or an empty one:
// then the first claim of a name took it from everybody else.
func (d *Directory) earlier(ctx context.Context, key string) (record, error) {
	rec, _, err := d.visitors.Get(ctx, key)
	if err != nil && !errors.Is(err, bus.ErrNotFound) {
		return record{}, fmt.Errorf("find an earlier visitor: %w", err)
	}
	return rec, nil
}

// claimedBy reports whether the record is of a claim with that secret. One without a
// hash (made in mode Open, or by a hello without a secret) is opened by a token only.
func (r record) claimedBy(secret string) bool {
	sum := sha256.Sum256([]byte(secret))
	return r.Claim != "" && subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(r.Claim)) == 1
}
