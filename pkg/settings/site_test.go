package settings_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/settings"
)

// follow starts a replica's Site, and ends it with the test.
func follow(t *testing.T, conn *bus.Conn, first settings.Settings) *settings.Site {
	t.Helper()
	s := settings.New(conn, first)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = s.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	s.Await(t.Context(), bustest.Patience)
	return s
}

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func TestEveryReplicaSeesAChange(t *testing.T) {
	server := bustest.Start(t)
	one, two := follow(t, server.Connect("one"), settings.Settings{Bot: "Robi"}), follow(t, server.Connect("two"), settings.Settings{Bot: "Robi"})
	if two.Bot() != "Robi" {
		t.Fatalf("the first value is not in effect: %q", two.Bot())
	}
	v, err := one.Change(t.Context(), settings.Settings{Bot: "Lumi", Title: "Shop"}, 0, "ada", noon)
	if err != nil || v.Revision != 1 || v.By != "ada" || !slices.Equal(v.Names, []string{"title", "bot"}) {
		t.Fatalf("%+v, %v", v, err)
	}
	if one.Bot() != "Lumi" {
		t.Error("whoever changed it does not see it")
	}
	bustest.Eventually(t, "the other replica sees it", func() bool { return two.Bot() == "Lumi" && two.Settings().Title == "Shop" })
	if _, err := two.Change(t.Context(), settings.Settings{Title: "Shop"}, 1, "ada", noon); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the first value is back", func() bool { return one.Bot() == "Robi" })
	late := follow(t, server.Connect("three"), settings.Settings{})
	if late.Settings().Title != "Shop" || late.Now().Revision != 2 {
		t.Errorf("a replica that starts later has %+v", late.Now())
	}
}

// Two admins save at once: one of them is told what the other changed, and may save on top
// of that; nothing is overwritten unseen.
func TestTwoAdminsAtOnceLearnOfEachOther(t *testing.T) {
	server := bustest.Start(t)
	sites := []*settings.Site{follow(t, server.Connect("one"), settings.Settings{}), follow(t, server.Connect("two"), settings.Settings{})}
	for round := range uint64(5) {
		var errs [2]error
		var both sync.WaitGroup
		for i, s := range sites {
			both.Go(func() {
				_, errs[i] = s.Change(t.Context(), settings.Settings{Title: []string{"Ada's", "Bob's"}[i] + " shop", Greeting: time.Duration(round).String()}, round, []string{"ada", "bob"}[i], noon)
			})
		}
		both.Wait()
		var conflict *settings.ConflictError
		switch {
		case errs[0] == nil && errors.As(errs[1], &conflict) && conflict.Now.By == "ada":
		case errs[1] == nil && errors.As(errs[0], &conflict) && conflict.Now.By == "bob":
		default:
			t.Fatalf("round %d: %v and %v", round, errs[0], errs[1])
		}
		if conflict.Now.Revision != round+1 || conflict.Now.Settings.Title == "" {
			t.Errorf("round %d: the second is told %+v", round, conflict.Now)
		}
	}
	// Whoever began long before, with no race at all, is told likewise.
	_, err := sites[0].Change(t.Context(), settings.Settings{Title: "Old"}, 2, "ada", noon)
	var conflict *settings.ConflictError
	if !errors.As(err, &conflict) || conflict.Now.Revision != 5 {
		t.Errorf("a change of revision 2: %v", err)
	}
}
