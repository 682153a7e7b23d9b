package teams_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/settings"
	"github.com/parley-chat/parley/pkg/teams"
)

// Two processes see a change, one of two changes of the same revision is made, and the site's
// settings in the same bucket are none of the teams'.
func TestAChangeOfTheTeamsIsSeenEverywhere(t *testing.T) {
	server := bustest.Start(t)
	here, there := teams.New(server.Connect("here"), "nothing"), teams.New(server.Connect("there"), "nothing")
	var running sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	defer running.Wait()
	defer stop()
	running.Go(func() { _ = here.Run(ctx) })
	running.Go(func() { _ = there.Run(ctx) })
	look := settings.New(server.Connect("settings"), settings.Settings{})
	if _, err := look.Change(ctx, settings.Settings{Title: "Help"}, 0, "admin", noon); err != nil {
		t.Fatal(err)
	}
	add := func(name string) func(teams.Set) (teams.Set, error) {
		return func(s teams.Set) (teams.Set, error) {
			next, _, err := s.Put(teams.Team{Name: name, Members: []string{"ada"}}, exists)
			return next, err
		}
	}
	if _, err := here.Change(ctx, 0, "admin", noon, add("Sales")); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the other process sees the team", func() bool { _, ok := there.Now().Find("Sales"); return ok })
	var conflict *teams.ConflictError
	if _, err := there.Change(ctx, 0, "ada", noon, add("Billing")); !errors.As(err, &conflict) || conflict.Now.By != "admin" {
		t.Errorf("a change of what somebody else changed: %v", err)
	}
	var problem *teams.Problem
	if _, err := there.Change(ctx, 1, "ada", noon, add("sales")); !errors.As(err, &problem) {
		t.Errorf("a change that can't be: %v", err)
	}
	v, err := here.Read(ctx)
	if err != nil || v.Revision != 1 || len(v.Teams) != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	if set, err := look.Read(ctx); err != nil || set.Settings.Title != "Help" {
		t.Errorf("the settings: %+v, %v", set, err)
	}
}
