package harm_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/harm"
)

func whole() harm.Options {
	return harm.Options{
		Length: 10 * time.Minute, Calm: time.Minute, Every: 2 * time.Second,
		Gateways: 2, Bots: 3, Escalations: 2, Histories: 2, NATSNodes: 3, Streams: 8,
	}
}

func TestTheSeedIsThePlan(t *testing.T) {
	one, again := harm.Plan(7, whole()), harm.Plan(7, whole())
	if !reflect.DeepEqual(one, again) {
		t.Error("the same seed gave two plans")
	}
	if reflect.DeepEqual(one, harm.Plan(8, whole())) {
		t.Error("two seeds gave one plan")
	}
	if text := harm.Print(one); strings.Count(text, "\n") != len(one)-1 || !strings.Contains(text, "kill") {
		t.Errorf("the plan reads:\n%s", text)
	}
}

// nodes returns how many NATS nodes a step takes down.
func nodes(s harm.Step) int {
	switch s.Kind {
	case harm.TwoNodes:
		return 2
	case harm.KillAll:
		return 3
	case harm.KillNode, harm.StopNode, harm.KillLeader, harm.CutRoute, harm.FreezeRoute:
		return 1
	case harm.Pause:
		if strings.HasPrefix(s.Target, "nats") {
			return 1
		}
	}
	return 0
}

func TestPlansKeepToTheRules(t *testing.T) {
	o := whole()
	seen := map[harm.Kind]int{}
	for seed := range uint64(300) {
		plan := harm.Plan(seed, o)
		if len(plan) < 100 {
			t.Fatalf("seed %d: only %d steps in %v", seed, len(plan), o.Length)
		}
		for i, s := range plan {
			seen[s.Kind]++
			if i > 0 && s.At < plan[i-1].At {
				t.Errorf("seed %d: %v comes earlier than the step before it", seed, s)
			}
			if s.At+s.For > o.Length-o.Calm {
				t.Errorf("seed %d: %v extends into the calm", seed, s)
			}
			if s.Target == "" || s.For < 0 || s.For > time.Minute || (s.Slow > 0) != (s.Kind == harm.Delay) {
				t.Errorf("seed %d: %+v is not a valid harm", seed, s)
			}
			for _, other := range plan[i+1:] {
				if other.At <= s.At+s.For && collide(s, other) {
					t.Errorf("seed %d: %v and %v overlap", seed, s, other)
				}
			}
		}
	}
	for _, k := range harm.Kinds() {
		if seen[k] == 0 {
			t.Errorf("no plan of 300 has %s", k)
		}
	}
	if seen[harm.KillAll]+seen[harm.TwoNodes] > seen[harm.Kill]/4 {
		t.Errorf("rare harms are not rare: %v", seen)
	}
}

func collide(a, b harm.Step) bool {
	first, _, _ := strings.Cut(a.Target, "/")
	second, _, _ := strings.Cut(b.Target, "/")
	return first == second ||
		a.Kind == harm.KillAll || b.Kind == harm.KillAll ||
		nodes(a) > 0 && nodes(b) > 0 ||
		a.Kind == harm.Roll && strings.HasPrefix(second, a.Target+"-") ||
		b.Kind == harm.Roll && strings.HasPrefix(first, b.Target+"-")
}

func TestPlansNameOnlyWhoIsThere(t *testing.T) {
	o := whole()
	o.NATSNodes, o.Bots, o.Escalations = 1, 0, 1
	for seed := range uint64(50) {
		for _, s := range harm.Plan(seed, o) {
			if strings.Contains(s.Target, "botworker") || strings.Contains(s.Target, "nats-2") || strings.Contains(s.Target, "escalation-2") {
				t.Fatalf("seed %d: %v harms nobody", seed, s)
			}
		}
	}
}

func TestAPlanHasOnlyTheRequestedKinds(t *testing.T) {
	o := whole()
	o.Kinds = []harm.Kind{harm.KillLeader, harm.Cut}
	plan := harm.Plan(1, o)
	if len(plan) == 0 || slices.ContainsFunc(plan, func(s harm.Step) bool { return !slices.Contains(o.Kinds, s.Kind) }) {
		t.Errorf("the plan is\n%s", harm.Print(plan))
	}
}
