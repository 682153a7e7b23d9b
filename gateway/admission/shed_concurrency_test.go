package admission

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
)

func TestTheConcurrencyIsThatOfTheReplicasThatAnswer(t *testing.T) {
	var c replicas
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	one, two, old := bus.Replica{ID: "one", Concurrency: 128}, bus.Replica{ID: "two", Concurrency: 64}, bus.Replica{ID: "old"}
	for _, step := range []struct {
		what  string
		after time.Duration
		list  []bus.Replica
		want  uint64
	}{
		{"two answer, and one that does not say", 0, []bus.Replica{one, two, old}, 192},
		{"one is busy", time.Second, []bus.Replica{one}, 192},
		{"and answers again", time.Second, []bus.Replica{one, two}, 192},
		{"one is gone", heardFor, []bus.Replica{one}, 192},
		{"and is given up", time.Second, []bus.Replica{one}, 128},
		{"one comes", time.Second, []bus.Replica{one, two}, 192},
		{"nobody is there", time.Second, nil, 0},
		{"one comes again", time.Second, []bus.Replica{two}, 64},
	} {
		now = now.Add(step.after)
		c.answered(step.list, now)
		if got := c.slots(now); got != step.want {
			t.Errorf("%s: %d places, want %d", step.what, got, step.want)
		}
	}
	now = now.Add(heardFor + 1)
	if got := c.slots(now); got != 0 || len(c.known(now)) != 0 {
		t.Errorf("nobody has answered for long: %d places of %v", got, c.known(now))
	}
}
