package identity

import (
	"fmt"
	"strings"
)

// Mode says what a visitor's name proves: VISITOR_AUTH.
type Mode string

// The modes. They are kept apart: what is claimed in one opens nothing in another,
// except that Open opens every name that is not the embedding site's.
const (
	Claim  Mode = "claim"  // the browser that first used a name holds the proof
	Signed Mode = "signed" // the embedding site vouches for its visitors
	Open   Mode = "open"   // a name is enough
)

// ParseMode reads VISITOR_AUTH; empty is Claim. The error is a sentence.
func ParseMode(s string) (Mode, error) {
	switch m := Mode(strings.ToLower(strings.TrimSpace(s))); m {
	case "":
		return Claim, nil
	case Claim, Signed, Open:
		return m, nil
	}
	return "", fmt.Errorf("VISITOR_AUTH is claim, signed or open, not %q", s)
}

// MinTokenKey is the minimum length of TOKEN_KEY in bytes: that of HS256's hash.
const MinTokenKey = 32

// CheckTokenKey returns a sentence that says why a TOKEN_KEY does not fit the mode.
func CheckTokenKey(mode Mode, key []byte) error {
	switch {
	case len(key) > 0 && len(key) < MinTokenKey:
		return fmt.Errorf("TOKEN_KEY has %d bytes; it needs at least %d, for example from: openssl rand -hex 32", len(key), MinTokenKey)
	case len(key) == 0 && mode == Signed:
		return fmt.Errorf("VISITOR_AUTH=signed needs TOKEN_KEY, the key of at least %d bytes that your site signs its tokens with", MinTokenKey)
	}
	return nil
}
