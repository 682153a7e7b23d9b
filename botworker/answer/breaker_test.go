package answer

import (
	"testing"
	"time"
)

func TestTheBreakerTriesWithOneQuestionNowAndThen(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	b := &breaker{now: func() time.Time { return now }, changed: func(time.Duration) {}}
	inFlight := b.try()
	for range failuresInARow {
		b.try().failed()
	}
	for pause := firstPause; pause < 4*longestPause; pause *= 2 {
		pause := min(pause, longestPause)
		if b.try() != nil {
			t.Fatalf("asked at the beginning of the pause of %s", pause)
		}
		now = now.Add(pause - 1)
		if b.try() != nil {
			t.Fatalf("asked before the end of the pause of %s", pause)
		}
		now = now.Add(1)
		probe := b.try()
		if probe == nil || b.try() != nil {
			t.Fatalf("after %s: not exactly one question tries it", pause)
		}
		probe.failed()
	}
	now = now.Add(longestPause)
	lost := b.try()
	lost.over() // its replica stops, or the meter refuses
	lost.failed()
	probe := b.try()
	if probe == nil {
		t.Fatal("a try that showed nothing keeps others from trying")
	}
	inFlight.failed() // began before the pause, and doesn't end the try
	if b.try() != nil {
		t.Fatal("two questions try it")
	}
	probe.worked()
	if b.open() || b.try() == nil || b.try() == nil {
		t.Error("not asked although it answers")
	}
}

func TestOnlyFailuresInARowCount(t *testing.T) {
	b := &breaker{now: time.Now, changed: func(time.Duration) { t.Error("left alone") }}
	for range 10 {
		for range failuresInARow - 1 {
			b.try().failed()
		}
		b.try().over()
		b.try().worked()
	}
}
