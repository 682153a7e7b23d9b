package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/api"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/gateway/macros"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/settings"
	"github.com/parley-chat/parley/pkg/teams"
)

const adminPassword, gracePassword = "admin's long password", "grace's long password"

// clock is a time that a test sets while the server reads it.
type clock struct {
	mu sync.Mutex // guards at
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// site is a server of the API with an account "admin".
type site struct {
	t        *testing.T
	url      string
	conn     *bus.Conn
	accounts *accounts.Accounts
	clock    *clock
	online   func() []chat.Agent // may be set before the first request
	log      *lines

	teams   *teams.Site
	waiting map[string]int // how many wait for a team

	mu    sync.Mutex     // guards count
	count map[string]int // of sign-ins by outcome, and of sign-outs
}

func (s *site) counted(what string) { s.mu.Lock(); defer s.mu.Unlock(); s.count[what]++ }

func (s *site) counts(what string) int { s.mu.Lock(); defer s.mu.Unlock(); return s.count[what] }

// lines is a log that a test reads.
type lines struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *lines) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

func start(t *testing.T) *site { return startAt(t, nil) }

// startAt starts a server of the API for people who reach it there.
func startAt(t *testing.T, at *limit.Site) *site {
	t.Helper()
	s := &site{t: t, conn: bustest.Conn(t), clock: &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}, log: &lines{}, count: map[string]int{}}
	s.online = func() []chat.Agent { return []chat.Agent{{User: "grace"}} }
	log := zerolog.New(s.log)
	var err error
	if s.accounts, err = accounts.Open(t.Context(), s.conn, accounts.Options{Now: s.clock.now, Cost: accounts.Cost{Memory: 64, Passes: 1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.accounts.EnsureAdmin(t.Context(), adminPassword, nil); err != nil {
		t.Fatal(err)
	}
	set := settings.New(s.conn, settings.Settings{Bot: "Robi"})
	following, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = set.Run(following) })
	s.teams = teams.New(s.conn, "nothing")
	running.Go(func() { _ = s.teams.Run(following) })
	kept := macros.New(s.conn, func(string) {})
	running.Go(func() { _ = kept.Run(following) })
	t.Cleanup(func() { stop(); running.Wait() })
	bustest.Eventually(t, "the quick replies are read", func() bool { _, err := kept.For(macros.Who{}, teams.Set{}); return err == nil })
	server := httptest.NewServer(api.New(api.Options{
		Settings: set, Macros: kept, Teams: s.teams, Waiting: func(team string) int { return s.waiting[team] }, Accounts: s.accounts, Site: at, Mode: identity.Claim, Now: s.clock.now, Log: log, Conn: s.conn, Duty: s.duty,
		Online:  func() []chat.Agent { return s.online() },
		Metrics: api.Metrics{SignIn: s.counted, SignOut: func() { s.counted("sign-out") }},
		Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// duty reads what is set for an agent.
func (s *site) duty(user string) desk.Duty {
	bucket, err := bus.OpenBucket[desk.Duty](s.t.Context(), s.conn, bus.SiteBucket)
	if err != nil {
		s.t.Error(err)
		return desk.Duty{}
	}
	d, _, err := bucket.Get(s.t.Context(), desk.DutyKey(user))
	if err != nil && !errors.Is(err, bus.ErrNotFound) {
		s.t.Error(err)
	}
	return d
}

// browser is a person's browser: it keeps cookies and sends an Origin.
type browser struct {
	s      *site
	client *http.Client
	addr   string
}

func (s *site) browser(addr string) *browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{s: s, client: &http.Client{Jar: jar}, addr: addr}
}

// answer is what came back.
type answer struct {
	status int
	body   string
	header http.Header
}

func (a answer) code() string {
	var p struct{ Code, Message string }
	if json.Unmarshal([]byte(a.body), &p) != nil || p.Message == "" {
		return "no sentence: " + a.body
	}
	return p.Code
}

// do sends a request; header holds pairs, of which an empty value takes one away and
// Host sets the host.
func (b *browser) do(method, path, body string, header ...string) answer {
	b.s.t.Helper()
	r, err := http.NewRequestWithContext(b.s.t.Context(), method, b.s.url+path, strings.NewReader(body))
	if err != nil {
		b.s.t.Fatal(err)
	}
	if method != http.MethodGet && method != http.MethodHead {
		r.Header.Set("Origin", b.s.url)
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("X-Forwarded-For", b.addr)
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Set(header[i], header[i+1])
		if header[i+1] == "" {
			r.Header.Del(header[i])
		}
	}
	resp, err := b.client.Do(r)
	if err != nil {
		b.s.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		b.s.t.Fatal(err)
	}
	return answer{resp.StatusCode, strings.TrimSpace(string(got)), resp.Header}
}

func (b *browser) want(what string, got answer, status int, body string) {
	b.s.t.Helper()
	if got.status != status || got.body != body {
		b.s.t.Errorf("%s: %d %s, want %d %s", what, got.status, got.body, status, body)
	}
}

func (b *browser) wantCode(what string, got answer, status int, code string) {
	b.s.t.Helper()
	if got.status != status || got.code() != code {
		b.s.t.Errorf("%s: %d %s, want %d %s", what, got.status, got.body, status, code)
	}
}

func (b *browser) login(user, password string) answer {
	b.s.t.Helper()
	body, err := json.Marshal(map[string]string{"user": user, "password": password})
	if err != nil {
		b.s.t.Fatal(err)
	}
	return b.do(http.MethodPost, "/api/login", string(body))
}

// cookies returns how many sessions the browser holds for the site.
func (b *browser) cookies() (n int) {
	u, err := url.Parse(b.s.url)
	if err != nil {
		b.s.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == accounts.CookieName {
			n++
		}
	}
	return n
}
