package config

import "testing"

// One stream is the fastest where nothing waits for a disk; with more than one node, or with
// a sync before each acknowledgment, several are. What is set is never overruled.
func TestStreamsFollowFromWhatAnAppendWaitsFor(t *testing.T) {
	for _, c := range []struct {
		vars      map[string]string
		n         int
		onlyFresh bool
	}{
		{map[string]string{}, 8, true},
		{map[string]string{"STREAMS": "auto", "NATS_SYNC": "100ms"}, 1, true},
		{map[string]string{"NATS_SYNC": "100ms", "NATS_URL": "nats://n", "NATS_REPLICAS": "3"}, 8, true},
		{map[string]string{"NATS_SYNC": "100ms", "STREAMS": "4"}, 4, false},
		{map[string]string{"STREAMS": "1"}, 1, false},
	} {
		got, faults := load("", c.vars)
		if n, onlyFresh := got.StreamsWanted(); len(faults) > 0 || n != c.n || onlyFresh != c.onlyFresh {
			t.Errorf("%v: %d, %v, faults %v", c.vars, n, onlyFresh, faults)
		}
	}
}
