package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/parley-chat/parley/test/load/internal/system"
)

// roles are the roles whose replica count can change.
var roles = []string{system.Botworker, system.Gateway, system.Historyworker, system.Escalation}

// Bounds of what one machine is asked for.
const (
	mostReplicas = 12
	mostStages   = 20
)

// parseStages reads numbers of replicas, separated by commas.
func parseStages(list string) ([]int, error) {
	var stages []int
	for part := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 1 || n > mostReplicas {
			return nil, fmt.Errorf("the stage %q is not a number of replicas from 1 to %d", part, mostReplicas)
		}
		stages = append(stages, n)
	}
	if len(stages) > mostStages {
		return nil, errors.New("these are too many stages")
	}
	return stages, nil
}
