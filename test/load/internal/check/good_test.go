package check

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func formatted(t *testing.T, r Report) string {
	t.Helper()
	var b strings.Builder
	r.Format(&b)
	return b.String()
}

func TestAGoodHistoryIsClean(t *testing.T) {
	r := good().check(Options{})
	if len(r.Violations) != 0 {
		t.Error(formatted(t, r))
	}
	if n := r.Counts; n.Clients != 5 || n.ClosedInPeace != 5 || n.Chats != 2 || n.Replies == 0 || n.Pages != 3 || n.Says != 2 {
		t.Errorf("counts %+v", n)
	}
}

// Whatever clients do in a world that keeps its promises, no violation is found.
func TestHistoriesOfAGoodWorldAreClean(t *testing.T) {
	for seed := range uint64(200) {
		if r := random(seed).check(Options{Grace: 1}); len(r.Violations) != 0 {
			t.Fatalf("seed %d: %s", seed, formatted(t, r))
		}
	}
}

// random is a history of two chats, three tabs and two agents with random behavior.
func random(seed uint64) *run {
	rng := rand.New(rand.NewPCG(seed, 1))
	w := newWorld()
	tabs := []*sim{w.visitor("ada1", "chat-a"), w.visitor("ada2", "chat-a"), w.visitor("eve", "chat-e")}
	agents := []*sim{w.agent("bob"), w.agent("cy")}
	pending := map[*sim][][2]string{} // ID and kind, not yet acknowledged
	for _, s := range append(tabs, agents...) {
		s.connect()
	}
	for n := range 30 + rng.IntN(200) {
		id, tab, agent := fmt.Sprint("x", n), tabs[rng.IntN(len(tabs))], agents[rng.IntN(len(agents))]
		room := tab.room
		switch rng.IntN(16) {
		case 0, 1, 2:
			tab.resend(pending)
			tab.send(id, "hello")
		case 3:
			tab.resend(pending)
			tab.ask(id, []string{"escalate", "cancel", "close", "rate", "escalate", "leave_email", "leave_email", "name"}[rng.IntN(8)], "")
		case 4: // a connection is lost with a frame in flight, which is stored or not
			tab.resend(pending)
			tab.frame(id, "message", "hello", false)
			pending[tab] = append(pending[tab], [2]string{id, "message"})
			if rng.IntN(2) == 0 {
				tab.lands(id, "message", "hello")
			}
			tab.drop()
			tab.connect()
		case 5, 6, 7:
			w.reply(room)
		case 8:
			w.decide(room)
		case 9:
			agent.open(room)
		case 10, 12, 13, 14, 15:
			agent.call(room, id, []string{"take", "take", "take", "say", "say", "say", "note", "tag", "return", "transfer", "close", "step_in", "dealt"}[rng.IntN(13)], "words")
		case 11:
			before := uint64(0)
			if len(room.log) > 0 && rng.IntN(2) == 0 {
				before = room.log[rng.IntN(len(room.log))].Seq
			}
			tab.page(room, before, 1+rng.IntN(6))
		}
	}
	for _, tab := range tabs {
		tab.resend(pending)
	}
	w.visitor("late", "chat-a").connect() // to a chat that may be longer than a page
	for _, room := range w.rooms {
		for range len(room.log) {
			w.reply(room)
			w.decide(room)
		}
	}
	w.end()
	return w.run()
}

// resend sends unacknowledged frames again, in the original order.
func (s *sim) resend(pending map[*sim][][2]string) {
	for _, p := range pending[s] {
		s.frame(p[0], p[1], "hello", true)
		s.lands(p[0], p[1], "hello")
		s.acked(s.room, p[0])
	}
	delete(pending, s)
}
