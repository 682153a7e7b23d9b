package admission

import (
	"time"

	"golang.org/x/time/rate"
)

const (
	// looksEvery is the time between two words of a console on what its agent looks at, on
	// average: pages repeat it every four seconds, and say it when something changes.
	looksEvery = 500 * time.Millisecond
	// looksAtOnce is how many may come at once: somebody goes through a list by its keys.
	looksAtOnce = 8
)

// Looks returns the limit of how often one console may say what its agent looks at. What
// comes faster is dropped.
func Looks() *rate.Limiter { return rate.NewLimiter(rate.Every(looksEvery), looksAtOnce) }
