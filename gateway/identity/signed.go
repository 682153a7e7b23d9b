package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-chat/parley/pkg/bus"
)

const (
	// sessionTime is how long a visitor of a signing site may come back without a new
	// token from the site. Use does not extend it, so a visitor who has signed out of
	// the site is out of the chat a day later.
	sessionTime = 24 * time.Hour
	// subjectSpace keeps the site's visitors apart from names that were claimed.
	subjectSpace = "sub."
)

func (d *Directory) admitSigned(ctx context.Context, token string) (Visitor, error) {
	token = bareToken(token)
	if token == "" {
		return Visitor{}, d.refuseSite(badSiteToken("The page passed no token: with VISITOR_AUTH=signed the site must pass one that it signed."))
	}
	session, err := d.readOwn(token)
	if err == nil && strings.HasPrefix(session.Subject, subjectSpace) && session.ExpiresAt != nil {
		rec, fresh, err := d.find(ctx, session.Subject, record{Name: session.Name})
		if err != nil {
			return Visitor{}, err
		}
		return Visitor{Chat: rec.Chat, Name: session.Name, Token: token, Fresh: fresh, Asked: fresh}, nil
	}
	if errors.Is(err, jwt.ErrTokenExpired) {
		return Visitor{}, visitEnded("The token of an earlier visit has expired: the site must pass a new one.")
	}
	site, err := d.readSite(token)
	if err != nil {
		return Visitor{}, err
	}
	sum := sha256.Sum256([]byte(site.subject))
	key := subjectSpace + hex.EncodeToString(sum[:])
	rec, fresh, err := d.find(ctx, key, record{Name: site.name})
	if err != nil {
		return Visitor{}, err
	}
	if token, err = d.sign(ownClaims{Chat: rec.Chat, Name: site.name}, key, d.now().Add(sessionTime)); err != nil {
		return Visitor{}, err
	}
	return Visitor{Chat: rec.Chat, Name: site.name, Token: token, Fresh: fresh, Asked: fresh, Signed: d.vouchedFor(site.claims)}, nil
}

// readSite checks the site's token and returns whom it names.
func (d *Directory) readSite(token string) (siteVisitor, error) {
	var c siteClaims
	err := d.parse(token, &c, d.site, jwt.WithoutClaimsValidation(), jwt.WithPaddingAllowed())
	if err == nil {
		who, err := c.check(d.now(), d.issuer)
		who.claims = c
		return who, d.refuseSite(err)
	}
	return siteVisitor{}, d.refuseSite(badSiteToken(whyUnread(token, err)))
}

// refuseSite logs why a site's token was refused, since its visitors don't read it, and
// returns the error. Anybody can send such tokens, so few of the lines are kept.
func (d *Directory) refuseSite(err error) error {
	var no *bus.Refusal
	if errors.As(err, &no) {
		d.refused.Line("site's token", d.log.Warn()).Str("code", no.Code).Str("detail", no.Detail).
			Msg("a site's token was refused (at most one is logged per minute): its visitor reads that the site could not open the chat")
	}
	return err
}
