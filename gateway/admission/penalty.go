package admission

import (
	"time"

	"golang.org/x/time/rate"

	"github.com/parley-chat/parley/gateway/frame"
)

const (
	// penaltyBurst is how many times as many penalty points as frames a connection
	// may collect at once, and penaltyRate how many times as many after that. A client
	// that resends what it must is far below; one that is refused and goes on is
	// disconnected.
	penaltyBurst = 50
	penaltyRate  = 2

	retryPenalty = 1 // for a frame that may succeed later
	faultPenalty = 5 // for a frame that never can
)

// newPenalty bounds the refusals of a connection with that many frames a second.
func newPenalty(perSecond float64) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(penaltyRate*perSecond), penaltyBurst*burst(perSecond))
}

// penaltyOf is how many points a refusal costs. Shedding costs none: the rate limits
// bound how often a client is told.
func penaltyOf(r *frame.Refusal) int {
	switch {
	case r.Shed != "":
		return 0
	case r.Retry > 0:
		return retryPenalty
	}
	return faultPenalty
}

// penalize counts points and reports whether there were too many.
func (c *Client) penalize(points int) (end bool) {
	if c.penalty.AllowN(time.Now(), points) {
		return false
	}
	c.a.opts.Metrics.Shed(shedRefused)
	return true
}
