package live

import (
	"context"
	"testing"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/chat"
)

// counted is a Reading that counts how often it took a slot, and how many it holds.
func counted() (r *Reading, taken, held *int) {
	taken, held = new(int), new(int)
	return NewReading(func(context.Context, chat.ID) (func(), error) {
		*taken++
		*held++
		return func() { *held-- }, nil
	}, ""), taken, held
}

// On a cluster, a since that the leader does not know may be the leader's fault, which is
// waited for. Anybody can send such a since: it must not keep a slot from others.
func TestAClientThatClaimsToKnowMoreHoldsNoSlotWhileItWaits(t *testing.T) {
	h, says, _ := clusteredHub(t)
	id := chat.NewID()
	last := says(id, 1).Seq
	for _, c := range []struct {
		what     string
		since    uint64
		takes    func(taken int) bool
		expected string
	}{
		{"a since that is known", last, func(n int) bool { return n == 1 }, "one"},
		{"a since that a stale leader may not know", last + 1000, func(n int) bool { return n > 2 }, "one for each look"},
		{"a since that no leader can be behind", last + 1e9, func(n int) bool { return n == 1 }, "one"},
	} {
		s, _ := conntest.Pair(t)
		r, taken, held := counted()
		v, at, err := h.Subscribe(t.Context(), id, s, r, nil, c.since, false)
		if err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		r.End()
		if !c.takes(*taken) || *held != 0 {
			t.Errorf("%s took a slot %d times, want %s; %d are held", c.what, *taken, c.expected, *held)
		}
		if at.Last != last {
			t.Errorf("%s: the chat ends at %d, want %d", c.what, at.Last, last)
		}
		v.Leave()
	}
}

func TestWhatIsReadForAClientIsCounted(t *testing.T) {
	h, says, _ := clusteredHub(t)
	id := chat.NewID()
	want := 0
	for n := range 30 {
		e := says(id, n)
		want += e.Size()
	}
	for what, since := range map[string]uint64{"from the beginning": 0, "after the first": 1} {
		s, _ := conntest.Pair(t)
		r, _, _ := counted()
		v, at, err := h.Subscribe(t.Context(), id, s, r, nil, since, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Join(t.Context(), at); err != nil {
			t.Fatal(err)
		}
		if r.Bytes() < want*9/10 {
			t.Errorf("%s: %d bytes were counted of %d", what, r.Bytes(), want)
		}
		v.Leave()
		r.End()
	}
}
