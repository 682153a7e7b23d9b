package bus_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// What a burst costs to read does not grow with it, and what is read is the same as one by
// one.
func TestABurstIsReadAtOnce(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c, id, other := server.Connect("bot"), chat.NewID(), chat.NewID()
	var seqs []uint64
	for i := range 60 {
		stored, err := c.AppendIn(t.Context(), visitorSays(id, fmt.Sprint(i), "hello"), nil)
		if err != nil {
			t.Fatal(err)
		}
		seqs = append(seqs, stored.Seq)
		if _, err := c.AppendIn(t.Context(), visitorSays(other, fmt.Sprint(i), "hello"), nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		what      string
		after, to uint64
		limit     int
		want      []uint64
		requests  int
	}{
		{"a burst", 0, math.MaxUint64, 50, seqs[:50], 3},
		{"a burst up to one of its events", 0, seqs[49], 100, seqs[:50], 3},
		{"a burst up to between two events", 0, seqs[50] - 1, 100, seqs[:50], 3},
		{"everything", 0, math.MaxUint64, 100, seqs, 3},
		{"from the middle", seqs[20], math.MaxUint64, 100, seqs[21:], 3},
		{"one that is known to be the last", seqs[58], seqs[59], 50, seqs[59:], 1},
		{"one that is found to be the last", seqs[58], math.MaxUint64, 50, seqs[59:], 2},
		{"one of many", 0, math.MaxUint64, 1, seqs[:1], 1},
		{"none", seqs[59], math.MaxUint64, 50, nil, 1},
		{"none before the next", seqs[3], seqs[4] - 1, 50, nil, 1},
		{"nothing asked for", 7, 7, 50, nil, 0},
	} {
		requests := server.Requests()
		got, err := c.Inputs(t.Context(), id, test.after, test.to, test.limit)
		made := requests()
		if err != nil {
			t.Fatalf("%s: %v", test.what, err)
		}
		if s := sequencesOf(got); fmt.Sprint(s) != fmt.Sprint(test.want) {
			t.Errorf("%s: %v, want %v", test.what, s, test.want)
		}
		if made > test.requests {
			t.Errorf("%s: %d requests, want %d at most", test.what, made, test.requests)
		}
	}
}

func sequencesOf(events []chat.Event) (seqs []uint64) {
	for _, e := range events {
		seqs = append(seqs, e.Seq)
	}
	return seqs
}
