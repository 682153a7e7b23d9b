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

// EnsureAdmin makes sure that somebody can sign in. With a password, the account
// "admin" exists afterwards with that password; if it had another one it is also
// enabled and made an admin again, since that is how an operator gets back in.
// Without a password, and if there is no account at all, "admin" is created with a
// generated password: madeUp is that password for the one process that created the
// account, to be printed once, and empty for all others.
func (a *Accounts) EnsureAdmin(ctx context.Context, password string) (madeUp string, err error) {
	if password == "" {
		return a.firstAdmin(ctx)
	}
	if err := CheckPassword(password); err != nil {
		return "", fmt.Errorf("ADMIN_PASSWORD: %w", err)
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	made, err := a.make(ctx, account{User: AdminUser, Name: "Admin", Role: Admin, Hash: hash})
	if err != nil || made {
		return "", err
	}
	_, err = a.change(ctx, AdminUser, func(acc *account) error {
		same, err := a.hasher.matches(ctx, password, acc.Hash)
		if err != nil && !errors.Is(err, errHash) {
			return err
		}
		if same {
			return errUnchanged
		}
		acc.Hash, acc.Role, acc.Disabled = hash, Admin, false
		acc.endSessions()
		return nil
	})
	if errors.Is(err, errUnchanged) {
		err = nil
	}
	return "", err
}

var errUnchanged = errors.New("the account needs no change")

func (a *Accounts) firstAdmin(ctx context.Context) (string, error) {
	all, err := a.all(ctx, "", 0)
	if err != nil || len(all) > 0 {
		return "", err
	}
	password := makePassword()
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	made, err := a.make(ctx, account{User: AdminUser, Name: "Admin", Role: Admin, Hash: hash})
	if err != nil || !made {
		return "", err
	}
	return password, nil
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
	others := slices.ContainsFunc(sorted(all), func(acc Account) bool {
		return acc.User != user && acc.Role == Admin && !acc.Disabled
	})
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
		case e.Gone:
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
		list = append(list, Account{User: acc.User, Name: acc.Name, Role: acc.Role, Disabled: acc.Disabled, Created: acc.Created})
	}
	slices.SortFunc(list, func(x, y Account) int { return cmp.Compare(x.User, y.User) })
	return list
}
