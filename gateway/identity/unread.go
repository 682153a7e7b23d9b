package identity

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// bareToken returns a token without what comes along when it is written into a page: spaces,
// quotes, and the word that goes before it in a header of HTTP.
func bareToken(s string) string {
	s = strings.Trim(s, " \t\r\n\"'")
	if len(s) > 7 && strings.EqualFold(s[:7], "bearer ") {
		s = strings.TrimSpace(s[7:])
	}
	return s
}

// whyUnread says for the site's developer why its token could not be read, which failed
// with err. Nothing in the token is believed by then: the sentence names its algorithm at
// most, and never its claims.
func whyUnread(token string, err error) string {
	const not = "The site's token can't be read as a JWT: "
	if len(token) > maxToken {
		return fmt.Sprintf(not+"it has %d bytes; at most %d are possible.", len(token), maxToken)
	}
	switch n := strings.Count(token, ".") + 1; {
	case n == 5:
		return not + "it is encrypted (a JWE); sign it with HS256 instead (a JWS)."
	case n != 3:
		return fmt.Sprintf(not+"it has %d parts between dots, not three.", n)
	case strings.ContainsAny(token, "+/"):
		return not + "it is in base64 with + and /; a JWT is in base64url, with - and _."
	}
	header, _, _ := strings.Cut(token, ".")
	raw, bad := base64.RawURLEncoding.DecodeString(strings.TrimRight(header, "="))
	var said struct {
		Alg  json.RawMessage `json:"alg"`
		Crit json.RawMessage `json:"crit"`
	}
	if bad != nil || json.Unmarshal(raw, &said) != nil {
		return not + "its first part is not a JSON object in base64url."
	}
	alg, _ := text(said.Alg)
	switch {
	case strings.EqualFold(alg, "none"):
		return "The site's token is not signed: its \"alg\" is none. Sign it with HS256 and TOKEN_KEY."
	case alg != jwt.SigningMethodHS256.Alg():
		return fmt.Sprintf("The site's token has the \"alg\" %s. Sign it with HS256 and the key that the site and Parley share (TOKEN_KEY).", quoted(said.Alg))
	case !absent(said.Crit):
		return "The site's token has \"crit\", which demands extensions that Parley does not know. Leave it out."
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return "The site's token was not signed with HS256 and the key that the site and Parley share (TOKEN_KEY). Both must have the same text and use it as it is: not decoded from hex or base64, and without a space or line break at its end."
	}
	return not + "its claims are not a JSON object in base64url."
}
