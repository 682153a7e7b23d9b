package main

import (
	"context"

	"github.com/parley-chat/parley/test/load/internal/scenario"
)

// ReadyRow is how long a Parley of one process takes from its start on an empty folder
// until it is ready.
type ReadyRow struct {
	Label string
	Took  []float64 // seconds, of each start
}

const starts = 5

// ready starts a Parley a few times.
func ready(ctx context.Context, spec scenario.Spec, dir string) (ReadyRow, error) {
	row := ReadyRow{Label: spec.Label}
	spec.Together = true
	for range starts {
		sys, err := scenario.Start(ctx, spec, dir)
		if err != nil {
			return row, err
		}
		row.Took = append(row.Took, sys.Took.Seconds())
		sys.Stop()
	}
	return row, nil
}
