package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
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
	if token == "" {
		return Visitor{}, badToken("This chat is opened by the site that you came from: it must pass a signed token.")
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
		return Visitor{}, badToken("This visit has ended. Open the chat from the site again.")
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
	return Visitor{Chat: rec.Chat, Name: site.name, Token: token, Fresh: fresh, Asked: fresh}, nil
}

// readSite checks the site's token and returns whom it names.
func (d *Directory) readSite(token string) (siteVisitor, error) {
	var c siteClaims
	err := d.parse(token, &c, d.site, jwt.WithoutClaimsValidation())
	if err == nil {
		who, err := c.check(d.now(), d.issuer)
		if err != nil {
			d.log.Debug().Err(err).Msg("a site's token was refused")
		}
		return who, err
	}
	d.log.Debug().Err(err).Msg("a site's token was refused")
	if errors.Is(err, jwt.ErrTokenSignatureInvalid) {
		// Any algorithm other than HS256 ends here, too. The token's claims are not read.
		return siteVisitor{}, badToken("This token was not signed with HS256 and the key that the site and Parley share.")
	}
	return siteVisitor{}, badToken("The site can't have made this token.")
}
