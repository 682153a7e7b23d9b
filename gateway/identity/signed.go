package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// sessionTime is how long a visitor of a signing site may come back without a new
	// token from the site. Use does not extend it, so a visitor who has signed out of
	// the site is out of the chat a day later.
	sessionTime = 24 * time.Hour
	// clockSkew is how far the site's clock may be from ours.
	clockSkew = 30 * time.Second
	// maxSubject is the maximum length of the site's "sub" in characters.
	maxSubject = 128
	// subjectSpace keeps the site's visitors apart from names that were claimed.
	subjectSpace = "sub."
)

// siteClaims are the claims of the token that the embedding site signs.
type siteClaims struct {
	jwt.RegisteredClaims
	Name string `json:"name"`
}

func (d *Directory) admitSigned(ctx context.Context, name, token string) (Visitor, error) {
	if token == "" {
		return Visitor{}, badToken("This chat is opened by the site that you came from: it must pass a signed token.")
	}
	session, err := d.readOwn(token)
	if err == nil && strings.HasPrefix(session.Subject, subjectSpace) {
		rec, fresh, err := d.find(ctx, session.Subject, record{Name: session.Name})
		if err != nil {
			return Visitor{}, err
		}
		return Visitor{Chat: rec.Chat, Name: session.Name, Token: token, Fresh: fresh}, nil
	}
	if errors.Is(err, jwt.ErrTokenExpired) {
		return Visitor{}, badToken("This visit has ended. Open the chat from the site again.")
	}
	key, display, err := d.readSite(name, token)
	if err != nil {
		return Visitor{}, err
	}
	rec, fresh, err := d.find(ctx, key, record{Name: display})
	if err != nil {
		return Visitor{}, err
	}
	if token, err = d.sign(ownClaims{Chat: rec.Chat, Name: display}, key, d.now().Add(sessionTime)); err != nil {
		return Visitor{}, err
	}
	return Visitor{Chat: rec.Chat, Name: display, Token: token, Fresh: fresh}, nil
}

// readSite checks the site's token. The name in it counts; the visitor's own only if
// there is none.
func (d *Directory) readSite(name, token string) (key, display string, err error) {
	var c siteClaims
	err = d.parse(token, &c, d.site, jwt.WithLeeway(clockSkew))
	switch {
	case err == nil:
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		// Any algorithm other than HS256 ends here, too. The token's times are not read.
		d.log.Debug().Err(err).Msg("a site's token was refused")
		return "", "", badToken("This token was not signed by the site with HS256 and the key agreed on.")
	case errors.Is(err, jwt.ErrTokenExpired):
		return "", "", badToken("The site's token has expired. Open the chat from the site again.")
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return "", "", badToken("The site's token is not valid yet: its clock may be wrong.")
	default:
		d.log.Debug().Err(err).Msg("a site's token was refused")
		return "", "", badToken("This is not a token that the site can have made.")
	}
	// Decoding turns bytes that are not text into U+FFFD: two visitors could become
	// one.
	if n := utf8.RuneCountInString(c.Subject); n < 1 || n > maxSubject || strings.ContainsRune(c.Subject, utf8.RuneError) {
		return "", "", badToken(fmt.Sprintf("The site's token needs a \"sub\" of 1 to %d characters, which names the visitor.", maxSubject))
	}
	if strings.TrimSpace(c.Name) != "" {
		name = c.Name
	}
	if display, _, err = CleanName(name); err != nil {
		return "", "", err
	}
	sum := sha256.Sum256([]byte(c.Subject))
	return subjectSpace + hex.EncodeToString(sum[:]), display, nil
}
