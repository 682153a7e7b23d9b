package agent_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/agent"
	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/visitor"
)

const admin = "admin of the agents' test"

// stage is one Parley, two agents and a visitor.
type stage struct {
	dir      string
	gateways func() []string
	agents   []*client
	ada      *visitor.Visitor
}

// client is an agent who runs until the test ends.
type client struct {
	*agent.Agent
	agent.Account
	dir string
	rec *history.Recorder
	wg  sync.WaitGroup
	err error
}

func newStage(t *testing.T) *stage {
	t.Helper()
	dir := t.TempDir()
	program, err := proc.Parley(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	p, base, err := proc.StartGateway(t.Context(), proc.Spec{Name: "parley", Path: program, Dir: dir, Env: append([]string{
		"DATA_DIR=" + t.TempDir(), "ADMIN_PASSWORD=" + admin, "NATS_SYNC=100ms",
	}, proc.Unlimited...)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	s := &stage{dir: dir, gateways: func() []string { return []string{base} }}
	accounts, err := agent.MakeAccounts(t.Context(), s.gateways, admin, 2)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := agent.MakeAccounts(t.Context(), s.gateways, admin, 2); err != nil || !slices.Equal(again, accounts) {
		t.Errorf("made once more: %v, %v", again, err)
	}
	for i, account := range accounts {
		s.hires(t, uint64(i), account)
	}
	rec, err := history.NewRecorder(dir, "ada", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s.ada = visitor.New(visitor.Options{Name: "Ada", Recorder: rec, Gateways: s.gateways, Rand: rand.New(rand.NewPCG(1, 2))})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = s.ada.Run(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait(); _ = rec.Close() })
	return s
}

func (s *stage) hires(t *testing.T, seed uint64, account agent.Account) {
	t.Helper()
	rec, err := history.NewRecorder(s.dir, account.User, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	c := &client{Account: account, dir: s.dir, rec: rec}
	c.Agent = agent.New(agent.Options{Account: account, Recorder: rec, Gateways: s.gateways, Rand: rand.New(rand.NewPCG(seed, 3))})
	ctx, cancel := context.WithCancel(t.Context())
	c.wg.Go(func() { c.err = c.Run(ctx) })
	t.Cleanup(func() { cancel(); c.wg.Wait(); _ = rec.Close() }) // already closed if its entries were read
	s.agents = append(s.agents, c)
}

func (c *client) awaits(t *testing.T, what string, holds func(agent.Seen) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if err := c.Await(ctx, what, holds); err != nil {
		t.Fatal(err)
	}
}

// does makes a call that must succeed.
func (c *client) does(t *testing.T, what, chat, text string) uint64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	got, err := c.Call(ctx, what, chat, text)
	if err != nil || got.Code != "" {
		t.Fatalf("%s: %+v, %v", what, got, err)
	}
	return got.Seq
}

func (c *client) leaves(t *testing.T) []history.Entry {
	t.Helper()
	c.Leave()
	c.wg.Wait()
	if err := c.rec.Close(); err != nil || c.err != nil {
		t.Fatal(err, c.err)
	}
	entries, err := history.Read[history.Entry](filepath.Join(c.dir, history.ClientsDir, c.User+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func (s *stage) adaAwaits(t *testing.T, status string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if err := s.ada.Await(ctx, status, func(s visitor.Seen) bool { return s.Acked() && s.Status() == status }); err != nil {
		t.Fatal(err)
	}
}

// escalates has Ada ask for a person, and waits until the agents see it.
func (s *stage) escalates(t *testing.T) (chat string) {
	t.Helper()
	s.ada.Ask("escalate")
	s.adaAwaits(t, "waiting")
	chat = s.ada.Chat()
	for _, a := range s.agents {
		a.awaits(t, "the chat on the desk", func(s agent.Seen) bool { return s.Desk(chat) == "waiting" })
	}
	return chat
}

func TestAgentsRaceForAChatAndOneGetsIt(t *testing.T) {
	s := newStage(t)
	rivals := agent.NewRivals(3 * time.Minute)
	for round := range 10 {
		chat := s.escalates(t)
		var got [2]agent.Answer
		var errs [2]error
		var wg sync.WaitGroup
		for i, a := range s.agents {
			wg.Go(func() {
				if !rivals.Meet(t.Context(), chat) {
					errs[i] = fmt.Errorf("%s met nobody", a.User)
					return
				}
				got[i], errs[i] = a.Call(t.Context(), "take", chat, "")
			})
		}
		wg.Wait()
		if errs[0] != nil || errs[1] != nil {
			t.Fatal(errs)
		}
		winner := slices.IndexFunc(got[:], func(a agent.Answer) bool { return a.Code == "" && a.Seq > 0 })
		if winner < 0 || got[1-winner].Code != "taken" {
			t.Fatalf("round %d: %+v", round, got)
		}
		s.adaAwaits(t, "live")
		s.agents[winner].does(t, "say", chat, "Here I am.")
		s.agents[winner].does(t, "return", chat, "")
		s.adaAwaits(t, "bot")
	}
	for _, a := range s.agents {
		entries := a.leaves(t)
		takes := 0
		for _, e := range entries {
			if e.Op == history.Call && e.What == "take" && e.Chat == s.ada.Chat() {
				takes++
			}
		}
		if takes != 10 || entries[0].User != a.User || entries[len(entries)-1].Op != history.Done {
			t.Errorf("%s recorded %d takes between %+v and %+v", a.User, takes, entries[0], entries[len(entries)-1])
		}
	}
}

func TestAnAgentKeepsAChatOverLostConnections(t *testing.T) {
	s := newStage(t)
	a, chat := s.agents[0], s.escalates(t)
	if _, err := a.Watch(t.Context(), chat); err != nil {
		t.Fatal(err)
	}
	a.DropOnCall()
	a.does(t, "take", chat, "")
	for i := range 5 {
		a.DropOnCall()
		a.does(t, "say", chat, fmt.Sprintf("said once, %d", i))
	}
	if err := a.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	note := a.does(t, "note", chat, "written after signing in again")
	a.awaits(t, "the note", func(s agent.Seen) bool { return s.Last(chat) >= note })
	page, err := a.Page(t.Context(), chat, 0, 100)
	if err != nil || len(page.Events) < 8 {
		t.Errorf("a page of %d events, %v", len(page.Events), err)
	}
	if _, err := a.Watch(t.Context(), "aaaaaaaaaaaaaaaa"); err != nil {
		t.Error(err)
	}
	a.does(t, "close", chat, "")
	s.adaAwaits(t, "closed")
	a.Unwatch(chat)

	entries := a.leaves(t)
	said, watched, signedOut := map[string]int{}, 0, 0
	var last uint64
	for _, e := range entries {
		switch {
		case e.Op == history.Told && e.Chat == chat:
			if e.Event.Kind == "say" {
				said[e.Event.Text]++
			}
			if last > 0 && e.Event.Prev != last {
				t.Errorf("after %d came %+v", last, e.Event)
			}
			last = e.Event.Seq
		case e.Op == history.Watch && e.Chat == chat:
			watched++
		case e.Op == history.End && e.Close == 4401:
			signedOut++
		}
	}
	if len(said) != 5 || watched != 8 || signedOut != 1 {
		t.Errorf("said %v, watched %d times, signed out %d times", said, watched, signedOut)
	}
	if got := a.Tally(); got.SignIns != 2 || got.Connections != 8 || got.Refused != 0 || got.Errors["not_found"] != 1 {
		t.Errorf("counted %+v", got)
	}
}
