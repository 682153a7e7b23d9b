package escalation_test

import (
	"errors"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/teams"
)

// Agents take chats until they are told that they have enough: their own number of them, else the
// largest of their teams', else as many as anybody. A number that changes counts from then on, and
// takes nothing from anybody.
func TestWhatAnAgentMayHaveIsTheirOwnElseTheTeamsElseTheDefault(t *testing.T) {
	t.Parallel()
	const all = 2
	s := newStage(t)
	s.teams(teams.Team{Name: "Three", Members: []string{"inBoth", "inThree", "own"}, Capacity: 3}, teams.Team{Name: "Four", Members: []string{"inBoth", "own"}, Capacity: 4},
		teams.Team{Name: "None", Members: []string{"inNone", "inThree"}})
	for user, own := range map[string]int{"own": 1, "ownOnly": 5} {
		s.duty(user, func(to *desk.Duty) { to.Capacity = own })
	}
	opts := patient()
	opts.Capacity = all
	s.work("one", opts)
	s.work("two", opts)
	// takes returns how many more chats the agent gets.
	takes := func(user string) (n int) {
		agent := chat.Agent{User: user, Name: user}
		for ; ; n++ {
			_, err := s.call(roles.DeskTake, roles.DeskRequest{Chat: s.waiting(1)[0], Agent: agent})
			var no *bus.Refusal
			switch {
			case err == nil:
			case errors.As(err, &no) && no.Code == codes.AtCapacity:
				return n
			default:
				t.Fatalf("%s takes chat %d: %v", user, n+1, err)
			}
		}
	}
	for user, want := range map[string]int{"stranger": all, "inNone": all, "inThree": 3, "inBoth": 4, "own": 1, "ownOnly": 5} {
		if got := takes(user); got != want {
			t.Errorf("%s got %d chats, want %d", user, got, want)
		}
	}
	// A number that falls takes nothing from anybody, and one that grows is heard of in a moment.
	s.duty("ownOnly", func(to *desk.Duty) { to.Capacity = 3 })
	s.duty("inNone", func(to *desk.Duty) { to.Capacity = 5 })
	bustest.Eventually(t, "inNone may have five", func() bool { takes("inNone"); return len(s.holds("inNone")) == 5 })
	if got, has := takes("ownOnly"), len(s.holds("ownOnly")); got != 0 || has != 5 {
		t.Errorf("ownOnly may have three now, got %d more, and has %d of five", got, has)
	}
}
