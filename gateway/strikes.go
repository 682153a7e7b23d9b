package gateway

import (
	"errors"
	"time"

	"golang.org/x/time/rate"
)

const (
	// strikeBurst is how many times as many strikes as frames may come at once,
	// and strikeRate how many times as many after that. A client that sends again
	// what it must is far below; one that is told no and goes on is sent away.
	strikeBurst = 50
	strikeRate  = 2
	// faultStrikes is what a frame counts that can never succeed.
	faultStrikes = 5
)

// newStrikes bounds the refusals of one connection.
func (g *Gateway) newStrikes() *rate.Limiter {
	r := g.opts.RatePerConnection
	return rate.NewLimiter(rate.Limit(strikeRate*r), strikeBurst*g.burst(r))
}

// strikesOf is what a refusal counts. Who is turned away through nobody's fault
// has none: the rate limits bound how often that is told.
func strikesOf(err error) int {
	var busy *busyError
	switch {
	case errors.As(err, &busy):
		return 0
	case errorOf(err, "").RetryMS > 0:
		return 1
	}
	return faultStrikes
}

// strike counts refusals, and ends the connection where there were too many. It
// reports whether it did.
func (s *session) strike(n int) bool {
	if s.strikes.AllowN(time.Now(), n) {
		return false
	}
	s.g.metrics.turned("refused")
	s.sock.close(closeRefused, "too many refused frames")
	return true
}
