package accounts

import (
	"context"
	"errors"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

// SignInError is a refused sign-in. What a person reads is the same whatever was wrong;
// the other fields are for the operator's figures and log.
type SignInError struct {
	bus.Refusal
	// User is the account, or empty if there is none of that name. A name that somebody
	// typed is never here: people type their passwords there.
	User string
	// Disabled is set if the password was right and the account is disabled.
	Disabled bool
}

// Unwrap returns the refusal.
func (e *SignInError) Unwrap() error { return &e.Refusal }

// SignIn checks a user name and a password and begins a session. It takes just as long if
// there is no such user. Whatever is wrong, a disabled account included, the error is a
// *SignInError with the code bad_login. If too many sign in at once, it is a refusal with
// rate_limited.
func (a *Accounts) SignIn(ctx context.Context, user, password string) (Agent, error) {
	return a.signIn(ctx, a.hasher.strangers, user, password)
}

// SignInKnown is SignIn for a browser that signed in with this account before (see
// Knows), which does not wait behind strangers.
func (a *Accounts) SignInKnown(ctx context.Context, user, password string) (Agent, error) {
	return a.signIn(ctx, a.hasher.known, user, password)
}

func (a *Accounts) signIn(ctx context.Context, line chan struct{}, user, password string) (Agent, error) {
	acc, err := a.get(ctx, plainUser(user))
	var no *bus.Refusal
	exists := err == nil && !acc.invited() && acc.Hash != ""
	if err != nil && !errors.As(err, &no) {
		return Agent{}, err
	}
	hash := acc.Hash
	if !exists {
		hash = a.nobody
	}
	if CheckPassword(password) != nil {
		password = "" // no account has it; hashing it whole would be the sender's choice of work
	}
	ok, err := a.hasher.matchesIn(ctx, line, password, hash)
	if err != nil {
		return Agent{}, unavailableUnlessRefused(err)
	}
	if !ok || !exists || acc.Disabled {
		return Agent{}, &SignInError{bus.Refusal{Code: codes.BadLogin, Message: codes.Sentence(codes.BadLogin)}, acc.User, ok && acc.Disabled}
	}
	return a.session(acc), nil
}

// Exists reports whether there is an account of that name, as somebody typed it. It is
// for the operator's log.
func (a *Accounts) Exists(ctx context.Context, user string) bool {
	_, err := a.get(ctx, plainUser(user))
	return err == nil
}

func unavailableUnlessRefused(err error) error {
	var no *bus.Refusal
	if errors.As(err, &no) {
		return no
	}
	return unavailable(err)
}
