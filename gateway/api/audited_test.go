package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/api"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/gateway/macros"
	"github.com/parley-chat/parley/gateway/ops"
	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/settings"
	"github.com/parley-chat/parley/pkg/teams"
)

// ledger is an audit log that a test reads, and that can refuse.
type ledger struct {
	mu      sync.Mutex // guards what follows
	list    []audit.Entry
	refuses bool
}

func (l *ledger) Write(_ context.Context, e audit.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, e)
	if l.refuses {
		return fmt.Errorf("write: %w", bus.ErrUnavailable)
	}
	return nil
}

func (l *ledger) take(refuse bool) []audit.Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.list
	l.list, l.refuses = nil, refuse
	return list
}

// route is what a route has to write into the audit log, or why it writes nothing.
type route struct {
	name, path, body string
	act              audit.Act
	of               string
	nothing          string
}

const ownOnly = "says who the browser is, and what only it reads"

// routesOf lists all routes, with a request to each that gets as far as it can.
func routesOf(invite, reset string, letter uint64) []route {
	return []route{
		{name: "GET /api/config", nothing: "for everybody"}, {name: "GET /api/framed.js", nothing: "for everybody"}, {name: "GET /api/team", nothing: "for everybody"},
		{name: "GET /api/face.js", nothing: "for everybody"}, {name: "GET /api/face/{name}", path: "/api/face/logo", nothing: "for everybody"},
		{name: "GET /api/embed", nothing: "a snippet"}, {name: "GET /api/me", nothing: ownOnly}, {name: "GET /api/agents", nothing: "accounts, no chat"}, {name: "GET /api/colleagues", nothing: "accounts, no chat"},
		{name: "PUT /api/me", body: `{"away":true}`, nothing: "says of oneself that one is away, no right of anybody changes"},
		{name: "POST /api/invite", body: `{"token":"` + invite + `"}`, nothing: "says whom a link is for"}, {name: "POST /api/reset", body: `{"token":"` + reset + `"}`, nothing: "says whom a link is for"},
		{name: "GET /api/settings", nothing: "settings, no chat"}, {name: "GET /api/teams", nothing: "teams, no chat"}, {name: "GET /api/macros", nothing: "what agents wrote for all chats"},
		{name: "GET /api/ops", nothing: "figures"}, {name: "GET /api/ops/dead", nothing: "no words: reasons and numbers"},
		{name: "POST /api/login", body: `{"user":"admin","password":"` + adminPassword + `"}`, act: audit.SignIn, of: "admin"},
		{name: "POST /api/agents", body: `{"user":"ann","name":"Ann","role":"agent","password":"` + gracePassword + `"}`, act: audit.AccountCreate, of: "ann"},
		{name: "PUT /api/agents/{user}", path: "/api/agents/grace", body: `{"role":"admin","disabled":true}`, act: audit.AccountChange, of: "grace"},
		{name: "POST /api/invites", body: `{"user":"eva","name":"Eva","role":"agent"}`, act: audit.InviteCreate, of: "eva"},
		{name: "POST /api/invites/{user}", path: "/api/invites/ivy", body: "{}", act: audit.InviteCreate, of: "ivy"},
		{name: "DELETE /api/invites/{user}", path: "/api/invites/ivy", act: audit.InviteWithdraw, of: "ivy"},
		{name: "POST /api/join", body: `{"token":"` + invite + `","name":"Ivy","password":"` + gracePassword + `"}`, act: audit.InviteUse, of: "ivy"},
		{name: "POST /api/resets/{user}", path: "/api/resets/grace", body: "{}", act: audit.ResetLink, of: "grace"},
		{name: "POST /api/renew", body: `{"token":"` + reset + `","password":"` + gracePassword + `"}`, act: audit.PasswordChange, of: "grace"},
		{name: "POST /api/password", body: `{"old":"` + adminPassword + `","new":"another password"}`, act: audit.PasswordChange, of: "admin"},
		{name: "DELETE /api/agents/{user}/sessions", path: "/api/agents/grace/sessions", act: audit.SignOut, of: "grace"},
		{name: "PUT /api/settings", body: `{"revision":0,"settings":{"bot":"Robi"}}`, act: audit.SettingsChange},
		{name: "POST /api/teams", body: `{"revision":0,"team":{"name":"Billing"}}`, act: audit.TeamsChange},
		{name: "PUT /api/teams", body: `{"revision":0,"own":true}`, act: audit.TeamsChange},
		{name: "PUT /api/teams/{id}", path: "/api/teams/billing", body: `{"revision":0,"team":{"name":"Billing"}}`, act: audit.TeamsChange, of: "billing"},
		{name: "DELETE /api/teams/{id}", path: "/api/teams/billing", body: `{"revision":0}`, act: audit.TeamsChange, of: "billing"},
		{name: "PUT /api/macros/{id}", path: "/api/macros/all", body: `{"revision":0,"shared":true,"macro":{"title":"Hours","text":"9 to 5"}}`, act: audit.MacrosChange, of: "all"},
		{name: "DELETE /api/macros/{id}", path: "/api/macros/all?revision=1", act: audit.MacrosChange, of: "all"},
		{name: "GET /api/ops/dead/{n}", path: fmt.Sprint("/api/ops/dead/", letter), act: audit.LookDead, of: fmt.Sprint(letter)},
		{name: "POST /api/ops/dead/{n}/replay", path: fmt.Sprint("/api/ops/dead/", letter, "/replay"), body: "{}", act: audit.DeadReplay, of: fmt.Sprint(letter)},
		{name: "DELETE /api/ops/dead/{n}", path: fmt.Sprint("/api/ops/dead/", letter), act: audit.DeadDrop, of: fmt.Sprint(letter)},
		{name: "GET /api/audit", path: "/api/audit?by=ada&act=look.chat", act: audit.LookAudit},
		{name: "DELETE /api/sessions", act: audit.SignOut, of: "admin"},
		{name: "POST /api/logout", act: audit.SignOut, of: "admin"},
	}
}

