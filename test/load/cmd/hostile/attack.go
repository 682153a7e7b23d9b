package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// attack is one way in which a stranger takes what belongs to others.
type attack struct {
	name   string
	does   string        // in a few words
	env    []string      // settings of a Parley that we start
	runs   bool          // only against a Parley that we start, because of these settings
	pass   bool          // the password of admin is needed
	size   int           // how much of it is meant, in the attack's own unit
	thinks time.Duration // how long the model takes for an answer; 0: there is no model
	// run attacks until the context ends. What was taken is counted in the loot.
	run func(ctx context.Context, a *assault)
	// begun says that the attack has reached its strength: then honest visitors come. nil:
	// after a quarter of its time.
	begun func(a *assault) bool
	// share says what of the loot is more than one address' share, nothing if nothing is.
	share func(o *outcome) []string
	whole bool // it ends by itself, and is waited for
}

// assault is an attack that is played.
type assault struct {
	target *target
	size   int           // how much of it, in the attack's own unit
	lasts  time.Duration // at least
	loot   *loot
}

// await waits for the attack's strength, for half a minute at most.
func (a *assault) await(ctx context.Context, begun func(*assault) bool) {
	wire.Wait(ctx, a.lasts/4)
	for until := time.Now().Add(30 * time.Second); begun != nil && !begun(a) && time.Now().Before(until); {
		if !wire.Wait(ctx, 50*time.Millisecond) {
			return
		}
	}
}

// attacks are all there are.
var attacks = []attack{
	bytesAttack, modelAttack, chattyAttack, idleAttack, seatsAttack, readsAttack, lineAttack, lockoutAttack, namesAttack, pingsAttack,
	consoleAttack, bracketsAttack, crowdAttack,
}

func named(names string) ([]attack, error) {
	if names == "all" {
		return attacks, nil
	}
	var some []attack
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(attacks, func(a attack) bool { return a.name == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("there is no attack %q; there are %s", name, list())
		}
		some = append(some, attacks[i])
	}
	return some, nil
}

func list() string {
	var names []string
	for _, a := range attacks {
		names = append(names, a.name)
	}
	return strings.Join(names, ", ")
}

// loot is what an attacker got, by what it is. It may be used concurrently.
type loot struct {
	mu    sync.Mutex // guards took
	took  map[string]float64
	order []string
}

func newLoot() *loot { return &loot{took: map[string]float64{}} }

// take counts.
func (l *loot) take(what string, n float64) {
	l.change(what, func(was float64) float64 { return was + n })
}

// set notes a figure that is no sum.
func (l *loot) set(what string, n float64) { l.change(what, func(float64) float64 { return n }) }

func (l *loot) change(what string, f func(float64) float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.took[what]; !known {
		l.order = append(l.order, what)
	}
	l.took[what] = f(l.took[what])
}

func (l *loot) get(what string) float64 {
	n, _ := l.find(what)
	return n
}

// find also reports whether there is such a figure.
func (l *loot) find(what string) (n float64, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, known = l.took[what]
	return n, known
}

func (l *loot) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var parts []string
	for _, what := range l.order {
		n := l.took[what]
		switch {
		case strings.HasPrefix(what, "bytes"):
			parts = append(parts, fmt.Sprintf("%.1f MB%s", n/1e6, strings.TrimPrefix(what, "bytes")))
		default:
			parts = append(parts, fmt.Sprintf("%.0f %s", n, what))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}
