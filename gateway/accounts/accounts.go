package accounts

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/parley-chat/parley/gateway/kvonce"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

// Options of Accounts.
type Options struct {
	// Now is the clock; time.Now if it is nil.
	Now func() time.Time
	// Cost of new passwords; the usual cost if it is zero. Tests that sign in often
	// use less.
	Cost Cost
	// HostCookie is set if browsers reach the gateway by TLS only: sessions' cookies then
	// have HostCookieName and Secure, whatever a request says.
	HostCookie bool
	// Base is the path below which the gateway is served; empty at the root. Below a path
	// the host may have other applications, to which browsers then don't send the cookies;
	// no cookie can have both that and the prefix __Host-.
	Base string
	// Times of sessions; the usual ones if it is zero.
	Times Times
	// Regions is set if there are several: another one may know more of an account than this one.
	Regions bool
	// Site is the host name that people know the gateway by, or empty: no password may be
	// little more than that.
	Site string
}

// Accounts are the agents' accounts in the bucket agents. All methods may be
// called concurrently. Their errors are a *bus.Refusal, a sentence for a person,
// or wrap bus.ErrUnavailable.
type Accounts struct {
	conn   *bus.Conn
	bucket *bus.Bucket[account]
	signer []byte // of sessions
	// knowing is the key that known browsers are marked with.
	knowing []byte
	// salt is that of values of ADMIN_PASSWORD. All regions have the same, so that a value that
	// acts in several at once is one password, and not several of which none counts.
	salt   []byte
	hasher *hasher
	nobody string // checked if there is no such user, so that it takes as long
	now    func() time.Time
	times  Times // of sessions
	site   string

	regions    bool   // see Options
	hostCookie bool   // see Options
	base       string // see Options

	// removing is held while an admin is disabled or demoted, so that of two requests
	// to one gateway none has to be undone. For two gateways see admins.go.
	removing sync.Mutex
}

// Account is an account as a list shows it.
type Account struct {
	User     string
	Name     string
	Role     Role
	Disabled bool
	Created  time.Time
	// Invited is set until somebody joins with the invite's link, and Expires says how long
	// they can.
	Invited bool
	Expires time.Time
}

// settingsKey names the key of sessions in the bucket settings. It is not derived
// from TOKEN_KEY: the embedding site has that key, and must not be able to sign in
// as an agent.
const settingsKey = "agent-session-key"

// Keys are the keys in the bucket settings that all regions must have alike: a browser that is
// signed in comes to a gateway of another region with the same cookie.
func Keys() []string { return []string{settingsKey} }

// Open opens the bucket and gets the key that signs sessions.
func Open(ctx context.Context, conn *bus.Conn, opts Options) (*Accounts, error) {
	bucket, err := bus.OpenBucket[account](ctx, conn, bus.AgentsBucket)
	if err != nil {
		return nil, err
	}
	key, err := kvonce.Key(ctx, conn, settingsKey)
	if err != nil {
		return nil, err
	}
	signer, err := hkdf.Key(sha256.New, key, nil, "parley agent session v1", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key of sessions: %w", err)
	}
	knowing, err := hkdf.Key(sha256.New, key, nil, "parley known browser v1", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key of known browsers: %w", err)
	}
	salt, err := hkdf.Key(sha256.New, key, nil, "parley operator salt v1", saltLength)
	if err != nil {
		return nil, fmt.Errorf("derive the salt of ADMIN_PASSWORD: %w", err)
	}
	if opts.Cost == (Cost{}) {
		opts.Cost = usualCost
	}
	if opts.Times == (Times{}) {
		opts.Times = usualTimes
	}
	a := &Accounts{conn: conn, bucket: bucket, signer: signer, knowing: knowing, salt: salt, hasher: newHasher(opts.Cost), now: opts.Now, times: opts.Times, site: opts.Site, regions: opts.Regions, hostCookie: opts.HostCookie, base: opts.Base}
	a.nobody = a.hasher.nobody()
	if a.now == nil {
		a.now = time.Now
	}
	return a, nil
}