// Every route either writes its line before it answers, and is refused if it can't, or has a reason
// to write none.
func TestEveryRouteIsAuditedOrSaysWhyNot(t *testing.T) {
	s := start(t)
	l, log := &ledger{}, zerolog.New(s.log)
	opts := api.Options{
		Settings: settings.New(s.conn, settings.Settings{}), Macros: macros.New(s.conn, func(string) {}), Teams: teams.New(s.conn, "nothing"),
		Accounts: s.accounts, Mode: identity.Claim, Now: s.clock.now, Log: log, Conn: s.conn, Audit: l, Online: func() []chat.Agent { return nil },
		Ops: ops.New(ops.Options{Desk: func() ops.Desk { return ops.Desk{Agents: []string{}} }, Log: log}, s.conn),
	}
	server := httptest.NewServer(api.New(opts))
	t.Cleanup(server.Close)
	s.url = server.URL
	b := s.browser("192.0.2.1")
	b.login("admin", adminPassword)
	if err := s.accounts.Create(t.Context(), accounts.New{User: "grace", Name: "Grace", Role: accounts.Answer, Password: gracePassword}); err != nil {
		t.Fatal(err)
	}
	token := func(a answer) string {
		var made struct{ Token string }
		if err := json.Unmarshal([]byte(a.body), &made); err != nil || made.Token == "" {
			t.Fatalf("no link: %s", a.body)
		}
		return made.Token
	}
	invite := token(b.do("POST", "/api/invites", `{"user":"ivy","name":"Ivy","role":"agent"}`))
	reset := token(b.do("POST", "/api/resets/grace", "{}"))
	list := routesOf(invite, reset, s.letter("hello", "boom").Number)

	var listed []string
	for _, r := range list {
		listed = append(listed, r.name)
	}
	routes := api.Routes(opts)
	slices.Sort(routes)
	if slices.Sort(listed); !slices.Equal(routes, listed) {
		t.Errorf("the routes are\n%s\nand this test has\n%s\nSay what the new one writes into the audit log, or why nothing", strings.Join(routes, "\n"), strings.Join(listed, "\n"))
	}
	for _, r := range list {
		method, path, _ := strings.Cut(r.name, " ")
		if r.path != "" {
			path = r.path
		}
		if r.act == "" && r.nothing == "" {
			t.Errorf("%s writes nothing, without a reason", r.name)
		}
		l.take(true)
		a := b.do(method, path, r.body)
		wrote := l.take(false)
		if r.act == "" {
			if len(wrote) > 0 {
				t.Errorf("%s wrote %+v", r.name, wrote)
			}
			continue
		}
		if len(wrote) != 1 || wrote[0].Act != r.act || wrote[0].Of != r.of || wrote[0].By == "" || wrote[0].From == "" {
			t.Errorf("%s (%d %s) wrote %+v", r.name, a.status, a.body, wrote)
		}
		b.wantCode(r.name+" without a line", a, 503, "unavailable")
	}
	// Nothing of it was done.
	b.want("still signed in", b.do("GET", "/api/me", ""), 200, `{"user":"admin","name":"Admin","role":"admin","unnamed":true}`)
	if all := b.do("GET", "/api/agents", "").body; strings.Contains(all, `"ann"`) || strings.Contains(all, `"eva"`) || strings.Contains(all, `"disabled":true`) {
		t.Errorf("it was done all the same: %s", all)
	}
	if letter := b.do("GET", "/api/ops/dead", ""); !strings.Contains(letter.body, "boom") {
		t.Errorf("the letter is gone: %s", letter.body)
	}
}

