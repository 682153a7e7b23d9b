package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// sessionTime is how long a visitor of a signing site may come back without a
	// new token of the site's. It is not prolonged by use, so that who signed out
	// of the site is out of the chat a day later.
	sessionTime = 24 * time.Hour
	// clockSkew is how far the site's clock may be from ours.
	clockSkew = 30 * time.Second
	// maxSubject is how many characters the site's "sub" may have.
	maxSubject = 128
	// subjectSpace keeps the site's visitors apart from names that were claimed.
	subjectSpace = "sub."
)

// siteClaims are those of the token that the embedding site signs.
type siteClaims struct {
	jwt.RegisteredClaims
	Name string `json:"name"`
}

func (b *Directory) admitSigned(ctx context.Context, name, token string) (Visitor, error) {
	if token == "" {
		return Visitor{}, badToken("This chat is opened by the site that you came from: it must pass a signed token.")
	}
	session, err := b.readOwn(token)
	if err == nil && strings.HasPrefix(session.Subject, subjectSpace) {
		rec, fresh, err := b.find(ctx, session.Subject, record{Name: session.Name})
		if err != nil {
			return Visitor{}, err
		}
		return Visitor{Chat: rec.Chat, Name: session.Name, Token: token, Fresh: fresh}, nil
	}
	if errors.Is(err, jwt.ErrTokenExpired) {
		return Visitor{}, badToken("This visit has ended. Open the chat from the site again.")
	}
	key, display, err := b.readSite(name, token)
	if err != nil {
		return Visitor{}, err
	}
	rec, fresh, err := b.find(ctx, key, record{Name: display})
	if err != nil {
		return Visitor{}, err
	}
	if token, err = b.sign(ownClaims{Chat: rec.Chat, Name: display}, key, b.now().Add(sessionTime)); err != nil {
		return Visitor{}, err
	}
	return Visitor{Chat: rec.Chat, Name: display, Token: token, Fresh: fresh}, nil
}

// readSite checks the site's token. The name in it counts; the visitor's own only
// where there is none.
func (b *Directory) readSite(name, token string) (key, display string, err error) {
	var c siteClaims
	err = b.parse(token, &c, b.site, jwt.WithLeeway(clockSkew))
	switch {
	case err == nil:
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		// Also what another algorithm than HS256 comes to. Its times are not read.
		b.log.Debug().Err(err).Msg("a site's token was refused")
		return "", "", badToken("This token was not signed by the site with HS256 and the key agreed on.")
	case errors.Is(err, jwt.ErrTokenExpired):
		return "", "", badToken("The site's token has expired. Open the chat from the site again.")
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return "", "", badToken("The site's token is not valid yet: its clock may be wrong.")
	default:
		b.log.Debug().Err(err).Msg("a site's token was refused")
		return "", "", badToken("This is not a token that the site can have made.")
	}
	// U+FFFD is what decoding leaves of bytes that are no text: two visitors could
	// become one.
	if n := utf8.RuneCountInString(c.Subject); n < 1 || n > maxSubject || strings.ContainsRune(c.Subject, utf8.RuneError) {
		return "", "", badToken("The site's token needs a \"sub\" of 1 to 128 characters, which names the visitor.")
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
