package answer

import "testing"

func TestTheWindowGrowsAgainCarefully(t *testing.T) {
	w := newWindow(0)
	if w.room() != 0 {
		t.Fatal("bounded before anything was refused")
	}
	w.fitted(0, 5000, false)
	w.fitted(2000, 1990, true)
	if w.room() != 2000 {
		t.Fatalf("%d after 2000 fitted", w.room())
	}
	w.fitted(3000, 2990, true) // of a question that began before
	w.fitted(2000, 900, false) // left nothing out
	for n := range growAfter {
		if w.room() != 2000 {
			t.Fatalf("%d after %d answers", w.room(), n)
		}
		w.fitted(2000, 1900, false)
	}
	if w.room() != 2500 {
		t.Fatalf("%d after %d answers", w.room(), growAfter)
	}
	w.fitted(2000, 1990, true) // too much: it takes twice as long until that is tried again
	for range growAfter {
		w.fitted(2000, 1990, false)
	}
	if w.room() != 2000 {
		t.Errorf("%d: tried again too early", w.room())
	}
	for range growAfter {
		w.fitted(2000, 1990, false)
	}
	if w.room() != 2500 {
		t.Errorf("%d: never tried again", w.room())
	}
	for range 1_000_000 {
		w.fitted(w.room(), w.room(), false)
	}
	if w.room() != 0 {
		t.Errorf("%d in the end", w.room())
	}
	w.fitted(100, 100, true)
	if w.room() != smallest {
		t.Errorf("one question teaches the others %d", w.room())
	}
}

func TestTheSettingBoundsTheWindow(t *testing.T) {
	w := newWindow(2048)
	if w.room() != 1536 {
		t.Fatalf("%d", w.room())
	}
	w.fitted(1000, 1000, true)
	for range 100_000 {
		w.fitted(w.room(), w.room(), false)
	}
	if w.room() != 1536 {
		t.Errorf("grew to %d", w.room())
	}
	if got := newWindow(131072).room(); got < 120_000 {
		t.Errorf("%d of a large window", got)
	}
}