// New is an account to be created.
type New struct {
	User, Name, Password string
	Role                 Role
}

// Create creates an account, once for each user name.
func (a *Accounts) Create(ctx context.Context, n New) error {
	name, err := cleanName(n.Name)
	if err := errors.Join(checkUser(n.User), err, checkRole(n.Role), a.checkNew(n.Password, n.User, n.Name)); err != nil {
		return firstRefusal(err)
	}
	hash, err := a.hasher.hash(ctx, n.Password)
	if err != nil {
		return err
	}
	made, err := a.make(ctx, a.first(account{User: n.User, Name: name, Role: n.Role, Hash: hash}))
	if err == nil && !made {
		err = errTaken(n.User)
	}
	return err
}

func errTaken(user string) error {
	return &bus.Refusal{Code: codes.UserTaken, Message: fmt.Sprintf("There is already an account %q.", user)}
}

// first returns a new account with what it begins with counted.
func (a *Accounts) first(acc account) account {
	acc.counted(account{Name: acc.Name, Role: acc.Role}, a.conn.Region())
	return acc
}

// make stores a new account and reports whether this is the one that was stored.
func (a *Accounts) make(ctx context.Context, acc account) (bool, error) {
	acc.Created, acc.Version, acc.Edition = a.now().UTC(), 1, 1
	kept, made, err := kvonce.GetOrCreate(ctx, a.bucket, acc.User, acc, acc.wrote)
	if err == nil && !made && kept.gone() {
		made, err = a.makeAgain(ctx, acc)
	}
	if err != nil {
		return false, fmt.Errorf("create account %s: %w", acc.User, err)
	}
	return made, nil
}

// makeAgain is make in the place of an invite that was withdrawn: what is counted goes on.
func (a *Accounts) makeAgain(ctx context.Context, acc account) (bool, error) {
	_, err := a.changeAny(ctx, acc.User, func(was *account) error {
		if !was.gone() {
			return errUnchanged // somebody else was faster
		}
		*was = account{
			User: acc.User, Name: acc.Name, Unnamed: acc.Unnamed, Role: acc.Role, Hash: acc.Hash, Created: acc.Created,
			Operators: acc.Operators, Invite: acc.Invite, Version: was.Version + 1, Edition: was.Edition, Changes: was.Changes,
		}
		return nil
	})
	if errors.Is(err, errUnchanged) {
		return false, nil
	}
	return err == nil, err
}

// wrote recognizes a new account that was read back: its hashes are salted or random.
func (a account) wrote(kept account) bool {
	return kept.Hash == a.Hash && kept.Invite.is(a.Invite)
}

// Patch is what to change in an account; what is nil stays as it is.
type Patch struct {
	Name     *string
	Role     *Role
	Password *string
	Disabled *bool
}

// name is the new name, or empty.
func (p Patch) name() string {
	if p.Name == nil {
		return ""
	}
	return *p.Name
}

