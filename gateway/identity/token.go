package identity

import (
	"crypto/sha256"
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

// audience keeps our tokens for visitors apart from every other JWT.
const audience = "parley-visitor"

// maxToken is how many bytes are looked at; a JWT with a name is far shorter.
const maxToken = 8 << 10

// claimSecret is what a browser makes itself before its first hello.
var claimSecret = regexp.MustCompile(`^[A-Za-z0-9_-]{22,64}$`)

const claimPrefix = "claim:"

// ownClaims are those of the tokens that Parley signs. Subject is the key in the
// bucket visitors, which tells the modes apart.
type ownClaims struct {
	jwt.RegisteredClaims
	Chat chat.ID `json:"chat"`
	Name string  `json:"name,omitempty"` // Signed only
}

// readProof checks a token in mode Claim. An empty one proves nothing.
func (b *Directory) readProof(token string) (proof, error) {
	if token == "" {
		return proof{}, nil
	}
	if secret, ok := strings.CutPrefix(token, claimPrefix); ok {
		if !claimSecret.MatchString(secret) {
			return proof{}, badToken("A claim is \"claim:\" and 22 to 64 characters of A-Z a-z 0-9 _ -.")
		}
		sum := sha256.Sum256([]byte(secret))
		return proof{claim: hex.EncodeToString(sum[:])}, nil
	}
	own, err := b.readOwn(token)
	if err != nil {
		b.log.Debug().Err(err).Msg("a visitor's token was refused")
		return proof{}, badToken("What this browser holds as proof for the name is not valid.")
	}
	return proof{key: own.Subject, chat: own.Chat}, nil
}

// sign makes one of our tokens; it has no end where until is zero.
func (b *Directory) sign(c ownClaims, key string, until time.Time) (string, error) {
	c.Subject, c.Audience = key, jwt.ClaimStrings{audience}
	if !until.IsZero() {
		c.ExpiresAt = jwt.NewNumericDate(until)
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(b.own)
	if err != nil {
		return "", fmt.Errorf("sign a visitor's token: %w", err)
	}
	return token, nil
}

// readOwn accepts what sign made and nothing else.
func (b *Directory) readOwn(token string) (ownClaims, error) {
	var c ownClaims
	err := b.parse(token, &c, b.own, jwt.WithAudience(audience))
	if err == nil && (c.Subject == "" || c.Chat == "") {
		err = errors.New("a token without a chat")
	}
	return c, err
}

// parse checks that a JWT was signed with the key by HS256, whatever its header
// says, and that its time has come and is not over.
func (b *Directory) parse(token string, into jwt.Claims, key []byte, opts ...jwt.ParserOption) error {
	if len(token) > maxToken {
		return jwt.ErrTokenMalformed
	}
	opts = append(opts, jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithTimeFunc(b.now), jwt.WithStrictDecoding())
	_, err := jwt.ParseWithClaims(token, into, func(t *jwt.Token) (any, error) {
		// RFC 7515: who does not know an extension named in "crit" must refuse.
		if _, ok := t.Header["crit"]; ok {
			return nil, errors.New("a token with an extension that is not known here")
		}
		return key, nil
	}, opts...)
	return err
}

func badToken(sentence string) error { return &bus.Refusal{Code: codes.BadToken, Message: sentence} }
