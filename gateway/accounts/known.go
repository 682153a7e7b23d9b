package accounts

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"net/http"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
)

// A browser that signed in keeps a cookie for each account that it did so with, which
// outlives the session. It lets nobody in. It only says that the next sign-ins of that
// browser to that account are counted apart from those of strangers, who may be guessing
// at the account from everywhere (see limits in package api).

// knownTime is how long a browser is known after its last sign-in.
const knownTime = 180 * 24 * time.Hour

// KnownBrowser is what the cookie of a known browser says.
type KnownBrowser struct {
	User string
	// ID is the browser's, the same for as long as it is known.
	ID string

	version uint64
	print   string // of the password
}

const (
	knownPrefix  = "parley_known."
	browserBytes = 9
	knownBytes   = browserBytes + 8 + 8 + printLength // the id, the account's version, the time in seconds, the password's print
	knownMAC     = 16
)

// Browser returns what the request's cookie says about the account, if the cookie is
// genuine. It reads no bucket; whether the cookie still counts, Knows says.
func (a *Accounts) Browser(r *http.Request, user string) (KnownBrowser, bool) {
	user = plainUser(user)
	if !validUser(user) {
		return KnownBrowser{}, false
	}
	for _, c := range r.CookiesNamed(a.knownName(user)) {
		token, err := base64.RawURLEncoding.DecodeString(c.Value)
		if err != nil || len(token) != knownBytes+knownMAC {
			continue
		}
		said, mac := token[:knownBytes], token[knownBytes:]
		if !hmac.Equal(mac, a.knownMAC(user, said)) {
			continue
		}
		at := time.Unix(int64(binary.BigEndian.Uint64(said[browserBytes+8:])), 0)
		if age := a.now().Sub(at); age >= knownTime {
			continue
		}
		return KnownBrowser{user, string(said[:browserBytes]), binary.BigEndian.Uint64(said[browserBytes:]), string(said[browserBytes+16:])}, true
	}
	return KnownBrowser{}, false
}

// Knows reports whether the browser's earlier sign-in still counts: the account has the
// password that it had then, and is not disabled.
func (a *Accounts) Knows(ctx context.Context, b KnownBrowser) (bool, error) {
	acc, err := a.getSince(ctx, b.User, b.version)
	var no *bus.Refusal
	if errors.As(err, &no) {
		return false, nil
	}
	return err == nil && acc.Version == b.version && acc.print() == b.print && !acc.Disabled, err
}

// KnownCookie returns the cookie by which the request's browser is known from now on, as
// one that signed in as the agent.
func (a *Accounts) KnownCookie(r *http.Request, agent Agent, secure bool) *http.Cookie {
	said := make([]byte, knownBytes)
	if b, ok := a.Browser(r, agent.User); ok {
		copy(said, b.ID)
	} else {
		_, _ = rand.Read(said[:browserBytes]) // never fails: crypto/rand ends the process instead
	}
	binary.BigEndian.PutUint64(said[browserBytes:], agent.version)
	binary.BigEndian.PutUint64(said[browserBytes+8:], uint64(a.now().Unix()))
	copy(said[browserBytes+16:], agent.print)
	token := append(said, a.knownMAC(agent.User, said)...)
	return a.cookie(a.knownName(agent.User), base64.RawURLEncoding.EncodeToString(token), int(knownTime/time.Second), secure || a.hostCookie)
}

// knownName has the user's name in it, which is made of characters that a cookie's name
// may have: two agents at one browser have a cookie each.
func (a *Accounts) knownName(user string) string {
	return a.prefix() + knownPrefix + user
}

func (a *Accounts) knownMAC(user string, said []byte) []byte {
	m := hmac.New(sha256.New, a.knowing)
	m.Write([]byte(user))
	m.Write([]byte{0}) // no user's name holds it
	m.Write(said)
	return m.Sum(nil)[:knownMAC]
}
