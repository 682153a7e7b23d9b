package scenario

import (
	"context"
	"time"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// CPU returns the CPU time that each process has used so far, by the name of its part. Those that have ended are left out.
func (s *System) CPU() (map[string]time.Duration, error) {
	all := map[string]time.Duration{}
	for _, p := range s.Parts {
		used, err := p.Process.CPU()
		if err != nil {
			select {
			case <-p.Process.Done():
				continue // Died tells whether it should have
			default:
				return nil, err
			}
		}
		all[p.Name] += used
	}
	return all, nil
}

const (
	// A system is at rest when it uses less than this share of one processor over a window.
	restShare  = 0.08
	restWindow = 300 * time.Millisecond
	restLimit  = 20 * time.Second
)

// Rest waits until the system has done what was left to do, such as writing the history,
// and returns how long that took.
func (s *System) Rest(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	for {
		before, err := s.CPU()
		if err != nil {
			return 0, err
		}
		looked := time.Now()
		if !wire.Wait(ctx, restWindow) {
			return 0, ctx.Err()
		}
		after, err := s.CPU()
		if err != nil {
			return 0, err
		}
		if share := (Sum(after) - Sum(before)).Seconds() / time.Since(looked).Seconds(); share < restShare {
			return looked.Sub(began), nil
		}
		if time.Since(began) > restLimit {
			return time.Since(began), nil
		}
	}
}

// Sum adds up the times of all parts.
func Sum(of map[string]time.Duration) (sum time.Duration) {
	for _, d := range of {
		sum += d
	}
	return sum
}

// Memory returns the resident memory of each process in bytes, by the name of its part.
func (s *System) Memory() map[string]float64 {
	all := map[string]float64{}
	for _, p := range s.Parts {
		if resident, _, err := p.Process.Memory(); err == nil {
			all[p.Name] += float64(resident)
		}
	}
	return all
}
