// Package api is the HTTP interface of the console below /api: signing in, one's
// own password, the accounts, and what the operator page shows.
package api

import (
	"context"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/gateway/macros"
	"github.com/parley-chat/parley/gateway/ops"
	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/outage"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/settings"
	"github.com/parley-chat/parley/pkg/teams"
)

// Options of the API. Accounts, Mode and Online are needed.
type Options struct {
	Accounts *accounts.Accounts
	Mode     identity.Mode
	// Online returns the agents who have the console open. It is called concurrently.
	Online func() []chat.Agent
	// Available returns those of Online who are not away; if it is nil, all of them. It is called
	// concurrently.
	Available func() []chat.Agent
	// Staff returns what is set for an agent's work; if it is nil, nothing is. It is called
	// concurrently.
	Duty func(user string) desk.Duty
	// About returns how long somebody who asks for a person now waits, in whole minutes; 0:
	// not known. It may be left out, and is called concurrently.
	About func() time.Duration
	// Ops looks at the system for the operator page, Conn reaches the dead letters.
	// If Ops is nil, there is no such page.
	Ops  *ops.Watcher
	Conn *bus.Conn
	// Trusted are the proxies whose headers about addresses and TLS are believed.
	Trusted []netip.Prefix
	// Site says which pages are our own; nil: what each request says.
	Site *limit.Site
	// Blocked is called with each request that another site's page seems to make; it may
	// be left out. It is called concurrently.
	Blocked func(r *http.Request, why limit.Blocked)
	// Framed reports whether the page that makes a request may show the chat in a frame; if
	// it is nil, none may. It is called concurrently.
	Framed func(r *http.Request) bool
	// Settings are those of the site. If it is nil, there are none to read or change.
	Settings *settings.Site
	// Teams are those of the site, and Waiting returns how many chats wait in the line of one.
	// If Teams is nil, there are none to read or change.
	Teams   *teams.Site
	Waiting func(team string) int
	// Macros are what agents say and do again and again. If it is nil, there are none.
	Macros *macros.Store
	// Allowed are the sites that may embed the chat, as limit.ParseOrigins returns them.
	Allowed []string
	// Audit is where acts are written down before they are done. If it is nil, nothing is.
	Audit audit.Log
	// Now is the clock; time.Now if it is nil.
	Now func() time.Time
	// Metrics may be left out.
	Metrics Metrics
	Log     zerolog.Logger
}

// The outcomes of a sign-in.
const (
	SignInOK        = "ok"
	SignInWrong     = "wrong"     // no such account, or another password
	SignInThrottled = "throttled" // too many tries, whatever the password
	SignInDisabled  = "disabled"  // the password of a disabled account
)

// SignIns are the outcomes, for the figures.
var SignIns = []string{SignInOK, SignInWrong, SignInThrottled, SignInDisabled}

// Metrics are called when something is counted, also concurrently.
type Metrics struct {
	// SignIn is called with one of SignIns.
	SignIn func(outcome string)
	// SignOut is called when a session was ended by its browser.
	SignOut func()
}

const (
	maxBody     = 16 << 10         // bytes; the largest request, besides settings, teams and macros, is a name and two passwords
	maxTeamBody = 64 << 10         // bytes; a team may have 500 members
	requestTime = 15 * time.Second // for the work on one request
)

type api struct {
	Options
	unanswered outage.Sampled // log lines about calls that nobody answered
	addresses  *limit.Addresses
	users      *limit.Keyed[string]
	owners     *limit.Keyed[string] // by user, for those who are signed in
	browsers   *limit.Keyed[string] // by browser, for those that signed in before
	refused    outage.Sampled       // log lines about refused sign-ins
	teams      teamCache
	askers     *limit.Keyed[string] // who is signed in, by user
	lookers    *limit.Addresses     // who asks for the team
	joiners    *limit.Addresses     // who shows an invite
}

