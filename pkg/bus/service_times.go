package bus

import (
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/micro"
)

// latestCalls is how many of an endpoint's latest calls count.
const latestCalls = 256

// callTimes measures the calls of one replica of a service. Calls are answered in
// goroutines of their own, and NATS' client measures only until these start.
type callTimes struct {
	mu        sync.Mutex // guards what follows
	endpoints map[string]*endpointTimes
}

type endpointTimes struct {
	failed int
	next   int // in latest
	latest []time.Duration
}

func newCallTimes() *callTimes { return &callTimes{endpoints: map[string]*endpointTimes{}} }

// ended counts one answered call.
func (t *callTimes) ended(endpoint string, took time.Duration, failed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.endpoints[endpoint]
	if e == nil {
		e = &endpointTimes{}
		t.endpoints[endpoint] = e
	}
	if failed {
		e.failed++
	}
	if len(e.latest) < latestCalls {
		e.latest = append(e.latest, took)
		return
	}
	e.latest[e.next] = took
	e.next = (e.next + 1) % latestCalls
}

// stats is our part of a service's answer to $SRV.STATS.
func (t *callTimes) stats(endpoint *micro.Endpoint) any {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.endpoints[endpoint.Name]
	if e == nil || len(e.latest) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(e.latest))
	var sum time.Duration
	for _, d := range sorted {
		sum += d
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return CallTimes{Failed: e.failed, AverageMS: ms(sum / time.Duration(len(sorted))), P99MS: ms(sorted[(len(sorted)*99+99)/100-1])}
}
