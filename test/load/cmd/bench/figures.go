package main

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// latencies is a histogram of durations, in microseconds, exact to a thousandth.
type latencies struct {
	mu sync.Mutex // guards h
	h  *hdrhistogram.Histogram
}

// longest is what a latency is counted as at most.
const longest = 2 * time.Minute

func newLatencies() *latencies {
	return &latencies{h: hdrhistogram.New(1, longest.Microseconds(), 3)}
}

func (l *latencies) add(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.h.RecordValue(min(max(d, time.Microsecond), longest).Microseconds()) // it is in range
}

func (l *latencies) count() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.h.TotalCount()
}

// Spread is a distribution in milliseconds.
type Spread struct{ P50, P90, P99, P999, Max float64 }

func (l *latencies) spread() Spread {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := func(q float64) float64 { return float64(l.h.ValueAtQuantile(q)) / 1000 }
	return Spread{at(50), at(90), at(99), at(99.9), float64(l.h.Max()) / 1000}
}

// Leg is what one system did in one measured stretch.
type Leg struct {
	Label    string
	Round    int
	Sockets  int
	Seconds  float64 // measured
	Turns    int64   // that ended in these seconds
	Rate     float64 // of them a second
	Reply    Spread  // from the visitor's frame to the reply that covers it
	Ack      Spread  // from the visitor's frame to the acknowledgement
	CPU      map[string]float64
	CPUAll   float64        // microseconds a turn, all processes, until everything was stored
	Refused  map[string]int // messages that were refused, by code: none of them is a turn
	Lost     int            // sockets that ended by themselves
	Unserved int            // messages that were accepted and not answered in time
	Behind   float64        // seconds that the system went on working afterwards
	Memory   map[string]float64
}

func (l Leg) refused() (n int) {
	for _, one := range l.Refused {
		n += one
	}
	return n
}
