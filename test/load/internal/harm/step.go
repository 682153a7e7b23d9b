// Package harm plans faults and injects them into a system. A plan depends on its seed
// alone, so a run that found something can be repeated.
package harm

import (
	"fmt"
	"strings"
	"time"
)

// Kind is a kind of fault.
type Kind string

// The kinds of harm.
const (
	Kill        Kind = "kill"         // kill -9 of a role's replica, which comes back
	Pause       Kind = "pause"        // a replica or a NATS node is stopped with SIGSTOP
	Roll        Kind = "roll"         // SIGTERM to one replica of a role after the other
	Cut         Kind = "cut"          // a replica's lines to NATS, or one of them, are cut
	Freeze      Kind = "freeze"       // … pass nothing on
	Delay       Kind = "delay"        // … are slow
	KillNode    Kind = "kill-node"    // kill -9 of a NATS node, which comes back
	StopNode    Kind = "stop-node"    // SIGTERM to it
	KillLeader  Kind = "kill-leader"  // kill -9 of the node that leads a stream at that time
	CutRoute    Kind = "cut-route"    // two NATS nodes do not reach each other
	FreezeRoute Kind = "freeze-route" // … and do not know it
	TwoNodes    Kind = "two-nodes"    // kill -9 of two NATS nodes of three
	StoreAway   Kind = "store-away"   // the store can't be written
	KillAll     Kind = "kill-all"     // kill -9 of everything
	Hostile     Kind = "hostile"      // one address asks, writes, calls for persons and holds connections as if it were alone
)

// The kinds that only Upgrades plans.
const (
	Upgrade  Kind = "upgrade"  // Roll of all roles in turn, to a newer build
	Rollback Kind = "rollback" // … and back
)

// Kinds returns all kinds of harm that Plan chooses from.
func Kinds() []Kind {
	return []Kind{Kill, Pause, Roll, Cut, Freeze, Delay, KillNode, StopNode, KillLeader, CutRoute, FreezeRoute, TwoNodes, StoreAway, KillAll, Hostile}
}

// Step is one harm of a plan.
type Step struct {
	At   time.Duration // since the plan began
	Kind Kind
	// Target is a member (botworker-2), a role (Roll), a stream (KillLeader), a
	// line or two nodes (gateway-1/nats-2, nats-1/nats-3), "store", "all",
	// "everybody" (Hostile), or roles in their order (Upgrade, Rollback).
	Target string
	// Program is the build that Upgrade and Rollback put in the place of the one that runs.
	Program string
	For     time.Duration // after which it is undone
	Slow    time.Duration // of Delay: how much later everything arrives
}

func (s Step) String() string {
	line := fmt.Sprintf("%7.1fs  %-12s %-22s for %.1fs", s.At.Seconds(), s.Kind, s.Target, s.For.Seconds())
	if s.Slow > 0 {
		line += fmt.Sprintf(", by %v", s.Slow)
	}
	return line
}

// Print returns the plan for people, one step a line.
func Print(plan []Step) string {
	lines := make([]string, len(plan))
	for i, s := range plan {
		lines[i] = s.String()
	}
	return strings.Join(lines, "\n")
}
