package main

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/mutant"
	"github.com/parley-chat/parley/test/load/internal/proc"
)

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
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			o, err := plan{program: program, short: true, seconds: 3, guests: 6, patience: 2 * time.Minute}.play(t.Context(), a)
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

// A mutant that an attack is to catch would never be caught by an attack that is not there.
func TestEveryMutantsAttackIsThere(t *testing.T) {
	caught := 0
	for _, m := range mutant.All() {
		if m.Attack == "" {
			continue
		}
		caught++
		if _, err := named(m.Attack); err != nil {
			t.Errorf("mutant %s: %v", m.Name, err)
		}
	}
	if caught == 0 {
		t.Error("no attack catches any mutant")
	}
}
