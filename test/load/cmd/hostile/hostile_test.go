package main

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/proc"
)

// hurried are settings with which a few seconds are enough: an attacker may send as many
// frames as its sockets carry.
var hurried = []string{"RATE_PER_CONNECTION=200", "RATE_PER_ADDRESS=2000"}

// small returns the attack for a test: less of it, against smaller shares.
func small(a attack) attack {
	switch a.name {
	case crowdAttack.name:
		a.size = 100 // as many as may come within seconds
	case seatsAttack.name:
		a.size, a.env = 40, []string{"MAX_CONNECTIONS=40"}
	case bytesAttack.name:
		a.env = append([]string{"BYTES_PER_ADDRESS=4MB"}, hurried...)
	case readsAttack.name:
		a.env = append([]string{"READ_PER_ADDRESS=2MB"}, hurried...)
	case namesAttack.name, lineAttack.name:
		a.size, a.env = 300, hurried
	case modelAttack.name, chattyAttack.name:
		a.thinks, a.env = 4*time.Second, hurried
	}
	return a
}

// What is checked is no time, but whether honest visitors are answered, and what the
// attacker gets of what all share.
func TestNoStrangerTakesWhatBelongsToOthers(t *testing.T) {
	if err := measure.Files(12_000); err != nil {
		t.Fatal(err)
	}
	program, err := proc.Race(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []attack{bytesAttack, modelAttack, chattyAttack, readsAttack, lineAttack, namesAttack, pingsAttack, consoleAttack, crowdAttack} {
		t.Run(a.name, func(t *testing.T) {
			o, err := plan{program: program, seconds: 3, guests: 6, patience: 2 * time.Minute}.play(t.Context(), small(a))
			if err != nil {
				t.Fatal(err)
			}
			t.Log(o.line())
			for _, fault := range o.broken() {
				t.Error(fault)
			}
		})
	}
}
