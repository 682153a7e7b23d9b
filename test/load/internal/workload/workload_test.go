package workload_test

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/workload"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

func TestAWorkloadQuiesces(t *testing.T) {
	dir := t.TempDir()
	program, err := proc.Parley(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	const admin = "admin of the workload's test"
	p, base, err := proc.StartGateway(t.Context(), proc.Spec{Name: "parley", Path: program, Dir: dir, Env: append([]string{
		"DATA_DIR=" + t.TempDir(), "ADMIN_PASSWORD=" + admin, wire.ThroughUs, "NATS_SYNC=100ms",
	}, proc.Unlimited...)})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	w, err := workload.New(workload.Options{
		Seed: 7, Visitors: 10, Agents: 3, Rate: 150, Persons: .1, Length: 20 * time.Second, Quiet: 2 * time.Minute, Dir: dir,
		Gateways: func() []string { return []string{base} }, Admin: admin, Began: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("visitors %+v", r.Visitors)
	t.Logf("agents %+v", r.Agent)
	if len(r.Loud) > 0 || r.Active != 0 || r.Ended < 10 {
		t.Errorf("%d visitors ended, %d are still active, not quiet: %v", r.Ended, r.Active, r.Loud)
	}
	v, s := r.Visitors, r.Samples
	acks, replies := len(s.Acks)+len(s.OwnAcks), len(s.Replies)+len(s.OwnReplies)
	if v.Sent < 500 || v.Acked != v.Sent || v.Refused != 0 || v.Unanswered != 0 || v.Acked != acks || v.Replies != replies {
		t.Errorf("%d acknowledgements and %d replies were measured, counts %+v", acks, replies, v)
	}
	if v.Resent == 0 || len(s.Away) == 0 || r.Agent.Taken == 0 || r.Agent.Beaten == 0 || r.Agent.SteppedIn == 0 || r.Agent.Dealt == 0 {
		t.Errorf("nothing went wrong: %+v, %+v", v, r.Agent)
	}
	clients, err := history.Clients(dir)
	if err != nil {
		t.Fatal(err)
	}
	acked, agents, partings := 0, 0, 0
	for name, entries := range clients {
		first, last := entries[0], entries[len(entries)-1]
		if first.Op != history.Begin || last.Op != history.Done || first.Client != name {
			t.Errorf("%s begins with %+v and ends with %+v", name, first, last)
		}
		pending := map[string]bool{}
		for _, e := range entries {
			switch {
			case first.Role == "agent":
			case e.Op == history.Send:
				pending[e.ID] = true
				if strings.HasSuffix(e.Text, "(as the person leaves)") {
					partings++
				}
			case e.Op == history.Ack && pending[e.ID], e.Op == history.Told && pending[e.Event.ID] && e.Event.Role == "visitor":
				delete(pending, e.ID)
				if e.Event != nil {
					delete(pending, e.Event.ID)
				}
				acked++
			}
		}
		if len(pending) > 0 {
			t.Errorf("%s ended with %d messages that nobody stored", name, len(pending))
		}
		if first.Role == "agent" {
			agents++
		}
	}
	if partings == 0 {
		t.Error("nobody wrote while an agent was leaving the chat")
	}
	if agents != 3 || acked < v.Acked {
		t.Errorf("there are records of %d agents, and of %d of %d messages", agents, acked, v.Acked)
	}
}
