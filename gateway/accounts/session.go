package accounts

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// CookieName is the cookie that a signed-in browser holds.
	CookieName = "parley_agent"
	// HostCookieName is its name with Options.HostCookie: browsers take it only by TLS
	// and from the host itself, so no other host below the same domain can set it.
	HostCookieName = "__Host-" + CookieName
)

const (
	// maxSignedOut is how many ended sessions an account remembers. With more of
	// them within twelve hours, all sessions of the account end instead.
	maxSignedOut    = 64
	sessionAudience = "parley-agent"
	maxCookie       = 2 << 10
	printLength     = 12 // of 64 letters each
)

// Agent is somebody who is signed in.
type Agent struct {
	User string
	Name string
	Role Role
	// Unnamed says that nobody has chosen the name yet.
	Unnamed bool

	session string // the browser's session
	version uint64
	print   string    // of the password that the account had then
	began   time.Time // when the agent signed in
	used    time.Time // when a later use was recorded last; the zero time before the first
	latest  time.Time // when the session ends whatever is done
}

// Chat returns the agent as chats know them.
func (a Agent) Chat() chat.Agent { return chat.Agent{User: a.User, Name: a.Name} }

type sessionClaims struct {
	jwt.RegisteredClaims
	Version uint64 `json:"ver"`
	// Password is a print of the password. The version does not tell what two regions did that
	// were cut off from each other: both count on from the same one.
	Password string `json:"pwd"`
}

// print tells the account's password from any other it had or will have, and reveals nothing of
// it: a hash is salted.
func (a account) print() string {
	sum := sha256.Sum256([]byte(a.Hash))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:printLength]
}

// session begins a session.
func (a *Accounts) session(acc account) Agent {
	now := a.now()
	return Agent{User: acc.User, Name: acc.Name, Role: acc.Role, Unnamed: acc.Unnamed, session: string(chat.NewID()), version: acc.Version, print: acc.print(), began: now, latest: now.Add(a.times.Longest)}
}

// Cookie returns the cookie of the agent's session, which the browser keeps for as long
// as a session can last. secure says that the browser speaks TLS.
func (a *Accounts) Cookie(agent Agent, secure bool) (*http.Cookie, error) {
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, sessionClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Subject: agent.User, ID: agent.session, Audience: jwt.ClaimStrings{sessionAudience},
			IssuedAt: jwt.NewNumericDate(agent.began), ExpiresAt: jwt.NewNumericDate(agent.latest),
		},
		Version: agent.version, Password: agent.print,
	}).SignedString(a.signer)
	if err != nil {
		return nil, err
	}
	return a.cookie(a.cookieName(), token, max(1, int(agent.latest.Sub(a.now())/time.Second)), secure || a.hostCookie), nil
}

// NoCookies returns the cookies that delete the browser's, of either name.
func (a *Accounts) NoCookies(secure bool) []*http.Cookie {
	return append(a.OldCookies(), a.cookie(a.cookieName(), "", -1, secure || a.hostCookie))
}

// OldCookies returns cookies that delete those of sessions from before HostCookie was
// set. Such a session has ended: under the old name, it could be another host's.
func (a *Accounts) OldCookies() []*http.Cookie {
	if !a.hostCookie {
		return nil
	}
	return []*http.Cookie{a.cookie(CookieName, "", -1, true)}
}

func (a *Accounts) cookieName() string { return a.prefix() + CookieName }

// prefix is what the names of cookies begin with: browsers check what it promises.
func (a *Accounts) prefix() string {
	switch {
	case !a.hostCookie:
		return ""
	case a.base != "":
		return "__Secure-"
	}
	return "__Host-"
}

func (a *Accounts) cookie(name, value string, maxAge int, secure bool) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: cmp.Or(a.base, "/"), MaxAge: maxAge, Secure: secure, HttpOnly: true, SameSite: http.SameSiteStrictMode}
}

