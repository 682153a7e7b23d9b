package ops

import (
	"fmt"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/roles"
)

// crewStage looks at bot workers by their ids, at a time after noon.
type crewStage struct{ m *memory }

func (c crewStage) sees(after time.Duration, ids ...string) Role {
	var answered []bus.Replica
	for _, id := range ids {
		answered = append(answered, bus.Replica{Service: roles.Botworker.Service, ID: id, Host: "pod-" + id, Started: noon})
	}
	for _, r := range c.m.rolesAt(noon.Add(after), true, answered) {
		if r.Role == roles.Botworker.Name {
			return r
		}
	}
	return Role{}
}

func (c crewStage) parts(id string) { c.m.parted(roles.Botworker.Service, id) }

func TestAReplicaThatVanishedIsSaidUntilAnotherTakesItsPlace(t *testing.T) {
	t.Parallel()
	c := crewStage{newMemory()}
	c.sees(0, "a", "b")
	if r := c.sees(2*time.Second, "a"); r.Lost != nil {
		t.Errorf("silent for two seconds, it is lost: %+v", r.Lost)
	}
	if r := c.sees(5*time.Second, "a"); r.Lost != nil {
		t.Errorf("the look that finds it gone says so at once: %+v", r.Lost)
	}
	r := c.sees(2*time.Minute, "a")
	if r.Lost == nil || *r.Lost != (Lost{Replicas: 1, Of: 2, Last: "pod-b", At: noon}) {
		t.Fatalf("one of two is lost: %+v", r.Lost)
	}
	s := well(func(s *Snapshot) { s.At = noon.Add(2 * time.Minute) })
	for i := range s.Roles {
		if s.Roles[i].Role == r.Role {
			s.Roles[i] = r
		}
	}
	v := judge(s, nil)
	if want := "One of two bot workers was lost 2 min ago: it vanished without saying goodbye (pod-b). The other one carries on."; v.Sentence != want || v.Level != Warn || !v.Since.Equal(noon) {
		t.Errorf("%+v, want %q since noon", v, want)
	}
	if r := c.sees(3*time.Minute, "a", "c"); r.Lost != nil {
		t.Errorf("another took its place: %+v", r.Lost)
	}
	if r := c.sees(4*time.Minute, "a", "c", "b"); r.Lost != nil || len(r.Replicas) != 3 {
		t.Errorf("it came back: %+v", r)
	}
}

func TestAReplicaThatSaysGoodbyeIsNoAlarm(t *testing.T) {
	t.Parallel()
	c := crewStage{newMemory()}
	c.sees(0, "a", "b", "c")
	c.parts("b")
	c.parts("b") // said twice, it counts once
	if r := c.sees(time.Second, "a", "b", "c"); len(r.Replicas) != 2 {
		t.Errorf("its answer crossed its goodbye: %+v", r.Replicas)
	}
	for _, after := range []time.Duration{10 * time.Second, 20 * time.Second, time.Minute} {
		if r := c.sees(after, "a", "c"); r.Lost != nil {
			t.Errorf("after %v: %+v", after, r.Lost)
		}
	}
	c.sees(2*time.Minute, "a")
	if r := c.sees(3*time.Minute, "a"); r.Lost == nil || r.Lost.Replicas != 1 || r.Lost.Of != 2 {
		t.Errorf("one of the two that were left is lost: %+v", r.Lost)
	}
	c.parts("c") // it was only slow
	if r := c.sees(4*time.Minute, "a"); r.Lost != nil {
		t.Errorf("it said goodbye after all: %+v", r.Lost)
	}
	c.parts("stranger")
	if r := c.sees(5*time.Minute, "a"); r.Lost != nil {
		t.Errorf("a goodbye of one that was never seen: %+v", r.Lost)
	}
}

func TestALossIsNotSaidForeverAndTakesNoMemory(t *testing.T) {
	t.Parallel()
	c := crewStage{newMemory()}
	c.sees(0, "a", "b")
	c.sees(10*time.Second, "a")
	if r := c.sees(30*time.Minute, "a"); r.Lost == nil {
		t.Error("after half an hour it is not said")
	}
	if r := c.sees(2*time.Hour, "a"); r.Lost != nil {
		t.Errorf("after two hours: %+v", r.Lost)
	}
	for i := range 1000 {
		at := 3*time.Hour + time.Duration(i)*time.Minute
		c.sees(at, "a", fmt.Sprint("x", i))
		c.parts(fmt.Sprint("y", i))
		c.sees(at+10*time.Second, "a")
	}
	if n := len(c.m.goodbyes) + len(c.m.crews) + len(c.m.heard); n > partings+10 {
		t.Errorf("%d things are remembered", n)
	}
}

func TestNobodyIsMissedWhileReplicasCannotBeAsked(t *testing.T) {
	t.Parallel()
	c := crewStage{newMemory()}
	c.sees(0, "a", "b")
	c.m.rolesAt(noon.Add(10*time.Second), false, nil)
	c.sees(20*time.Second, "a") // the other one is slower to come back
	if r := c.sees(22*time.Second, "a"); r.Lost != nil {
		t.Errorf("after an outage of NATS: %+v", r.Lost)
	}
	if r := c.sees(24*time.Second, "a", "b"); r.Lost != nil || len(r.Replicas) != 2 {
		t.Errorf("all are back: %+v", r)
	}
}