// New returns the handler for everything below /api/.
func New(opts Options) http.Handler {
	a := &api{
		Options:   opts,
		addresses: limit.NewAddresses(admission.SignInsOfAddress, 0, opts.Now),
		users:     limit.NewKeyed[string](admission.SignInsOfName, 0, opts.Now),
		owners:    limit.NewKeyed[string](admission.SignInsOfBrowser, 0, opts.Now),
		browsers:  limit.NewKeyed[string](admission.SignInsOfBrowser, 0, opts.Now),
	}
	a.askers = limit.NewKeyed[string](admission.RequestsOfAccount, 0, opts.Now)
	a.lookers = limit.NewAddresses(admission.TeamOfAddress, 0, opts.Now)
	a.joiners = limit.NewAddresses(admission.InvitesOfAddress, 0, opts.Now)
	a.refused.Every = time.Minute
	if a.Blocked == nil {
		a.Blocked = func(*http.Request, limit.Blocked) {}
	}
	if a.Metrics.SignIn == nil {
		a.Metrics.SignIn = func(string) {}
	}
	if a.Metrics.SignOut == nil {
		a.Metrics.SignOut = func() {}
	}
	if a.Available == nil {
		a.Available = a.Online
	}
	if a.Duty == nil {
		a.Duty = func(string) desk.Duty { return desk.Duty{} }
	}
	if a.Framed == nil {
		a.Framed = func(*http.Request) bool { return false }
	}
	if a.Now == nil {
		a.Now = time.Now
	}
	mux := http.NewServeMux()
	for path, methods := range a.routes() {
		mux.Handle(path, a.endpoint(methods))
	}
	mux.Handle("/", a.endpoint(nil))
	return mux
}

// handler answers a request. With an error it has written nothing.
type handler func(w http.ResponseWriter, r *http.Request) error

type methods map[string]handler

// endpoint wraps the handlers of one path the same way: headers, method, origin,
// time limit, panics, errors. Without methods there is no such path.
func (a *api) endpoint(byMethod methods) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				a.Log.Error().Interface("panic", p).Str("path", r.URL.Path).Bytes("stack", debug.Stack()).Msg("an API call panicked")
				writeError(w, internal())
			}
		}()
		if err := a.serve(byMethod, w, r); err != nil {
			a.fail(w, r, err)
		}
	})
}

func (a *api) serve(byMethod methods, w http.ResponseWriter, r *http.Request) error {
	if byMethod == nil {
		return bus.Refuse(codes.NotFound)
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet // the server leaves the body out
	}
	handle, ok := byMethod[method]
	if !ok {
		w.Header().Set("Allow", allowed(byMethod))
		return refuse(codes.MethodNotAllowed, "This address takes "+allowed(byMethod)+".")
	}
	if method != http.MethodGet {
		if a.Site.FromElsewhere(r, a.Trusted) {
			a.Blocked(r, a.Site.WhyBlocked(r, nil, a.Trusted))
			return bus.Refuse(codes.BadOrigin)
		}
		most := int64(maxBody)
		switch r.Pattern {
		case settingsPath:
			most = maxSettings
		case macroPath:
			most = maxMacro
		}
		if strings.HasPrefix(r.Pattern, "/api/teams") {
			most = maxTeamBody
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
	}
	ctx, cancel := context.WithTimeout(r.Context(), requestTime)
	defer cancel()
	return handle(w, r.WithContext(ctx))
}

func allowed(byMethod methods) string {
	var names []string
	for m := range byMethod {
		names = append(names, m)
		if m == http.MethodGet {
			names = append(names, http.MethodHead)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// signedIn admits only agents who are signed in. A request that changes something
// prolongs their session; reading does not, since pages read by themselves.
func (a *api) signedIn(next func(http.ResponseWriter, *http.Request, accounts.Agent) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		agent, err := a.Accounts.Authenticate(r)
		if err != nil {
			return err
		}
		if wait, ok := a.askers.Allow(agent.User); !ok {
			return tooSoonFor(wait, admission.TooManyRequests)
		}
		if reads := r.Method == http.MethodGet || r.Method == http.MethodHead; !reads && a.Accounts.ProlongDue(agent) {
			if agent, err = a.Accounts.Prolong(r.Context(), agent); err != nil {
				return err
			}
		}
		return next(w, r, agent)
	}
}

// admin admits only admins.
func (a *api) admin(next func(http.ResponseWriter, *http.Request, accounts.Agent) error) handler {
	return a.signedIn(func(w http.ResponseWriter, r *http.Request, agent accounts.Agent) error {
		if !agent.Role.May(rights.Manage) {
			return bus.Refuse(codes.NotAllowed)
		}
		return next(w, r, agent)
	})
}

func (a *api) secure(r *http.Request) bool { return a.Site.Secure(r, a.Trusted) }
