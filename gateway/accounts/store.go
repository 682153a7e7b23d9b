package accounts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
)

var changing = backoff.Policy{Min: 2 * time.Millisecond, Max: 250 * time.Millisecond}

// changeTime bounds one change of an account.
const changeTime = 6 * time.Second

// heardTime is how long a replica may lag, where an older version may also be one that another region
// has gone beyond: in a cut nothing newer comes.
const heardTime = 300 * time.Millisecond

// get reads one account. A change that another gateway made a moment ago may not
// be seen yet.
func (a *Accounts) get(ctx context.Context, user string) (account, error) {
	if !validUser(user) {
		return account{}, errNoAccount(user)
	}
	acc, _, err := a.bucket.Get(ctx, user)
	if errors.Is(err, bus.ErrNotFound) || err == nil && acc.gone() {
		return account{}, errNoAccount(user)
	}
	return acc, unavailable(err)
}

// getSince is get for a caller that knows that the account has reached a version: an
// older one comes from a replica that lags, and is read again. With several regions it is returned
// after a while: the newer one may be another region's, which this one has not heard of.
func (a *Accounts) getSince(ctx context.Context, user string, version uint64) (account, error) {
	ctx, cancel := context.WithTimeout(ctx, changeTime)
	defer cancel()
	began := time.Now()
	for try := 1; ; try++ {
		acc, err := a.get(ctx, user)
		if err != nil || acc.Version >= version || a.regions && time.Since(began) > heardTime {
			return acc, err
		}
		if changing.Wait(ctx, try) != nil {
			return account{}, fmt.Errorf("read account %s: %w", user, bus.ErrUnavailable)
		}
	}
}

// change reads an account, applies f and stores it, and starts over if somebody else
// was faster. The bucket refuses what rests on a stale read, which is then repeated.
func (a *Accounts) change(ctx context.Context, user string, f func(*account) error) (account, error) {
	return a.changeAny(ctx, user, func(acc *account) error {
		if acc.gone() {
			return errNoAccount(user)
		}
		return f(acc)
	})
}

// changeAny is change also for an invite that was withdrawn.
func (a *Accounts) changeAny(ctx context.Context, user string, f func(*account) error) (account, error) {
	ctx, cancel := context.WithTimeout(ctx, changeTime)
	defer cancel()
	for try := 1; ; try++ {
		acc, revision, err := a.bucket.Get(ctx, user)
		if errors.Is(err, bus.ErrNotFound) {
			return account{}, errNoAccount(user)
		}
		if err != nil {
			return account{}, unavailable(err)
		}
		was := acc
		if err := f(&acc); err != nil {
			return account{}, err
		}
		acc.counted(was, a.conn.Region())
		acc.Edition++
		_, err = a.bucket.Update(ctx, user, acc, revision)
		if err == nil || !errors.Is(err, bus.ErrConflict) {
			return acc, unavailable(err)
		}
		if changing.Wait(ctx, try) != nil {
			return account{}, unavailable(err)
		}
	}
}

// unavailable marks a failure of the bus as one that a later try may not meet.
func unavailable(err error) error {
	if err == nil || errors.Is(err, bus.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w (%w)", bus.ErrUnavailable, err)
}
