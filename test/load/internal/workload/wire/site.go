package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// SiteKey is what the site of a run signs its visitors' tokens with.
const SiteKey = "the-key-of-the-site-of-the-torture"

// Signed are the settings of a system whose site says who its visitors are.
var Signed = []string{"VISITOR_AUTH=signed", "TOKEN_KEY=" + SiteKey}

// VouchedFor is the name of the one attribute that the site vouches for.
const VouchedFor = "plan"

// SiteToken is a token (a JWT, signed with HMAC-SHA256) for the visitor that the site calls by
// that name, with what it vouches for.
func SiteToken(name, value string) (string, error) {
	claims, err := json.Marshal(map[string]any{
		"sub": name, "name": name, "aud": "parley", "exp": time.Now().Add(time.Hour).Unix(),
		"attributes": map[string]string{VouchedFor: value},
	})
	if err != nil {
		return "", fmt.Errorf("sign a visitor's token: %w", err)
	}
	enc := base64.RawURLEncoding
	body := enc.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + enc.EncodeToString(claims)
	sum := hmac.New(sha256.New, []byte(SiteKey))
	sum.Write([]byte(body))
	return body + "." + enc.EncodeToString(sum.Sum(nil)), nil
}