// Update changes an account. A new password and disabling end its sessions
// everywhere. The last active admin can be neither disabled nor demoted.
func (a *Accounts) Update(ctx context.Context, user string, p Patch) error {
	var faults []error
	if p.Name != nil {
		name, err := cleanName(*p.Name)
		p.Name, faults = &name, append(faults, err)
	}
	if p.Role != nil {
		faults = append(faults, checkRole(*p.Role))
	}
	if p.Password != nil {
		name := p.name()
		if p.Name == nil {
			acc, err := a.get(ctx, user)
			if err != nil {
				return err
			}
			name = acc.Name
		}
		faults = append(faults, a.checkNew(*p.Password, user, name))
	}
	if err := errors.Join(faults...); err != nil {
		return firstRefusal(err)
	}
	if !validUser(user) {
		return errNoAccount(user)
	}
	var hash string
	if p.Password != nil {
		var err error
		if hash, err = a.hasher.hash(ctx, *p.Password); err != nil {
			return err
		}
	}
	apply := func(acc *account) error {
		if p.Name != nil {
			acc.Name, acc.Unnamed = *p.Name, false // also if it is the same: somebody keeps it
		}
		if p.Role != nil {
			acc.Role = *p.Role
		}
		if p.Disabled != nil && *p.Disabled != acc.Disabled {
			acc.Disabled, acc.Reset = *p.Disabled, nil
			acc.endSessions()
		}
		if hash != "" {
			acc.Hash, acc.Reset = hash, nil
			if acc.invited() {
				acc.Invite = nil // whoever has the password needs none, and the link ends
			}
			acc.endSessions()
		}
		return nil
	}
	if p.Role != nil && *p.Role != Admin || p.Disabled != nil && *p.Disabled {
		return a.removeAdmin(ctx, user, apply)
	}
	_, err := a.change(ctx, user, apply)
	return err
}

// checkNew is the function with the words of an account and of this site.
func (a *Accounts) checkNew(password, user, name string) error {
	return checkNew(password, user, name, a.site, "parley")
}

// CheckOwnPassword refuses, with bad_password, what is not the agent's password. Agents
// must give it to change it: a browser that was left signed in must not be enough.
func (a *Accounts) CheckOwnPassword(ctx context.Context, agent Agent, password string) error {
	acc, err := a.get(ctx, agent.User)
	if err != nil {
		return err
	}
	return a.checkOld(ctx, password, acc)
}

func (a *Accounts) checkOld(ctx context.Context, password string, acc account) error {
	if CheckPassword(password) != nil {
		password = "" // as in SignIn
	}
	hash := acc.Hash
	if hash == "" {
		hash = a.nobody
	}
	ok, err := a.hasher.matches(ctx, password, hash)
	if err == nil && !ok {
		return &bus.Refusal{Code: codes.BadPassword, Message: "The current password is wrong."}
	}
	return err
}

// ChangePassword sets an agent's own password, and returns the agent for a new
// session: all others of the account are invalid.
func (a *Accounts) ChangePassword(ctx context.Context, agent Agent, old, new string) (Agent, error) {
	if err := a.checkNew(new, agent.User, agent.Name); err != nil {
		return Agent{}, err
	}
	acc, err := a.get(ctx, agent.User)
	if err != nil {
		return Agent{}, err
	}
	if err := a.checkOld(ctx, old, acc); err != nil {
		return Agent{}, err
	}
	hash, err := a.hasher.hash(ctx, new)
	if err != nil {
		return Agent{}, err
	}
	checked := acc.Hash
	acc, err = a.change(ctx, agent.User, func(acc *account) error {
		if acc.Hash != checked || acc.Disabled {
			return errNotSignedIn() // somebody changed it meanwhile: the old password proves nothing
		}
		acc.Hash, acc.Reset = hash, nil
		acc.endSessions()
		return nil
	})
	if err != nil {
		return Agent{}, err
	}
	return a.session(acc), nil
}

// Named returns the account with that user name. The refusal is not_found.
func (a *Accounts) Named(ctx context.Context, user string) (Account, error) {
	acc, err := a.get(ctx, user)
	return acc.shown(), err
}

// List returns all accounts, ordered by user name.
func (a *Accounts) List(ctx context.Context) ([]Account, error) {
	all, err := a.all(ctx, "", 0)
	if err != nil {
		return nil, err
	}
	return sorted(all), nil
}

// firstRefusal returns the first of joined refusals, whole: one sentence at a time.
func firstRefusal(err error) error {
	var no *bus.Refusal
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range all.Unwrap() {
			if errors.As(one, &no) {
				return one
			}
		}
	}
	return err
}

// plainUser is a user name as people type it into a form.
func plainUser(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
