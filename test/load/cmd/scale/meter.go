package main

import (
	"sync"
	"time"
)

// turn is a message that was answered: when, and how long after it was written.
type turn struct {
	at   time.Time
	took time.Duration
}

// meter collects turns. Its methods may be called concurrently.
type meter struct {
	mu    sync.Mutex // guards turns
	turns []turn
}

func (m *meter) add(t turn) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turns = append(m.turns, t)
}

// between returns the durations of the turns that ended between two times.
func (m *meter) between(from, to time.Time) []time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	var took []time.Duration
	for _, t := range m.turns {
		if !t.at.Before(from) && t.at.Before(to) {
			took = append(took, t.took)
		}
	}
	return took
}

// rates returns how many turns a second ended in each step from the one time to
// the other, as long as whole steps fit.
func (m *meter) rates(from, to time.Time, step time.Duration) []float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	rates := make([]float64, max(0, int(to.Sub(from)/step)))
	for _, t := range m.turns {
		if d := t.at.Sub(from); d >= 0 && int(d/step) < len(rates) {
			rates[d/step] += 1 / step.Seconds()
		}
	}
	return rates
}

// reached returns after how many steps the rate had reached the level, in two of them,
// since one can be chance; -1 if it never did.
func reached(rates []float64, level float64) int {
	for i := 1; i < len(rates); i++ {
		if min(rates[i-1], rates[i]) >= level {
			return i - 1
		}
	}
	return -1
}
