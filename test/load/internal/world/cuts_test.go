package world

import (
	"reflect"
	"testing"
	"time"
)

// Cuts depend on their seed alone, are between two regions, one at a time, and have all ended
// when the calm begins.
func TestCutsArePlanned(t *testing.T) {
	for seed := range uint64(50) {
		for regions := 2; regions <= 3; regions++ {
			const until = 3 * time.Minute
			plan := Cuts(seed, regions, 5*time.Second, until)
			if !reflect.DeepEqual(plan, Cuts(seed, regions, 5*time.Second, until)) || len(plan) < 2 {
				t.Fatalf("seed %d: %v", seed, plan)
			}
			var ends time.Duration
			for _, c := range plan {
				if c.A == c.B || c.A >= regions || c.B >= regions || c.At < ends || c.For < 2*time.Second || c.At+c.For >= until {
					t.Errorf("seed %d: %+v of %v", seed, c, plan)
				}
				ends = c.At + c.For
			}
		}
	}
}
