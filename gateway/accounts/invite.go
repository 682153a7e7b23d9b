package accounts

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

const (
	// InviteTime is how long an invite can be accepted.
	InviteTime = 7 * 24 * time.Hour
	// inviteSecret is the length of what an invite's link holds, in bytes: nobody guesses it.
	inviteSecret = 32
)

// What people read who come with a link that does not let them in. The first one tells
// nothing about the account: whoever reads it has not shown a secret of it.
const (
	inviteUnknown = "This invite link doesn’t work. It may have been withdrawn, or replaced by a newer one. Ask the person who sent it for a new link."
	inviteExpired = "This invite link has expired. Ask the person who sent it for a new one."
	inviteUsed    = "This invite link was used already. If that was you, sign in. If not, tell the person who sent it."
)

// invite is what an account has until somebody joins with its link, and afterwards for the
// sentence that the link was used.
type invite struct {
	// Hash is SHA-256 of the secret. The secret is random, so a slow hash would add nothing.
	Hash    []byte    `json:"hash"`
	Expires time.Time `json:"expires"`
	By      string    `json:"by"`
	Used    bool      `json:"used,omitempty"`
	// For, of a link for a new password, is account.settled when it was made.
	For uint64 `json:"for,omitempty"`
}

// is reports whether both are one link, used or not.
func (i *invite) is(other *invite) bool {
	if i == nil || other == nil {
		return i == other
	}
	return bytes.Equal(i.Hash, other.Hash)
}

// made reports whether the secret is that of the invite's link.
func (i *invite) made(secret []byte) bool {
	hash := sha256.Sum256(secret)
	return i != nil && subtle.ConstantTimeCompare(hash[:], i.Hash) == 1
}

// Invitation is an invite that was just made.
type Invitation struct {
	User string
	// Token is for the link. It is not stored, so nobody can read it again.
	Token   string
	Expires time.Time
}

// invited reports whether the account is still without a password, since nobody has joined.
func (a account) invited() bool {
	return a.Invite != nil && !a.Invite.Used && len(a.Passwords) == 0
}

// admits refuses, with bad_invite, a secret that does not let anybody join at that time.
func (a account) admits(secret []byte, now time.Time) error {
	switch {
	case !a.Invite.made(secret):
		return noInvite(inviteUnknown)
	case a.Invite.Used:
		return noInvite(inviteUsed)
	case a.Disabled, !a.invited(): // somebody has a password, or joined in another region
		return noInvite(inviteUnknown)
	case !now.Before(a.Invite.Expires):
		return noInvite(inviteExpired)
	}
	return nil
}

func noInvite(sentence string) error { return &bus.Refusal{Code: codes.BadInvite, Message: sentence} }

// newInvite makes an invite and the token of its link: the user's name, which has no dot at
// its end, a dot, and the secret.
func (a *Accounts) newInvite(user, by string, lasts time.Duration) (*invite, Invitation) {
	secret := make([]byte, inviteSecret)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the process instead
	hash := sha256.Sum256(secret)
	expires := a.now().UTC().Add(lasts).Truncate(time.Second)
	return &invite{Hash: hash[:], Expires: expires, By: by},
		Invitation{User: user, Token: user + "." + base64.RawURLEncoding.EncodeToString(secret), Expires: expires}
}

// readToken takes a token apart.
func readToken(token string) (user string, secret []byte, ok bool) {
	user, text, _ := cutLast(token, '.')
	secret, err := base64.RawURLEncoding.DecodeString(text)
	return user, secret, err == nil && len(secret) == inviteSecret && validUser(user)
}

func cutLast(s string, sep byte) (before, after string, found bool) {
	if i := strings.LastIndexByte(s, sep); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return "", s, false
}

