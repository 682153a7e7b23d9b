package digest

import (
	"math"
	"time"
)

// never stands for the zero time, which is outside the range of nanoseconds.
const never = math.MinInt64

var (
	first = time.Unix(0, never+1)
	last  = time.Unix(0, math.MaxInt64)
)

// Nanos returns the time as nanoseconds since 1970, a number that databases sort
// correctly and never round. The zero time sorts before all others. Times outside the
// years 1678 to 2262 become the nearest that fits.
func Nanos(t time.Time) int64 {
	switch {
	case t.IsZero():
		return never
	case t.Before(first):
		return never + 1
	case t.After(last):
		return math.MaxInt64
	}
	return t.UnixNano()
}

// Time is the inverse of Nanos; it returns a time in UTC.
func Time(n int64) time.Time {
	if n == never {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
