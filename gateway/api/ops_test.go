package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/api"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/gateway/ops"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// startOps is start with the operator page, and both people signed in.
func startOps(t *testing.T) (s *site, admin, grace *browser) {
	t.Helper()
	s = start(t)
	log := zerolog.New(s.log)
	watcher := ops.New(ops.Options{Desk: func() ops.Desk { return ops.Desk{Agents: []string{}} }, Log: log}, s.conn)
	server := httptest.NewServer(api.New(api.Options{
		Accounts: s.accounts, Mode: identity.Claim, Now: s.clock.now, Log: log, Online: func() []chat.Agent { return nil }, Ops: watcher, Conn: s.conn,
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	if err := s.accounts.Create(t.Context(), accounts.New{User: "grace", Name: "Grace", Role: accounts.Answer, Password: gracePassword}); err != nil {
		t.Fatal(err)
	}
	admin, grace = s.browser("192.0.2.1"), s.browser("192.0.2.2")
	admin.login("admin", adminPassword)
	grace.login("grace", gracePassword)
	return s, admin, grace
}

// letter puts a visitor's message among the dead letters of the bot.
func (s *site) letter(text, reason string) bus.DeadLetter {
	s.t.Helper()
	e := chat.Event{Chat: chat.NewID(), Seq: 7, Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: text}
	if err := s.conn.RecordDeadLetter(s.t.Context(), "bot", e, 5, errors.New(reason)); err != nil {
		s.t.Fatal(err)
	}
	list, _, err := s.conn.DeadLetters(s.t.Context(), 0, bus.MaxDeadLetters)
	if err != nil {
		s.t.Fatal(err)
	}
	return list[len(list)-1]
}

func TestTheOperatorPageIsForAdmins(t *testing.T) {
	s, admin, grace := startOps(t)
	l := s.letter("hello", "boom")
	stranger := s.browser("192.0.2.3")
	one := fmt.Sprintf("/api/ops/dead/%d", l.Number)
	for _, c := range []struct{ method, path string }{{"GET", "/api/ops"}, {"GET", "/api/ops/dead"}, {"GET", one}, {"DELETE", one}, {"POST", one + "/replay"}} {
		stranger.wantCode("a stranger", stranger.do(c.method, c.path, ""), 401, "not_signed_in")
		grace.wantCode("an agent", grace.do(c.method, c.path, ""), 403, "not_allowed")
		if c.method != "GET" {
			admin.wantCode("another site", admin.do(c.method, c.path, "", "Origin", "https://evil.example"), 403, "bad_origin")
		}
	}
	admin.wantCode("method", admin.do("POST", "/api/ops", "{}"), 405, "method_not_allowed")
	admin.wantCode("method", admin.do("GET", one+"/replay", ""), 405, "method_not_allowed")
	if _, err := s.conn.DeadLetter(t.Context(), l.Number); err != nil {
		t.Errorf("the letter is gone: %v", err)
	}

	got := admin.do("GET", "/api/ops", "")
	var snap struct {
		Verdict struct{ Level, Sentence string }
		Roles   []struct {
			Role     string
			Replicas []any
		}
		Dead    struct{ Letters int }
		Streams []struct{ Name, Leader string }
	}
	if err := json.Unmarshal([]byte(got.body), &snap); err != nil || got.status != 200 {
		t.Fatalf("%d %v", got.status, err)
	}
	if snap.Verdict.Level != "bad" || snap.Dead.Letters != 1 || len(snap.Roles) != 4 || snap.Roles[0].Replicas == nil || len(snap.Streams) == 0 || snap.Streams[0].Leader == "" {
		t.Errorf("%s", got.body)
	}
}

func TestDeadLettersAreReadReplayedAndDropped(t *testing.T) {
	s, admin, _ := startOps(t)
	admin.want("none", admin.do("GET", "/api/ops/dead", ""), 200, `{"letters":[],"more":false}`)
	first := s.letter("the first <b>words</b>", "boom")
	second := s.letter("the second words", strings.Repeat("long ", 200))

	type listed struct {
		Letters []struct {
			Number             uint64
			Role, Reason, Kind string
			Text               *string
		}
		More bool
	}
	var page listed
	read := func(query string) {
		t.Helper()
		page = listed{}
		got := admin.do("GET", "/api/ops/dead"+query, "")
		if err := json.Unmarshal([]byte(got.body), &page); err != nil || got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	read("")
	if len(page.Letters) != 2 || page.More || page.Letters[0].Number != first.Number || page.Letters[0].Kind != "message" || page.Letters[0].Text != nil || len(page.Letters[1].Reason) > 310 {
		t.Errorf("%+v", page)
	}
	read("?limit=1")
	if len(page.Letters) != 1 || !page.More {
		t.Errorf("the first alone: %+v", page)
	}
	read(fmt.Sprintf("?after=%d", first.Number))
	if len(page.Letters) != 1 || page.Letters[0].Number != second.Number {
		t.Errorf("after the first: %+v", page)
	}
	admin.wantCode("no number", admin.do("GET", "/api/ops/dead?after=x", ""), 400, "bad_request")
	admin.wantCode("no number", admin.do("GET", "/api/ops/dead?limit=-1", ""), 400, "bad_request")

	one := fmt.Sprintf("/api/ops/dead/%d", first.Number)
	var whole struct {
		Text, Reason string
		From         struct{ Name string }
	}
	if got := admin.do("GET", one, ""); json.Unmarshal([]byte(got.body), &whole) != nil || whole.Text != "the first <b>words</b>" || whole.From.Name != "Ada" || whole.Reason != "boom" {
		t.Errorf("%s", got.body)
	}
	admin.wantCode("nobody to take it", admin.do("POST", one+"/replay", ""), 503, "unavailable")

	var mended atomic.Bool
	replay := s.conn.Replay("bot", func(_ context.Context, d bus.Delivery) error {
		if !mended.Load() {
			return errors.New("it hurts")
		}
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.conn.Serve(ctx, roles.Botworker.Service, "1.0.0", replay) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	got := admin.do("POST", one+"/replay", "") // waits for a replica
	admin.wantCode("it fails again", got, 409, "failed")
	if !strings.Contains(got.body, "It failed again, and is kept: it hurts") {
		t.Error(got.body)
	}
	mended.Store(true)
	admin.want("it succeeds", admin.do("POST", one+"/replay", ""), 204, "")
	admin.wantCode("again", admin.do("POST", one+"/replay", ""), 404, "not_found")
	admin.wantCode("it is gone", admin.do("GET", one, ""), 404, "not_found")

	other := fmt.Sprintf("/api/ops/dead/%d", second.Number)
	admin.want("the other is dropped", admin.do("DELETE", other, ""), 204, "")
	admin.wantCode("once more", admin.do("DELETE", other, ""), 404, "not_found")
	for _, n := range []string{"0", "-1", "x", "99999999999999999999", "1.5"} {
		admin.wantCode(n, admin.do("GET", "/api/ops/dead/"+n, ""), 404, "not_found")
	}
	read("")
	if len(page.Letters) != 0 {
		t.Errorf("left: %+v", page)
	}
	if said := s.log.String(); strings.Contains(said, "words") || !strings.Contains(said, `"by":"admin","message":"dead letter dropped"`) {
		t.Errorf("the log: %s", said)
	}
}

func TestALongLetterIsShownWhole(t *testing.T) {
	s, admin, _ := startOps(t)
	l := s.letter(strings.Repeat("ä", 5000), "boom")
	if got := admin.do("GET", fmt.Sprintf("/api/ops/dead/%d", l.Number), ""); got.status != 200 || !strings.Contains(got.body, strings.Repeat("ä", 5000)) {
		t.Errorf("%d %.200s", got.status, got.body)
	}
	s.conn.Close()
	admin.wantCode("without NATS", admin.do("GET", "/api/ops/dead", ""), 503, "unavailable")
}
