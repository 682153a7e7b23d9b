package talk

import (
	"strings"
	"testing"
)

func TestBrokenPromisesAreFound(t *testing.T) {
	good := func() *Visitor {
		return &Visitor{
			acks: map[string]uint64{"a": 5, "b": 9},
			events: []Frame{
				{Kind: "message", ID: "a", Seq: 5}, {Kind: "reply", Seq: 7, Through: 5},
				{Kind: "message", ID: "b", Seq: 9}, {Kind: "reply", Seq: 10, Through: 9},
			},
		}
	}
	if replies, faults := good().check(); replies != 2 || faults != nil || good().missing() != "" {
		t.Fatalf("a good chat: %d replies, %v, %q", replies, faults, good().missing())
	}
	for name, c := range map[string]struct {
		spoil func(v *Visitor)
		want  string
	}{
		"lost":           {func(v *Visitor) { v.events = v.events[2:] }, "a is acknowledged as 5 and seen as []"},
		"doubled":        {func(v *Visitor) { v.events = append(v.events, Frame{Kind: "message", ID: "a", Seq: 11}) }, "seen as [5 11]"},
		"answered twice": {func(v *Visitor) { v.events = append(v.events, Frame{Kind: "reply", Seq: 11, Through: 9}) }, "reply 11 covers up to 9"},
	} {
		v := good()
		c.spoil(v)
		if _, faults := v.check(); !strings.Contains(strings.Join(faults, "\n"), c.want) {
			t.Errorf("%s: %v; want %q", name, faults, c.want)
		}
	}
	for name, c := range map[string]struct {
		spoil func(v *Visitor)
		want  string
	}{
		"unanswered": {func(v *Visitor) { v.events = v.events[:3] }, "answers to 5, 9 was acknowledged"},
		"unseen":     {func(v *Visitor) { v.events = v.events[:2] }, "events go to 7"},
		"unsent":     {func(v *Visitor) { v.pending = []pending{{id: "c"}} }, "1 messages are not acknowledged"},
		"refused":    {func(v *Visitor) { v.pending, v.faults = []pending{{id: "c"}}, []string{" is answered by name_taken"} }, "acknowledged;  is answered by name_taken"},
	} {
		v := good()
		c.spoil(v)
		if got := v.missing(); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q; want %q", name, got, c.want)
		}
	}
}

func TestAnEventOutOfOrderIsFound(t *testing.T) {
	v := &Visitor{acks: map[string]uint64{}}
	v.hear(nil, Frame{T: "event", Seq: 5, Prev: 3})
	v.hear(nil, Frame{T: "event", Seq: 9, Prev: 5})
	if len(v.faults) != 0 {
		t.Fatal(v.faults)
	}
	v.hear(nil, Frame{T: "event", Seq: 12, Prev: 11})
	v.hear(nil, Frame{T: "event", Seq: 12, Prev: 9})
	if len(v.faults) != 2 {
		t.Errorf("a gap and a repeat: %v", v.faults)
	}
}
