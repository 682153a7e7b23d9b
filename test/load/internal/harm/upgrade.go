package harm

import (
	mrand "math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/system"
)

// Upgrades returns a plan in which every role is upgraded to the new program, one role after
// the other and one replica at a time, back to the old one, and so on, once in the time
// between. It ends with the new program. The order of the roles is another one each time, and
// each role comes first in turn, unless order says what it is; then the way back is the
// reverse.
func Upgrades(seed uint64, o Options, between time.Duration, order []string, before, after string) []Step {
	random := mrand.New(mrand.NewPCG(seed, 0x2545f4914f6cdd1d))
	var plan []Step
	for at := time.Second; at+between <= o.Length-o.Calm; at += between {
		i := len(plan)
		s := Step{At: at, Kind: Upgrade, Program: after}
		if i%2 == 1 {
			s.Kind, s.Program = Rollback, before
		}
		s.Target = strings.Join(turn(random, i, order), "/")
		plan = append(plan, s)
	}
	if len(plan)%2 == 0 && len(plan) > 0 {
		plan = plan[:len(plan)-1]
	}
	return plan
}

// turn returns the order of the roles the i-th time.
func turn(random *mrand.Rand, i int, order []string) []string {
	if len(order) > 0 {
		roles := slices.Clone(order)
		if i%2 == 1 {
			slices.Reverse(roles)
		}
		return roles
	}
	roles := Roles()
	first := roles[i%len(roles)]
	rest := slices.DeleteFunc(roles, func(r string) bool { return r == first })
	random.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	return append([]string{first}, rest...)
}

// Roles returns the roles that Upgrades replaces.
func Roles() []string {
	return []string{system.Gateway, system.Botworker, system.Historyworker, system.Escalation}
}
