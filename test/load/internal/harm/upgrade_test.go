package harm_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/harm"
)

func TestEveryRoleIsUpgradedFirstOnceAndTheNewVersionIsLast(t *testing.T) {
	o := harm.Options{Length: 5 * time.Minute, Calm: 30 * time.Second}
	for seed := range uint64(50) {
		plan := harm.Upgrades(seed, o, 30*time.Second, nil, "old", "new")
		if len(plan) != 7 {
			t.Fatalf("%d steps, want 7:\n%s", len(plan), harm.Print(plan))
		}
		first := map[string]bool{}
		for i, s := range plan {
			want := harm.Step{At: s.At, Kind: harm.Upgrade, Program: "new", Target: s.Target}
			if i%2 == 1 {
				want.Kind, want.Program = harm.Rollback, "old"
			}
			roles := strings.Split(s.Target, "/")
			first[roles[0]] = true
			if slices.Sort(roles); s != want || strings.Join(roles, " ") != "botworker escalation gateway historyworker" {
				t.Errorf("step %d is %v to %s", i, s, s.Program)
			}
			if s.At+30*time.Second > o.Length-o.Calm || i > 0 && s.At < plan[i-1].At+30*time.Second {
				t.Errorf("step %d is at %v", i, s.At)
			}
		}
		if len(first) != 4 {
			t.Errorf("seed %d: only %v come first", seed, first)
		}
	}
}

func TestAnOrderOfRolesIsKeptAndTakenBackInReverse(t *testing.T) {
	o := harm.Options{Length: 2 * time.Minute}
	plan := harm.Upgrades(1, o, 30*time.Second, []string{"historyworker", "gateway"}, "old", "new")
	var got []string
	for _, s := range plan {
		got = append(got, s.Target)
	}
	if strings.Join(got, " ") != "historyworker/gateway gateway/historyworker historyworker/gateway" {
		t.Errorf("the orders are %v", got)
	}
}
