package accounts

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

// Cost is what one hash costs. Passwords are hashed with argon2id: bcrypt reads
// only the first 72 bytes of a password, and needs no memory, which is what makes
// guessing on graphics cards cheap.
type Cost struct {
	Memory uint32 // KiB
	Passes uint32
}

// usualCost is what OWASP recommends for argon2id; 50 to 110 ms on one core, as measured.
var usualCost = Cost{Memory: 19 << 10, Passes: 2}

const (
	saltLength = 16
	hashLength = 32
	// waitingHashes is how many sign-ins may wait for their turn: for a second or
	// two if one core hashes.
	waitingHashes = 16
)

var errHash = errors.New("a password hash that can't be read")

// hasher hashes passwords, few at a time: each takes a core and 19 MiB, and a flood
// of sign-ins must not starve the chats. Half of the cores hash, a few sign-ins wait,
// and the others are refused as rate_limited.
//
// Strangers wait apart from those who proved something before (a session, an earlier
// sign-in with that browser, a start of the gateway): a flood of strangers then costs
// these a second or two, and not their place.
type hasher struct {
	cost      Cost
	strangers chan struct{}
	known     chan struct{}
	running   chan struct{}
}

func newHasher(c Cost) *hasher {
	atOnce := max(1, runtime.GOMAXPROCS(0)/2)
	return &hasher{
		cost: c, strangers: make(chan struct{}, atOnce+waitingHashes), known: make(chan struct{}, atOnce+waitingHashes),
		running: make(chan struct{}, atOnce),
	}
}

// turn waits for a slot to hash in, among those who wait in the same line; leave gives it
// back.
func (h *hasher) turn(ctx context.Context, line chan struct{}) (leave func(), err error) {
	select {
	case line <- struct{}{}:
	default:
		return nil, &bus.Refusal{Code: codes.RateLimited, Message: "Many people are signing in right now. Please try again in a moment."}
	}
	select {
	case h.running <- struct{}{}:
		return func() { <-h.running; <-line }, nil
	case <-ctx.Done():
		<-line
		return nil, fmt.Errorf("wait to hash a password: %w (%w)", bus.ErrUnavailable, ctx.Err())
	}
}

// hash returns the password's hash in the usual notation, with its cost and salt.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the process instead
	return h.salted(ctx, password, salt)
}

// salted is hash with a salt that the caller has.
func (h *hasher) salted(ctx context.Context, password string, salt []byte) (string, error) {
	leave, err := h.turn(ctx, h.known)
	if err != nil {
		return "", err
	}
	defer leave()
	return encodeHash(h.cost, salt, derive(password, salt, h.cost)), nil
}

// matches reports whether the password is the one that was hashed.
func (h *hasher) matches(ctx context.Context, password, encoded string) (bool, error) {
	return h.matchesIn(ctx, h.known, password, encoded)
}

// matchesIn is matches in one of the lines.
func (h *hasher) matchesIn(ctx context.Context, line chan struct{}, password, encoded string) (bool, error) {
	c, salt, want, err := decodeHash(encoded)
	if err != nil {
		return false, err
	}
	leave, err := h.turn(ctx, line)
	if err != nil {
		return false, err
	}
	defer leave()
	return subtle.ConstantTimeCompare(derive(password, salt, c), want) == 1, nil
}

// nobody returns a hash that no password has, and that takes as long to check.
func (h *hasher) nobody() string {
	b := make([]byte, saltLength+hashLength)
	_, _ = rand.Read(b)
	return encodeHash(h.cost, b[:saltLength], b[saltLength:])
}

// derive composes the password first: keyboards differ in how they send "é".
func derive(password string, salt []byte, c Cost) []byte {
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, c.Passes, c.Memory, 1, hashLength)
}

func encodeHash(c Cost, salt, hash []byte) string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, c.Memory, c.Passes, enc.EncodeToString(salt), enc.EncodeToString(hash))
}

// decodeHash reads what encodeHash wrote. The cost is bounded, so that a damaged
// record can't take all memory.
func decodeHash(s string) (c Cost, salt, hash []byte, err error) {
	var version int
	var rest string
	if _, err := fmt.Sscanf(s, "$argon2id$v=%d$m=%d,t=%d,p=1$%s", &version, &c.Memory, &c.Passes, &rest); err != nil {
		return c, nil, nil, fmt.Errorf("%w: %w", errHash, err)
	}
	if version != argon2.Version || c.Memory > 256<<10 || c.Passes < 1 || c.Passes > 16 {
		return c, nil, nil, errHash
	}
	for i := range rest {
		if rest[i] != '$' {
			continue
		}
		if salt, err = base64.RawStdEncoding.DecodeString(rest[:i]); err == nil {
			hash, err = base64.RawStdEncoding.DecodeString(rest[i+1:])
		}
		break
	}
	if err != nil || len(salt) < 8 || len(hash) != hashLength {
		return c, nil, nil, errHash
	}
	return c, salt, hash, nil
}

// passwordAlphabet has no characters that are easily mistaken for others.
const passwordAlphabet = "abcdefghjkmnpqrstuvwxyz023456789"

// makePassword returns five groups of four characters, such as
// "k7mq-3xha-…": 100 random bits, easy to read out and to type.
func makePassword() string {
	b := make([]byte, 20)
	_, _ = rand.Read(b)
	out := make([]byte, 0, 24)
	for i, x := range b {
		if i > 0 && i%4 == 0 {
			out = append(out, '-')
		}
		out = append(out, passwordAlphabet[x%32])
	}
	return string(out)
}