// Admins read the log with filters, the newest line first, page by page, and see that they did.
func TestAdminsReadTheAuditLog(t *testing.T) {
	s := start(t)
	server := httptest.NewServer(api.New(api.Options{
		Accounts: s.accounts, Mode: identity.Claim, Now: s.clock.now, Log: zerolog.New(s.log), Conn: s.conn, Audit: s.conn.Audit(), Online: func() []chat.Agent { return nil },
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	for n := range 25 {
		by := []string{"ada", "bob"}[n%2]
		if err := s.conn.Audit().Write(t.Context(), audit.Entry{By: by, From: "192.0.2.7", Act: audit.LookChat, Chat: "aaaaaaaaaaaaaaaa", Detail: fmt.Sprint(n)}); err != nil {
			t.Fatal(err)
		}
	}
	b := s.browser("192.0.2.1")
	b.wantCode("a stranger", b.do("GET", "/api/audit", ""), 401, "not_signed_in")
	b.login("admin", adminPassword)
	read := func(query string) (details []string, older uint64) {
		t.Helper()
		var page struct {
			Lines []audit.Line
			Older uint64
		}
		a := b.do("GET", "/api/audit?"+query, "")
		if err := json.Unmarshal([]byte(a.body), &page); err != nil || a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		for _, l := range page.Lines {
			details = append(details, l.Detail)
		}
		return details, page.Older
	}
	var all []string
	for older, pages := uint64(0), 0; pages == 0 || older > 0; pages++ {
		var part []string
		part, older = read(fmt.Sprint("by=ada&act=look.chat&limit=5&before=", older))
		all = append(all, part...)
		if pages > 10 {
			t.Fatal("the pages don't end")
		}
	}
	var want []string
	for n := 24; n >= 0; n -= 2 {
		want = append(want, fmt.Sprint(n))
	}
	if !slices.Equal(all, want) {
		t.Errorf("ada's: %v", all)
	}
	if list, _ := read("act=look.audit&limit=1"); len(list) != 1 || list[0] != "act look.audit" {
		t.Errorf("reading it: %v", list)
	}
	if list, _ := read("until=2000-01-01T00:00:00Z"); len(list) != 0 {
		t.Errorf("of another time: %v", list)
	}
	b.wantCode("no time", b.do("GET", "/api/audit?since=today", ""), 400, "bad_request")
}
