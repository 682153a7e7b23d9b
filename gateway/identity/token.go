package identity

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

// audience keeps our tokens for visitors apart from every other JWT.
const audience = "parley-visitor"

// maxToken is the maximum length of a token in bytes; a JWT with a name is far shorter.
const maxToken = 8 << 10

// ownClaims are the claims of the tokens that Parley signs. Subject is the key of the
// visitor's name, or with Signed that of the site's subject, which distinguishes the
// modes. With Claim, tokens of earlier versions have no name, and never expire.
type ownClaims struct {
	jwt.RegisteredClaims
	Chat chat.ID `json:"chat"`
	Name string  `json:"name,omitempty"`
}

// sign returns one of our own tokens, valid until then.
func (d *Directory) sign(c ownClaims, key string, until time.Time) (string, error) {
	c.Subject, c.Audience = key, jwt.ClaimStrings{audience}
	c.IssuedAt, c.ExpiresAt = jwt.NewNumericDate(d.now()), jwt.NewNumericDate(until)
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(d.own)
	if err != nil {
		return "", fmt.Errorf("sign a visitor's token: %w", err)
	}
	return token, nil
}

// readOwn accepts what sign made and nothing else.
func (d *Directory) readOwn(token string) (ownClaims, error) {
	var c ownClaims
	err := d.parse(token, &c, d.own, jwt.WithAudience(audience))
	if err == nil && (c.Subject == "" || c.Chat == "") {
		err = errors.New("a token without a chat")
	}
	return c, err
}

// parse checks that a JWT was signed with the key by HS256, whatever its header says,
// and that it is valid now.
func (d *Directory) parse(token string, into jwt.Claims, key []byte, opts ...jwt.ParserOption) error {
	if len(token) > maxToken {
		return jwt.ErrTokenMalformed
	}
	opts = append(opts, jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithTimeFunc(d.now), jwt.WithStrictDecoding())
	_, err := jwt.ParseWithClaims(token, into, func(t *jwt.Token) (any, error) {
		// RFC 7515: an extension named in "crit" that is not known must be refused.
		if _, ok := t.Header["crit"]; ok {
			return nil, errors.New("a token with an unknown critical extension")
		}
		return key, nil
	}, opts...)
	return err
}

func badToken(sentence string) error { return &bus.Refusal{Code: codes.BadToken, Message: sentence} }
