package ops

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/roles"
)

func TestSinceWhenSomethingIsWrongIsRemembered(t *testing.T) {
	t.Parallel()
	m := newMemory()
	at := func(after time.Duration, change func(*Snapshot)) Verdict {
		s := well(change)
		s.At = noon.Add(after)
		return m.judged(s)
	}
	noHistory := func(s *Snapshot) { s.History.Answers = false }
	if v := at(0, nil); !v.Since.IsZero() || v.Level != Good {
		t.Errorf("all is well since %v", v.Since)
	}
	for _, after := range []time.Duration{time.Minute, 2 * time.Minute} {
		if v := at(after, noHistory); !v.Since.Equal(noon.Add(time.Minute)) {
			t.Errorf("after %v: since %v", after, v.Since)
		}
	}
	if v := at(3*time.Minute, func(s *Snapshot) { noHistory(s); s.Dead = Dead{1, noon.Add(-time.Hour)} }); !v.Since.Equal(noon.Add(time.Minute)) || !v.Problems[1].Since.Equal(noon.Add(-time.Hour)) {
		t.Errorf("what is known better is not replaced: %+v", v)
	}
	at(4*time.Minute, nil)
	if v := at(4*time.Minute, func(s *Snapshot) { ledBy(s, "n1", 0) }); !v.Since.IsZero() || !v.Problems[0].Since.Equal(noon.Add(4*time.Minute)) {
		t.Errorf("all is well since %v, with a note since %v", v.Since, v.Problems[0].Since)
	}
	if v := at(5*time.Minute, noHistory); !v.Since.Equal(noon.Add(5 * time.Minute)) {
		t.Errorf("it was well in between, but is wrong since %v", v.Since)
	}
	if len(m.past) == 0 || noon.Add(5*time.Minute).Sub(m.past[0].at) > remembered {
		t.Errorf("%d samples are kept, from %v on", len(m.past), m.past[0].at)
	}
}

func TestAReplicaThatIsSilentForAMomentIsNotGone(t *testing.T) {
	t.Parallel()
	m := newMemory()
	bot := bus.Replica{Service: roles.Botworker.Service, ID: "b", Started: noon}
	see := func(after time.Duration, answered ...bus.Replica) Role {
		for _, r := range m.rolesAt(noon.Add(after), true, answered) {
			if r.Role == "botworker" {
				return r
			}
		}
		return Role{}
	}
	if r := see(0, bot); len(r.Replicas) != 1 || r.Replicas[0].Silent {
		t.Errorf("it answered: %+v", r)
	}
	if r := see(2 * time.Second); len(r.Replicas) != 1 || !r.Replicas[0].Silent {
		t.Errorf("silent for two seconds: %+v", r)
	}
	if r := see(3*time.Second, bus.Replica{Service: roles.Botworker.Service, ID: "b"}); r.Replicas[0].Silent || !r.Replicas[0].Started.Equal(noon) {
		t.Errorf("it answers again, without its figures: %+v", r)
	}
	if len(m.known()) != 1 {
		t.Error("it is not waited for")
	}
	if r := see(8 * time.Second); len(r.Replicas) != 0 || !r.LastHeard.Equal(noon.Add(3*time.Second)) {
		t.Errorf("silent for five seconds: %+v", r)
	}
	if len(m.known()) != 0 {
		t.Error("who is gone is waited for")
	}
}