// Authenticate returns the agent that the request's browser is signed in as, with the
// role and the name that the account has now. The refusal is not_signed_in: no cookie,
// one that was idle for too long or is too old, a disabled account, a password that was
// changed since.
func (a *Accounts) Authenticate(r *http.Request) (Agent, error) {
	for _, c := range r.CookiesNamed(a.cookieName()) {
		claims, ok := a.readSession(c.Value)
		if !ok {
			continue
		}
		acc, err := a.getSince(r.Context(), claims.Subject, claims.Version)
		var no *bus.Refusal
		if errors.As(err, &no) {
			continue
		}
		if err != nil {
			return Agent{}, err
		}
		agent := Agent{User: acc.User, session: claims.ID, version: claims.Version, print: claims.Password, began: claims.IssuedAt.Time, latest: claims.ExpiresAt.Time}
		agent = acc.current(agent)
		if !acc.ends(agent) && !a.Over(agent) {
			return agent, nil
		}
	}
	return Agent{}, errNotSignedIn()
}

func (a *Accounts) readSession(token string) (sessionClaims, bool) {
	var c sessionClaims
	if len(token) > maxCookie {
		return c, false
	}
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return a.signer, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithAudience(sessionAudience),
		jwt.WithExpirationRequired(), jwt.WithTimeFunc(a.now), jwt.WithStrictDecoding())
	return c, err == nil && c.ID != "" && c.IssuedAt != nil
}

// current returns the agent, whose account it is, as the account is now.
func (a account) current(s Agent) Agent {
	s.Name, s.Role, s.Unnamed, s.used = a.Name, a.Role, a.Unnamed, a.Used[s.session]
	return s
}

// ends reports whether the account, as it is now, has ended the session. For its time
// see Accounts.Over.
func (a account) ends(s Agent) bool {
	_, signedOut := a.SignedOut[s.session]
	return a.Disabled || a.Version != s.version || a.print() != s.print || signedOut
}

// SignOut ends the agent's session, in all tabs of that browser and for whoever
// copied its cookie. Other browsers of the account stay signed in.
func (a *Accounts) SignOut(ctx context.Context, agent Agent) error {
	_, err := a.change(ctx, agent.User, func(acc *account) error {
		if acc.ends(agent) {
			return errUnchanged
		}
		now := a.now()
		left := maps.Clone(acc.SignedOut)
		maps.DeleteFunc(left, func(_ string, until time.Time) bool { return !until.After(now) })
		if len(left) >= maxSignedOut {
			acc.endSessions()
			return nil
		}
		if left == nil {
			left = map[string]time.Time{}
		}
		// By then it would have been idle for too long: nothing prolongs it any more. The
		// minute is for clocks that differ.
		left[agent.session] = now.Add(a.times.Idle + time.Minute).UTC()
		acc.SignedOut = left
		delete(acc.Used, agent.session)
		return nil
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

// Change is an account after a change.
type Change struct{ acc account }

// User names the account.
func (c Change) User() string { return c.acc.User }

// Agent returns the agent with the name and role that the account has now, and with the
// last use of the session.
func (c Change) Agent(a Agent) Agent { return c.acc.current(a) }

// Ends reports whether the agent, whose account it is, is no longer signed in.
func (c Change) Ends(a Agent) bool { return c.acc.User == a.User && c.acc.ends(a) }

// Follow calls see with every account and then with every change, one after the
// other, until the context ends: for connections that outlive a request, which end
// when Ends says so. After an interruption it begins with every account again.
func (a *Accounts) Follow(ctx context.Context, see func(Change)) {
	// Nobody deletes accounts here. Deleted by hand is as good as disabled.
	deleted := func(user string) { see(Change{account{User: user, Disabled: true}}) }
	known := map[string]bool{}
	put := func(user string, acc account) {
		known[user] = true
		if acc.gone() {
			acc = account{User: user, Disabled: true}
		}
		see(Change{acc})
	}
	bus.Follow(ctx, a.conn, bus.Following[account]{
		Bucket: bus.AgentsBucket, Without: "agents who sign out or are disabled keep the connections that they have",
		Synced: func(all map[string]account) {
			for user := range known {
				if _, exists := all[user]; exists {
					continue
				}
				// The copy of the bucket that was read may lag behind a new account.
				if _, _, err := a.bucket.Get(ctx, user); errors.Is(err, bus.ErrNotFound) {
					deleted(user)
				}
			}
			for user, acc := range all {
				put(user, acc)
			}
		},
		Put: put, Deleted: deleted,
	})
}
