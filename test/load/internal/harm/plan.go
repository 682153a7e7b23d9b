package harm

import (
	"fmt"
	mrand "math/rand/v2"
	"slices"
	"time"
)

// Options say what a plan is for.
type Options struct {
	Length time.Duration // of the run
	Calm   time.Duration // the time without faults at its end; 0: a fifth of it
	Every  time.Duration // the mean time between two faults; 0: 3 seconds
	Kinds  []Kind        // nil: all. Kinds that the system has no members for are left out
	// The system.
	Gateways, Bots, Escalations, Histories, NATSNodes, Streams int
}

// The names in plans are those of package system; a plan knows only them.
const (
	everything = "all"
	theStore   = "store"
	everybody  = "everybody"
	nodes      = "nats"
	nodeFormat = nodes + "-%d"
)

// settle is how long a NATS node that came back, and with it the cluster, is left
// alone: a second fault while it catches up is a kind of its own.
const settle = 3 * time.Second

// wholeAgain is how long a system that was killed as a whole needs to recover.
const wholeAgain = 8 * time.Second

// planner makes one plan.
type planner struct {
	o     Options
	rand  *mrand.Rand
	roles map[string]int           // replicas
	busy  map[string]time.Duration // by member: when its fault ends
}

// Plan returns the faults of a seed, by time. The same seed and options give the same
// plan. At most one NATS node has a fault at a time, a route between two counting as
// one, except by TwoNodes and KillAll. The store is down once at a time, and a member
// has one fault at a time.
func Plan(seed uint64, o Options) []Step {
	if o.Calm == 0 {
		o.Calm = o.Length / 5
	}
	if o.Every == 0 {
		o.Every = 3 * time.Second
	}
	if o.Kinds == nil {
		o.Kinds = Kinds()
	}
	p := &planner{
		o: o, rand: mrand.New(mrand.NewPCG(seed, 0x9e3779b97f4a7c15)), busy: map[string]time.Duration{},
		roles: map[string]int{"gateway": o.Gateways, "botworker": o.Bots, "escalation": o.Escalations, "historyworker": o.Histories},
	}
	var plan []Step
	for at := p.between(o.Every/4, o.Every); ; at += p.between(o.Every/2, o.Every*3/2) {
		if at >= o.Length-o.Calm {
			return plan
		}
		if s, ok := p.step(at); ok {
			plan = append(plan, s)
		}
	}
}

// weight is how often a kind is chosen, relative to the others.
func weight(k Kind) int {
	switch k {
	case Kill:
		return 20
	case Pause, KillLeader:
		return 10
	case Cut, Freeze:
		return 8
	case KillNode:
		return 7
	case CutRoute, FreezeRoute, StoreAway:
		return 5
	case Delay, StopNode, Roll, Hostile:
		return 4
	default: // TwoNodes, KillAll
		return 1
	}
}

// step chooses a fault for the time; not ok if none is possible then.
func (p *planner) step(at time.Duration) (Step, bool) {
	kinds := slices.Clone(p.o.Kinds)
	for len(kinds) > 0 {
		i := p.choose(kinds)
		s := Step{At: at, Kind: kinds[i]}
		p.length(&s)
		members, hold := p.target(&s)
		if len(members) > 0 && s.At+s.For+hold <= p.o.Length-p.o.Calm {
			for _, m := range members {
				p.busy[m] = s.At + s.For + hold
			}
			return s, true
		}
		kinds = slices.Delete(kinds, i, i+1)
	}
	return Step{}, false
}

// choose returns the index of a kind.
func (p *planner) choose(kinds []Kind) int {
	sum := 0
	for _, k := range kinds {
		sum += weight(k)
	}
	n := p.rand.IntN(sum)
	for i, k := range kinds {
		if n -= weight(k); n < 0 {
			return i
		}
	}
	return len(kinds) - 1
}

// between returns a time of whole milliseconds.
func (p *planner) between(least, most time.Duration) time.Duration {
	return (least + time.Duration(p.rand.Int64N(int64(most-least)+1))).Round(time.Millisecond)
}

// length sets how long the fault lasts.
func (p *planner) length(s *Step) {
	switch s.Kind {
	case Kill, KillAll:
		s.For = p.between(0, 2*time.Second)
	case Pause:
		s.For = p.between(time.Second, 12*time.Second)
	case Roll:
		s.For = 0 // as long as it takes
	case KillNode, StopNode, KillLeader:
		s.For = p.between(time.Second, 8*time.Second)
	case TwoNodes:
		s.For = p.between(3*time.Second, 8*time.Second)
	case StoreAway:
		s.For = p.between(5*time.Second, 60*time.Second)
		s.For = min(s.For, max(5*time.Second, p.o.Length/4)) // a short run has more to do
	default:
		s.For = p.between(time.Second, 10*time.Second)
	}
	if s.Kind == Delay {
		s.Slow = p.between(20*time.Millisecond, time.Second)
	}
}

