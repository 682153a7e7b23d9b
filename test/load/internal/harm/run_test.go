package harm_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/harm"
	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/system"
)

// short is a plan with every kind of harm, many of them at once.
func short() []harm.Step {
	const ms = time.Millisecond
	return []harm.Step{
		{At: 0, Kind: harm.Kill, Target: "botworker-1", For: 100 * ms},
		{At: 0, Kind: harm.Cut, Target: "gateway-1", For: 300 * ms},
		{At: 0, Kind: harm.Freeze, Target: "botworker-2/nats-2", For: 300 * ms},
		{At: 0, Kind: harm.KillLeader, Target: "CHAT_0", For: 500 * ms},
		{At: 100 * ms, Kind: harm.Pause, Target: "gateway-1", For: 300 * ms}, // after the cut
		{At: 100 * ms, Kind: harm.StoreAway, Target: "store", For: time.Second},
		{At: 200 * ms, Kind: harm.StopNode, Target: "nats-2", For: 500 * ms}, // after the leader is back
		{At: 300 * ms, Kind: harm.CutRoute, Target: "nats-1/nats-3", For: 500 * ms},
		{At: 400 * ms, Kind: harm.FreezeRoute, Target: "nats-2/nats-3", For: 500 * ms},
		{At: 500 * ms, Kind: harm.Roll, Target: "botworker"},
		{At: 600 * ms, Kind: harm.Delay, Target: "escalation-1", For: 300 * ms, Slow: 50 * ms},
		{At: 700 * ms, Kind: harm.KillNode, Target: "nats-1", For: 300 * ms},
		{At: 800 * ms, Kind: harm.TwoNodes, Target: "nats-1/nats-2", For: 500 * ms},
		{At: 800 * ms, Kind: harm.Hostile, Target: "everybody", For: 100 * ms},
		{At: 900 * ms, Kind: harm.KillAll, Target: "all", For: 100 * ms},
	}
}

func TestEveryHarmIsDoneAndTakenBack(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute) // with the build
	defer cancel()
	dir := t.TempDir()
	program, err := proc.Parley(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	s := system.New(system.Options{
		Program: program, Dir: dir, Gateways: 1, Bots: 2, Escalations: 1, Histories: 1, NATSNodes: 3, Streams: 1, Sync: "1s",
	})
	t.Cleanup(func() {
		for _, fault := range s.Stop() {
			t.Error(fault)
		}
	})
	if err := s.Start(ctx); err != nil {
		t.Fatal(err)
	}
	// The newer build is the same one, and leaves a note of each role that ran it.
	notes, newer := t.TempDir(), filepath.Join(dir, "newer")
	script := fmt.Sprintf("#!/bin/sh\ntouch %q/$1\nexec %q \"$@\"\n", notes, program)
	if err := os.WriteFile(newer, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	plan := append(short(), harm.Step{At: time.Second, Kind: harm.Upgrade, Target: "historyworker/botworker", Program: newer})
	var done []history.Harm
	attacked := time.Duration(0)
	attack := func(_ context.Context, lasts time.Duration) error { attacked += lasts; return nil }
	counts, err := harm.Run(ctx, plan, s, attack, func(h history.Harm) { done = append(done, h) })
	if err != nil {
		t.Error(err)
	}
	for _, k := range harm.Kinds() {
		if counts[k] != 1 && k != harm.KillLeader { // there may be no leader at that moment
			t.Errorf("%s was done %d times", k, counts[k])
		}
	}
	if ran, err := filepath.Glob(notes + "/*"); err != nil || counts[harm.Upgrade] != 1 || len(ran) != 2 {
		t.Errorf("upgraded %d times; the newer build ran as %v: %v", counts[harm.Upgrade], ran, err)
	}
	if attacked != 100*time.Millisecond {
		t.Errorf("a stranger attacked for %v", attacked)
	}
	for _, h := range done {
		if h.Until < h.At || h.Target == "" {
			t.Errorf("recorded: %+v", h)
		}
		for _, other := range done {
			if h.Target == "gateway-1" && h.Target == other.Target && h.Kind < other.Kind && h.At < other.Until && other.At < h.Until {
				t.Errorf("two harms at once: %+v and %+v", h, other)
			}
		}
	}
	if err := s.AwaitReady(ctx); err != nil {
		t.Error(err)
	}
	if memory := s.Memory(); len(memory) != len(s.Members("")) {
		t.Errorf("only these are running: %v", memory)
	}
}

func TestAnEndedContextTakesHarmBack(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	counts, err := harm.Run(ctx, short(), system.New(system.Options{}), nil, func(h history.Harm) { t.Errorf("done: %+v", h) })
	if err != nil || len(counts) != 0 {
		t.Errorf("done: %v, %v", counts, err)
	}
}
