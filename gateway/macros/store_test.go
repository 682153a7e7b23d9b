package macros_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/gateway/macros"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/teams"
)

var (
	admin = macros.Who{User: "ada", Shares: true}
	grace = macros.Who{User: "grace"}
	at    = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// follow returns a store that follows the bucket, and what it was told.
func follow(t *testing.T, conn *bus.Conn) *macros.Store {
	t.Helper()
	s := macros.New(conn, func(string) {})
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = s.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	bustest.Eventually(t, "the macros are read", func() bool { _, err := s.For(macros.Who{}, teams.Set{}); return err == nil })
	return s
}

func titles(s *macros.Store, user string) string {
	var all []string
	list, err := s.For(macros.Who{User: user}, teams.Set{})
	if err != nil {
		return err.Error()
	}
	for _, m := range list {
		all = append(all, m.Title)
	}
	return strings.Join(all, ",")
}

func TestEachReplicaHasWhatWasSavedAndNobodyReadsAnothersOwn(t *testing.T) {
	server := bustest.Start(t)
	here, there := follow(t, server.Connect("gateway")), follow(t, server.Connect("gateway-2"))
	for _, c := range []struct {
		who macros.Who
		m   macros.Macro
	}{
		{admin, macros.Macro{ID: "all", Title: "Hours", Text: "9 to 5"}},
		{grace, macros.Macro{ID: "hers", Title: "Bye", Text: "Bye", Owner: "grace"}},
	} {
		if _, err := here.Put(t.Context(), c.who, c.m, 0, at); err != nil {
			t.Fatal(err)
		}
	}
	bustest.Eventually(t, "the other replica has both", func() bool { return titles(there, "grace") == "Bye,Hours" })
	if got := titles(here, "ada"); got != "Hours" {
		t.Errorf("an admin sees %s", got)
	}
	for name, c := range map[string]struct {
		who macros.Who
		m   macros.Macro
	}{
		"an agent changes the team's":    {grace, macros.Macro{ID: "all", Title: "Mine"}},
		"an agent takes the team's":      {grace, macros.Macro{ID: "all", Title: "Mine", Owner: "grace"}},
		"an admin changes an agent's":    {admin, macros.Macro{ID: "hers", Title: "Ha", Owner: "ada"}},
		"an agent saves under a name":    {grace, macros.Macro{ID: "new", Title: "x", Owner: "ada"}},
		"an agent shares without rights": {grace, macros.Macro{ID: "new", Title: "x"}},
	} {
		if _, err := here.Put(t.Context(), c.who, c.m, 1, at); !errors.Is(err, macros.ErrNotYours) && !conflicts(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := here.Remove(t.Context(), admin, "hers", 1); !errors.Is(err, macros.ErrNotYours) {
		t.Errorf("an admin removes an agent's: %v", err)
	}
	if _, err := here.Remove(t.Context(), grace, "hers", 1); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "it is gone elsewhere, too", func() bool { return titles(there, "grace") == "Hours" })
	if got := titles(here, "grace"); got != "Hours" {
		t.Errorf("after all: %s", got)
	}
}

func conflicts(err error) bool {
	var conflict *macros.ConflictError
	return errors.As(err, &conflict)
}

func TestTheSecondOfTwoIsToldWhatTheFirstSaved(t *testing.T) {
	s := follow(t, bustest.Conn(t))
	put := func(text string, revision uint64) (macros.Macro, error) {
		return s.Put(t.Context(), admin, macros.Macro{ID: "m", Title: "Hours", Text: text}, revision, at)
	}
	if _, err := put("9 to 5", 0); err != nil {
		t.Fatal(err)
	}
	if m, err := put("9 to 5", 0); err != nil || m.Revision != 1 {
		t.Errorf("a call that is repeated: %+v, %v", m, err)
	}
	if _, err := put("8 to 6", 1); err != nil {
		t.Fatal(err)
	}
	_, err := put("7 to 7", 1)
	var conflict *macros.ConflictError
	if !errors.As(err, &conflict) || conflict.Now.Text != "8 to 6" || conflict.Now.Revision != 2 || conflict.Now.By != "ada" {
		t.Errorf("the second: %v", err)
	}
	if _, err := s.Remove(t.Context(), admin, "m", 1); !errors.As(err, &conflict) || conflict.Now.Revision != 2 {
		t.Errorf("what was changed since is removed: %v", err)
	}
	if _, err := s.Remove(t.Context(), admin, "m", 2); err != nil {
		t.Fatal(err)
	}
	if _, err := put("7 to 7", 2); !errors.As(err, &conflict) || conflict.Now.Revision != 0 {
		t.Errorf("what was removed: %v", err)
	}
	if _, err := put("7 to 7", 0); err != nil {
		t.Errorf("saved as a new one: %v", err)
	}
}

// Two who save at the same moment through two gateways: one of them does.
func TestOfTwoAtOnceOneSaves(t *testing.T) {
	server := bustest.Start(t)
	stores := []*macros.Store{follow(t, server.Connect("gateway")), follow(t, server.Connect("gateway-2"))}
	if _, err := stores[0].Put(t.Context(), admin, macros.Macro{ID: "m", Title: "x", Text: "0"}, 0, at); err != nil {
		t.Fatal(err)
	}
	var saved, refused sync.Map
	var both sync.WaitGroup
	for i := range 8 {
		both.Go(func() {
			_, err := stores[i%2].Put(t.Context(), admin, macros.Macro{ID: "m", Title: "x", Text: fmt.Sprint(i + 1)}, 1, at)
			if err == nil {
				saved.Store(i, true)
			} else if conflicts(err) {
				refused.Store(i, true)
			} else {
				t.Error(err)
			}
		})
	}
	both.Wait()
	count := func(m *sync.Map) (n int) { m.Range(func(any, any) bool { n++; return true }); return n }
	if count(&saved) != 1 || count(&refused) != 7 {
		t.Errorf("%d saved, %d were refused", count(&saved), count(&refused))
	}
}

func TestAFullTableSaysSo(t *testing.T) {
	s := follow(t, bustest.Conn(t))
	put := func(id, text string) error {
		_, err := s.Put(t.Context(), grace, macros.Macro{ID: id, Title: id, Text: text, Owner: "grace"}, 0, at)
		return err
	}
	for i := range macros.MaxOwn {
		if err := put(fmt.Sprint("m", i), "x"); err != nil {
			t.Fatal(err)
		}
	}
	if err := put("more", "x"); err == nil || !strings.Contains(err.Error(), "You have 100 quick replies") {
		t.Errorf("one more: %v", err)
	}
	if _, err := s.Put(t.Context(), grace, macros.Macro{ID: "m0", Title: "m0", Text: strings.Repeat("x", 70_000), Owner: "grace"}, 1, at); err == nil || !strings.Contains(err.Error(), "64 KB") {
		t.Errorf("a large one: %v", err)
	}
	if _, err := s.Put(t.Context(), macros.Who{User: "bob"}, macros.Macro{ID: "bobs", Title: "x", Text: "x", Owner: "bob"}, 0, at); err != nil {
		t.Errorf("another agent's: %v", err)
	}
}

// What is one team's is read by its members, and by who may change it; that of a deleted team goes
// where the team's chats went.
func TestAMacroOfATeamIsForItsMembers(t *testing.T) {
	s := follow(t, bustest.Start(t).Connect("gateway"))
	billing := teams.Team{ID: "billing2", Name: "Billing", Members: []string{"grace"}}
	sales := teams.Team{ID: "sales234", Name: "Sales", Members: []string{"linus"}}
	for _, m := range []macros.Macro{{ID: "b", Title: "Refund", Text: "x", Team: "billing2"}, {ID: "s", Title: "Offer", Text: "x", Team: "sales234"}, {ID: "g", Title: "Gone", Text: "x", Team: "gone2222"}, {ID: "a", Title: "All", Text: "x"}} {
		if _, err := s.Put(t.Context(), admin, m, 0, at); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Put(t.Context(), grace, macros.Macro{ID: "b", Title: "Mine", Text: "x", Team: "billing2"}, 1, at); !errors.Is(err, macros.ErrNotYours) {
		t.Errorf("a member changes it: %v", err)
	}
	both := teams.Set{Teams: []teams.Team{billing, sales}}
	merged := teams.Set{Teams: []teams.Team{billing}, Gone: []teams.Gone{{ID: "sales234", Into: "billing2"}, {ID: "gone2222"}}}
	for _, c := range []struct {
		who  macros.Who
		set  teams.Set
		want string
	}{
		{macros.Who{User: "grace"}, both, "All,Gone,Refund"}, {macros.Who{User: "linus"}, both, "All,Gone,Offer"}, {macros.Who{User: "ada"}, both, "All,Gone"},
		{macros.Who{User: "ada", Shares: true}, both, "All,Gone,Offer,Refund"}, {macros.Who{User: "grace"}, merged, "All,Gone,Offer,Refund"}, {macros.Who{User: "linus"}, merged, "All,Gone"},
	} {
		list, err := s.For(c.who, c.set)
		var got []string
		for _, m := range list {
			got = append(got, m.Title)
		}
		if err != nil || strings.Join(got, ",") != c.want {
			t.Errorf("%+v reads %q, %v; want %q", c.who, got, err, c.want)
		}
	}
}