// target sets the step's target and returns the members that are busy with it, and for
// how long after it; none if nobody is free.
func (p *planner) target(s *Step) (members []string, hold time.Duration) {
	replicas := p.replicas(s.At)
	switch s.Kind {
	case Kill, Cut, Freeze, Delay:
		return p.one(s, replicas), time.Second
	case Pause:
		if p.natsFree(s.At) && p.rand.IntN(4) == 0 {
			return p.node(s)
		}
		return p.one(s, replicas), time.Second
	case Roll:
		return p.role(s)
	case KillNode, StopNode:
		if p.natsFree(s.At) {
			return p.node(s)
		}
	case KillLeader:
		if p.natsFree(s.At) && p.o.Streams > 0 {
			s.Target = fmt.Sprintf("CHAT_%d", p.rand.IntN(p.o.Streams))
			return p.allNodes(), settle
		}
	case CutRoute, FreezeRoute, TwoNodes:
		if p.natsFree(s.At) && p.o.NATSNodes >= 3 {
			apart := p.rand.Perm(p.o.NATSNodes)[:2]
			slices.Sort(apart)
			s.Target = fmt.Sprintf(nodeFormat+"/"+nodeFormat, apart[0]+1, apart[1]+1)
			return p.allNodes(), settle
		}
	case StoreAway:
		if p.free(theStore, s.At) && p.o.Histories > 0 {
			s.Target = theStore
			return []string{theStore}, 5 * time.Second
		}
	case Hostile:
		if p.free(everybody, s.At) {
			s.Target = everybody
			return []string{everybody}, 5 * time.Second
		}
	case KillAll:
		return p.all(s)
	}
	return nil, 0
}

// one chooses a replica, and for a fault of lines one or all of its lines.
func (p *planner) one(s *Step, replicas []string) []string {
	if len(replicas) == 0 {
		return nil
	}
	member := replicas[p.rand.IntN(len(replicas))]
	s.Target = member
	if s.Kind != Kill && s.Kind != Pause && p.o.NATSNodes > 1 && p.rand.IntN(2) == 0 {
		s.Target += fmt.Sprintf("/"+nodeFormat, 1+p.rand.IntN(p.o.NATSNodes))
	}
	return []string{member}
}

// node chooses a NATS node. The whole cluster counts as busy.
func (p *planner) node(s *Step) ([]string, time.Duration) {
	s.Target = fmt.Sprintf(nodeFormat, 1+p.rand.IntN(max(1, p.o.NATSNodes)))
	return p.allNodes(), settle
}

// role chooses a role of which no replica has a fault.
func (p *planner) role(s *Step) ([]string, time.Duration) {
	roles := []string{"botworker", "escalation", "gateway", "historyworker"}
	for _, i := range p.rand.Perm(len(roles)) {
		names := p.named(roles[i])
		if len(names) > 0 && !slices.ContainsFunc(names, func(name string) bool { return !p.free(name, s.At) }) {
			s.Target = roles[i]
			return names, time.Duration(len(names)) * 4 * time.Second
		}
	}
	return nil, 0
}

// all takes everything, if nothing has a fault.
func (p *planner) all(s *Step) ([]string, time.Duration) {
	members := append(p.allNodes(), theStore, everybody)
	for _, role := range []string{"botworker", "escalation", "gateway", "historyworker"} {
		members = append(members, p.named(role)...)
	}
	if slices.ContainsFunc(members, func(name string) bool { return !p.free(name, s.At) }) {
		return nil, 0
	}
	s.Target = everything
	return members, wholeAgain
}

// replicas returns the roles' replicas that have no fault then.
func (p *planner) replicas(at time.Duration) []string {
	var free []string
	for _, role := range []string{"botworker", "escalation", "gateway", "historyworker"} {
		for _, name := range p.named(role) {
			if p.free(name, at) {
				free = append(free, name)
			}
		}
	}
	return free
}

func (p *planner) named(role string) []string {
	names := make([]string, p.roles[role])
	for i := range names {
		names[i] = fmt.Sprintf("%s-%d", role, i+1)
	}
	return names
}

func (p *planner) allNodes() []string                   { return []string{nodes} }
func (p *planner) natsFree(at time.Duration) bool       { return p.free(nodes, at) }
func (p *planner) free(m string, at time.Duration) bool { return p.busy[m] <= at }
