package digest_test

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/store/internal/digest"
)

func TestNanosKeepTheOrderOfTimes(t *testing.T) {
	times := []time.Time{
		{},
		time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Unix(0, -1),
		time.Unix(0, 0),
		time.Unix(0, 1),
		time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC),
		time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	for i := range len(times) - 1 {
		if a, b := digest.Nanos(times[i]), digest.Nanos(times[i+1]); a >= b {
			t.Errorf("%v gives %d, the later %v gives %d", times[i], a, times[i+1], b)
		}
	}
}

func TestTimeUndoesNanos(t *testing.T) {
	for _, n := range []int64{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, math.MaxInt64} {
		if got := digest.Nanos(digest.Time(n)); got != n {
			t.Errorf("Nanos(Time(%d)) = %d", n, got)
		}
	}
	if !digest.Time(digest.Nanos(time.Time{})).IsZero() {
		t.Error("the zero time did not come back")
	}
}

func TestCutDoesNotTearSignsApart(t *testing.T) {
	family := "👩‍👩‍👧‍👦" // seven code points
	text := strings.Repeat("x", 117) + family + "y"
	if got, want := digest.Cut(text), strings.Repeat("x", 117); got != want {
		t.Errorf("cut to %q, want the text before the family", got)
	}
	accents := strings.Repeat("e\u0301", 100)
	if got := digest.Cut(accents); utf8.RuneCountInString(got) != 120 || !strings.HasSuffix(got, "\u0301") {
		t.Errorf("cut to %d characters, ending in %q", utf8.RuneCountInString(got), got[len(got)-2:])
	}
	thick := strings.Repeat("\u0301", 500)
	if n := utf8.RuneCountInString(digest.Cut(thick)); n != 120 {
		t.Errorf("a text of accents only was cut to %d characters, want 120", n)
	}
}
