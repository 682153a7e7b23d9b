package harm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/network"
	"github.com/parley-chat/parley/test/load/internal/system"
)

// Counts is how often each kind of fault was injected.
type Counts map[Kind]int

// runner carries out one plan.
type runner struct {
	sys    *system.System
	attack Attack
	began  time.Time
	record func(history.Harm)
	turns  map[string]*sync.Mutex // by member; one fault at a time

	mu     sync.Mutex // guards what follows, and calls of record
	counts Counts
	faults []error
}

// Attack is what Hostile does: it attacks for the time, as one stranger.
type Attack func(ctx context.Context, lasts time.Duration) error

// Run carries out the plan, records each fault when it is over, and returns when all are
// undone. Times are since the call; record is called by one goroutine at a time. A step
// whose member still has another fault waits for its end. When the context ends, the
// present faults are undone at once and the rest of the plan is dropped, without an
// error.
func Run(ctx context.Context, plan []Step, sys *system.System, attack Attack, record func(history.Harm)) (Counts, error) {
	r := &runner{sys: sys, attack: attack, began: time.Now(), record: record, turns: map[string]*sync.Mutex{}, counts: Counts{}}
	for _, name := range append(sys.Members(""), nodes, theStore, everybody) {
		r.turns[name] = &sync.Mutex{}
	}
	var wg sync.WaitGroup
	for _, s := range plan {
		if !rest(ctx, time.Until(r.began.Add(s.At))) {
			break
		}
		wg.Go(func() { r.step(ctx, s) })
	}
	wg.Wait()
	return r.counts, errors.Join(r.faults...)
}

// rest returns after the time, false if the context ends before.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

func (r *runner) step(ctx context.Context, s Step) {
	for _, name := range r.suffer(s) { // in the order of the plan's members, so no deadlock
		turn := r.turns[name]
		if turn == nil {
			r.done(s, s.Target, r.since(), fmt.Errorf("%s has no turn", name))
			return
		}
		turn.Lock()
		defer turn.Unlock()
	}
	if ctx.Err() != nil {
		return
	}
	at := r.since()
	target, err := r.do(ctx, s)
	if errors.Is(err, errNobody) {
		return
	}
	r.done(s, target, at, err)
}

func (r *runner) since() time.Duration { return time.Since(r.began) }

// done records the step.
func (r *runner) done(s Step, target string, at time.Duration, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.faults = append(r.faults, fmt.Errorf("harm: %s of %s at %v: %w", s.Kind, target, at.Round(time.Millisecond), err))
	}
	r.counts[s.Kind]++
	r.record(history.Harm{At: at, Until: r.since(), Kind: string(s.Kind), Target: target})
}

// suffer returns the members whose turn a step needs, in one order for all steps.
func (r *runner) suffer(s Step) []string {
	switch s.Kind {
	case KillNode, StopNode, KillLeader, CutRoute, FreezeRoute, TwoNodes:
		return []string{nodes}
	case StoreAway:
		return []string{theStore}
	case KillAll:
		return append(r.replicas(""), nodes, theStore)
	case Roll:
		return r.replicas(s.Target)
	case Upgrade, Rollback:
		return r.replicas("")
	}
	member, _, _ := strings.Cut(s.Target, "/")
	if strings.HasPrefix(member, nodes+"-") {
		return []string{nodes}
	}
	return []string{member}
}

// replicas returns the members of a role, or of all roles, in their order.
func (r *runner) replicas(role string) []string {
	if role != "" {
		return r.sys.Members(role)
	}
	var names []string
	for _, role := range []string{system.Botworker, system.Escalation, system.Gateway, system.Historyworker} {
		names = append(names, r.sys.Members(role)...)
	}
	return names
}