// Invite makes an account without a password, and what its owner joins with. n.Name is
// what the account is called until its owner chose a name; n.Password is not used. It is
// refused as Create is.
func (a *Accounts) Invite(ctx context.Context, n New, by string) (Invitation, error) {
	name, err := cleanName(n.Name)
	if err := errors.Join(checkUser(n.User), err, checkRole(n.Role)); err != nil {
		return Invitation{}, firstRefusal(err)
	}
	inv, made := a.newInvite(n.User, by, InviteTime)
	created, err := a.make(ctx, a.first(account{User: n.User, Name: name, Role: n.Role, Invite: inv}))
	if err == nil && !created {
		err = errTaken(n.User)
	}
	if err != nil {
		return Invitation{}, err
	}
	return made, nil
}

// Reinvite gives an account that nobody has joined yet another invite: the earlier one's
// link no longer works. It is refused with not_found if there is no such account, and with
// changed if somebody joined.
func (a *Accounts) Reinvite(ctx context.Context, user, by string) (Invitation, error) {
	if !validUser(user) {
		return Invitation{}, errNoAccount(user)
	}
	inv, made := a.newInvite(user, by, InviteTime)
	_, err := a.change(ctx, user, func(acc *account) error {
		if !acc.invited() {
			return errJoined(acc)
		}
		acc.Invite = inv
		return nil
	})
	if err != nil {
		return Invitation{}, err
	}
	return made, nil
}

// Withdraw takes back the invite of an account that nobody has joined yet, which is then no
// account any more. It is refused as Reinvite is.
func (a *Accounts) Withdraw(ctx context.Context, user string) error {
	if !validUser(user) {
		return errNoAccount(user)
	}
	_, err := a.change(ctx, user, func(acc *account) error {
		if !acc.invited() {
			return errJoined(acc)
		}
		acc.Invite, acc.Withdrawn = nil, true
		acc.endSessions()
		return nil
	})
	return err
}

func errJoined(acc *account) error {
	return &bus.Refusal{Code: codes.Changed, Message: fmt.Sprintf("%s has joined already.", acc.Name)}
}

// Invited returns the account that a token lets somebody join. Any other token is refused
// with bad_invite.
func (a *Accounts) Invited(ctx context.Context, token string) (Account, error) {
	acc, _, err := a.invitedBy(ctx, token)
	return acc.shown(), err
}

func (a *Accounts) invitedBy(ctx context.Context, token string) (account, []byte, error) {
	user, secret, ok := readToken(token)
	if !ok {
		return account{}, nil, noInvite(inviteUnknown)
	}
	acc, err := a.get(ctx, user)
	var no *bus.Refusal
	if errors.As(err, &no) {
		return account{}, nil, noInvite(inviteUnknown)
	}
	if err == nil {
		err = acc.admits(secret, a.now())
	}
	if err != nil {
		return account{}, nil, err
	}
	return acc, secret, nil
}

// Join gives the account of a token the name and the password that its owner chose, and
// begins a session. Of several who join with one token, at however many gateways, one does;
// the others are refused with bad_invite. It is refused with bad_name and bad_password as
// Create is, which leaves the invite as it was.
func (a *Accounts) Join(ctx context.Context, token, name, password string) (Agent, error) {
	// Before the hashing, which is work: only whoever has a token causes it.
	acc, secret, err := a.invitedBy(ctx, token)
	if err != nil {
		return Agent{}, err
	}
	shown, err := cleanName(name)
	if err := errors.Join(err, a.checkNew(password, acc.User, shown)); err != nil {
		return Agent{}, firstRefusal(err)
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return Agent{}, err
	}
	acc, err = a.change(ctx, acc.User, func(acc *account) error {
		if err := acc.admits(secret, a.now()); err != nil {
			return err
		}
		used := *acc.Invite
		used.Used = true
		acc.Name, acc.Hash, acc.Invite = shown, hash, &used
		acc.endSessions() // there is none, but a password that is set always raises the version
		return nil
	})
	var no *bus.Refusal
	if errors.As(err, &no) && no.Code == codes.NotFound {
		err = noInvite(inviteUnknown) // withdrawn a moment ago
	}
	if err != nil {
		return Agent{}, err
	}
	return a.session(acc), nil
}
