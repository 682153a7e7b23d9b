package accounts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

// AdminUser is the account that ADMIN_PASSWORD belongs to.
const AdminUser = "admin"

// generatedMark stands among the remembered values for the generated password: there is
// no value yet, so whatever ADMIN_PASSWORD is set to is new.
const generatedMark = "generated"

// ErrAdminPassword is matched by the errors for an ADMIN_PASSWORD that no account may
// have; the error's text says why.
var ErrAdminPassword = errors.New("ADMIN_PASSWORD can't be used")

type adminPasswordError struct{ error }

func (e adminPasswordError) Error() string        { return "ADMIN_PASSWORD: " + e.error.Error() }
func (e adminPasswordError) Is(target error) bool { return target == ErrAdminPassword }

// Ensured is what EnsureAdmin did.
type Ensured struct {
	// Generated is the generated password, for the one process that created the account.
	Generated string
	// Acted is set if a new ADMIN_PASSWORD was given to an account that existed.
	Acted bool
	// Old is set if ADMIN_PASSWORD acted once, or counts as if it had, and does not let "admin" in any more: the
	// password was changed since, or the account was disabled or demoted.
	Old bool
	// First is set if ADMIN_PASSWORD does not let "admin" in, and the account is from before
	// values were remembered: this one did not act, and counts as one that did.
	First bool
}

// Keeping stores a generated password before an account with it exists: if it can't be
// stored, no account is made, so nobody is locked out. settle is called once with whether
// this process created the account, or may have. nil: the caller of EnsureAdmin shows the
// password.
type Keeping func(password string) (settle func(ours bool), err error)

// EnsureAdmin makes sure that somebody can sign in. If there is no account at all, "admin"
// is created, with the password or with a generated one.
//
// If "admin" exists, a password that never acted before is an operator's way back in: the
// account has it afterwards, is enabled and an admin. A value that acted once never acts
// again, at any gateway: it may have leaked, and the account may have been given another
// password or been disabled because of that. For an account from before this was
// remembered, the first value that is seen counts as one that acted.
func (a *Accounts) EnsureAdmin(ctx context.Context, password string, keep Keeping) (Ensured, error) {
	if password == "" {
		return a.firstAdmin(ctx, keep)
	}
	if err := CheckPassword(password); err != nil {
		return Ensured{}, adminPasswordError{err}
	}
	hash, err := a.hasher.salted(ctx, password, a.salt)
	if err != nil {
		return Ensured{}, err
	}
	_, err = a.get(ctx, AdminUser)
	var no *bus.Refusal
	if errors.As(err, &no) {
		if err := a.checkNew(password, AdminUser, ""); err != nil {
			return Ensured{}, adminPasswordError{err}
		}
		made, err := a.make(ctx, account{User: AdminUser, Name: "Admin", Unnamed: true, Role: Admin, Hash: hash, Operators: map[string]uint64{hash: 1}})
		if err != nil || made {
			return Ensured{}, err
		}
	} else if err != nil {
		return Ensured{}, err
	}
	// A hash is compared once, however often the change has to start over.
	fits := func() func(string) (bool, error) {
		known := map[string]bool{}
		return func(hash string) (bool, error) {
			if fits, ok := known[hash]; ok {
				return fits, nil
			}
			fits, err := a.hasher.matches(ctx, password, hash)
			if err != nil && !errors.Is(err, errHash) { // nothing fits a hash that can't be read
				return false, err
			}
			known[hash] = fits
			return fits, nil
		}
	}()
	var done Ensured
	_, err = a.change(ctx, AdminUser, func(acc *account) error {
		done = Ensured{}
		lets, err := fits(acc.Hash)
		if err != nil {
			return err
		}
		lets = lets && acc.activeAdmin()
		acted := false
		for hash := range acc.Operators { // all of them, whichever fits
			same, err := fits(hash)
			if err != nil {
				return err
			}
			acted = acted || same
		}
		switch {
		case acted:
			done.Old = !lets
			return errUnchanged
		case len(acc.Operators) == 0: // an account from before values were remembered
			done.First = !lets
		case !lets:
			if err := a.checkNew(password, AdminUser, ""); err != nil {
				return adminPasswordError{err}
			}
			acc.Role, acc.Disabled, acc.Invite, acc.Reset, done.Acted = Admin, false, nil, nil, true
			acc.Hash = hash
			acc.endSessions()
		}
		acc.acts(hash)
		return nil
	})
	if errors.Is(err, errUnchanged) {
		err = nil
	}
	return done, err
}