// do injects the fault, waits, and undoes it, even after the context has ended. It
// returns the target.
func (r *runner) do(ctx context.Context, s Step) (target string, err error) {
	back := context.WithoutCancel(ctx)
	switch s.Kind {
	case Kill, KillNode:
		return s.Target, r.down(ctx, s, r.sys.Kill, s.Target)
	case StopNode:
		return s.Target, r.down(ctx, s, r.sys.Terminate, s.Target)
	case KillLeader:
		leader, err := r.leader(ctx, s.Target)
		if err != nil {
			return s.Target, errNobody
		}
		return leader + " of " + s.Target, r.down(ctx, s, r.sys.Kill, leader)
	case TwoNodes:
		return s.Target, r.down(ctx, s, r.sys.Kill, strings.Split(s.Target, "/")...)
	case KillAll:
		return s.Target, r.down(ctx, s, r.sys.Kill, r.sys.Members("")...)
	case Pause:
		err := r.sys.Pause(s.Target)
		rest(ctx, s.For)
		return s.Target, errors.Join(err, r.sys.Continue(s.Target))
	case Roll:
		return s.Target, r.roll(ctx, s.Target)
	case Upgrade, Rollback:
		return s.Target, r.replace(ctx, s)
	case Hostile:
		return s.Target, r.attack(ctx, s.For)
	case StoreAway:
		err := r.sys.StoreAway(ctx, true)
		if err == nil {
			rest(ctx, s.For)
		}
		return s.Target, errors.Join(err, r.sys.StoreAway(back, false))
	default:
		return s.Target, r.lines(ctx, s)
	}
}

// down takes members down for the step's time, all at once.
func (r *runner) down(ctx context.Context, s Step, end func(string) error, names ...string) error {
	faults := r.each(names, end)
	rest(ctx, s.For)
	return errors.Join(faults, r.each(names, r.sys.StartAgain))
}

// each calls the function for all members at once.
func (r *runner) each(names []string, act func(string) error) error {
	faults := make([]error, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() { faults[i] = act(name) })
	}
	wg.Wait()
	return errors.Join(faults...)
}

// errNobody says that a stream has no leader to kill.
var errNobody = errors.New("nobody leads the stream")

// leaderLimit is how long a stream's leader is looked for.
const leaderLimit = 5 * time.Second

func (r *runner) leader(ctx context.Context, stream string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, leaderLimit)
	defer cancel()
	for {
		leader, err := r.sys.Leader(ctx, stream)
		if err == nil || !rest(ctx, 200*time.Millisecond) {
			return leader, err
		}
	}
}

// comeBack is how long the next replica waits for one that was restarted.
const comeBack = 5 * time.Second

// roll ends and starts one replica after the other.
func (r *runner) roll(ctx context.Context, role string) error {
	var faults []error
	for _, name := range r.sys.Members(role) {
		if ctx.Err() != nil {
			break
		}
		faults = append(faults, r.sys.Terminate(name), r.sys.StartAgain(name))
		limit, cancel := context.WithTimeout(ctx, comeBack)
		if role == system.Gateway {
			_ = r.sys.AwaitGateway(limit, name) // while NATS is down the others go on anyway
		} else {
			rest(limit, time.Second)
		}
		cancel()
	}
	return errors.Join(faults...)
}

// replace rolls one role after the other, to the step's program.
func (r *runner) replace(ctx context.Context, s Step) error {
	var faults []error
	for role := range strings.SplitSeq(s.Target, "/") {
		r.sys.Use(role, s.Program)
		faults = append(faults, r.roll(ctx, role))
	}
	return errors.Join(faults...)
}

// lines breaks lines and heals them.
func (r *runner) lines(ctx context.Context, s Step) error {
	lines, err := r.find(s)
	if err != nil {
		return err
	}
	for _, l := range lines {
		switch s.Kind {
		case Cut, CutRoute:
			l.Cut()
		case Freeze, FreezeRoute:
			l.Freeze()
		case Delay:
			l.Delay(s.Slow)
		}
	}
	rest(ctx, s.For)
	for _, l := range lines {
		l.Heal()
	}
	return nil
}

func (r *runner) find(s Step) ([]*network.Line, error) {
	member, node, one := strings.Cut(s.Target, "/")
	if s.Kind == CutRoute || s.Kind == FreezeRoute {
		return r.sys.Routes(member, node)
	}
	lines, err := r.sys.Lines(member)
	if err != nil || !one {
		return lines, err
	}
	for i, name := range r.sys.Members(system.NATS) {
		if name == node {
			return lines[i : i+1], nil
		}
	}
	return nil, fmt.Errorf("there is no node %s", node)
}
