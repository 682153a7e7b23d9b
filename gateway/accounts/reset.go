package accounts

import (
	"context"
	"errors"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

// ResetTime is how long a link for a new password can be used.
const ResetTime = 24 * time.Hour

// What people read who come with a link for a new password that no longer works.
const (
	resetUnknown = "This link doesn’t work. It may have been replaced by a newer one, or the password was set in another way. Ask an admin for a new link."
	resetExpired = "This link has expired. Ask an admin for a new one."
	resetUsed    = "This link was used already. If that was you, sign in. If not, tell an admin."
)

// MakeReset makes a link with which the account's owner, who forgot the password, chooses
// another one: once, within ResetTime. An earlier link ends. The password that the account has
// works on until then. It is refused with not_found if there is no such account, and with
// changed if it is disabled or nobody has joined yet.
func (a *Accounts) MakeReset(ctx context.Context, user, by string) (Invitation, error) {
	if !validUser(user) {
		return Invitation{}, errNoAccount(user)
	}
	link, made := a.newInvite(user, by, ResetTime)
	_, err := a.change(ctx, user, func(acc *account) error {
		switch {
		case acc.invited():
			return &bus.Refusal{Code: codes.Changed, Message: acc.Name + " hasn’t joined yet. Make a new invite link instead."}
		case acc.Disabled:
			return &bus.Refusal{Code: codes.Changed, Message: acc.Name + " is disabled. Enable the account first."}
		}
		link.For = acc.settled()
		acc.Reset = link
		return nil
	})
	if err != nil {
		return Invitation{}, err
	}
	return made, nil
}

// resets refuses, with bad_invite, a secret that does not let anybody choose a password at
// that time.
func (a account) resets(secret []byte, now time.Time) error {
	switch {
	case !a.Reset.made(secret), a.Disabled:
		return noInvite(resetUnknown)
	case a.Reset.Used:
		return noInvite(resetUsed)
	case a.Reset.For != a.settled(): // in another region, whose gateway did not know of the link
		return noInvite(resetUnknown)
	case !now.Before(a.Reset.Expires):
		return noInvite(resetExpired)
	}
	return nil
}

// Resetting returns the account that a token lets somebody choose a password for. Any other
// token is refused with bad_invite.
func (a *Accounts) Resetting(ctx context.Context, token string) (Account, error) {
	acc, _, err := a.resetBy(ctx, token)
	return acc.shown(), err
}

func (a *Accounts) resetBy(ctx context.Context, token string) (account, []byte, error) {
	user, secret, ok := readToken(token)
	if !ok {
		return account{}, nil, noInvite(resetUnknown)
	}
	acc, err := a.get(ctx, user)
	var no *bus.Refusal
	if errors.As(err, &no) {
		return account{}, nil, noInvite(resetUnknown)
	}
	if err == nil {
		err = acc.resets(secret, a.now())
	}
	if err != nil {
		return account{}, nil, err
	}
	return acc, secret, nil
}

// Reset gives the account of a token the password, ends all its sessions, and begins one. Of
// several who do so with one token, at however many gateways, one does; the others are refused
// with bad_invite. A password that can't be used is refused with bad_password, which leaves the
// link as it was.
func (a *Accounts) Reset(ctx context.Context, token, password string) (Agent, error) {
	acc, secret, err := a.resetBy(ctx, token) // before the hashing, which is work
	if err != nil {
		return Agent{}, err
	}
	if err := a.checkNew(password, acc.User, acc.Name); err != nil {
		return Agent{}, err
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return Agent{}, err
	}
	acc, err = a.change(ctx, acc.User, func(acc *account) error {
		if err := acc.resets(secret, a.now()); err != nil {
			return err
		}
		used := *acc.Reset
		used.Used = true
		acc.Hash, acc.Reset = hash, &used
		acc.endSessions()
		return nil
	})
	if err != nil {
		return Agent{}, err
	}
	return a.session(acc), nil
}

// EndSessions ends all sessions of the account, in all browsers, whoever copied a cookie.
func (a *Accounts) EndSessions(ctx context.Context, user string) error {
	if !validUser(user) {
		return errNoAccount(user)
	}
	_, err := a.change(ctx, user, func(acc *account) error {
		acc.endSessions()
		return nil
	})
	return err
}