var errUnchanged = errors.New("the account needs no change")

func (a *Accounts) firstAdmin(ctx context.Context, keep Keeping) (Ensured, error) {
	all, err := a.all(ctx, "", 0)
	if err != nil || len(all) > 0 {
		return Ensured{}, err
	}
	password := makePassword()
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return Ensured{}, err
	}
	settle := func(bool) {}
	if keep != nil {
		if settle, err = keep(password); err != nil {
			return Ensured{}, err
		}
	}
	made, err := a.make(ctx, account{User: AdminUser, Name: "Admin", Unnamed: true, Role: Admin, Hash: hash, Operators: map[string]uint64{generatedMark: 1}})
	settle(made || err != nil) // after an error the account may exist
	if err != nil || !made {
		return Ensured{}, err
	}
	return Ensured{Generated: password}, nil
}

// removeAdmin applies a change that may leave one active admin less.
//
// Two gateways may each disable the other's admin at the same moment, and each sees
// one left. So the admins are counted twice: before the change, and after it in all
// that was stored until then. The bucket is one stream, so the gateway that stored
// last sees both changes, and undoes its own.
func (a *Accounts) removeAdmin(ctx context.Context, user string, apply func(*account) error) error {
	a.removing.Lock()
	defer a.removing.Unlock()
	all, err := a.all(ctx, "", 0)
	if err != nil {
		return err
	}
	others := false
	for _, acc := range all {
		others = others || acc.User != user && acc.activeAdmin()
	}
	var was account
	acc, err := a.change(ctx, user, func(acc *account) error {
		was = *acc
		if err := apply(acc); err != nil {
			return err
		}
		if was.activeAdmin() && !acc.activeAdmin() && !others {
			return errLastAdmin()
		}
		return nil
	})
	if err != nil || !was.activeAdmin() || acc.activeAdmin() {
		return err
	}
	// From here on it is completed even if the caller has gone.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), changeTime)
	defer cancel()
	if all, err = a.all(ctx, user, acc.Edition); err != nil {
		return errors.Join(err, a.undoRemoval(ctx, user))
	}
	for _, acc := range all {
		if acc.activeAdmin() {
			return nil
		}
	}
	if err := a.undoRemoval(ctx, user); err != nil {
		return err
	}
	return errLastAdmin()
}

func (a *Accounts) undoRemoval(ctx context.Context, user string) error {
	_, err := a.change(ctx, user, func(acc *account) error {
		acc.Role, acc.Disabled = Admin, false
		return nil
	})
	return err
}

func errLastAdmin() error {
	return bus.Refuse(codes.LastAdmin)
}

// listTime bounds the reading of all accounts.
const listTime = 5 * time.Second

// all returns the accounts as they stood when the given edition of the user's
// account was stored, or later.
func (a *Accounts) all(ctx context.Context, user string, edition uint64) (map[string]account, error) {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	all := map[string]account{}
	current, whole := false, false
	err := a.bucket.Watch(ctx, func(e bus.Entry[account]) {
		switch {
		case e.Current:
			current = true
		case e.Gone || e.Value.gone():
			delete(all, e.Key)
		default:
			all[e.Key] = e.Value
		}
		if current && all[user].Edition >= edition {
			whole = true
			cancel()
		}
	})
	if err != nil {
		return nil, unavailable(err)
	}
	if !whole {
		return nil, fmt.Errorf("list accounts: %w", bus.ErrUnavailable)
	}
	return all, nil
}

func sorted(all map[string]account) []Account {
	list := make([]Account, 0, len(all))
	for _, acc := range all {
		list = append(list, acc.shown())
	}
	slices.SortFunc(list, func(x, y Account) int { return cmp.Compare(x.User, y.User) })
	return list
}
