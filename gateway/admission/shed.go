package admission

import "time"

// Phase says who may speak.
type Phase int

const (
	// Open lets everybody speak.
	Open Phase = iota
	// Full lets admitted visitors speak. New ones are shed.
	Full
	// Easing admits new visitors, since the backlog is gone, at a rate that grows
	// while that lasts.
	Easing
)

func (p Phase) String() string { return [...]string{"open", "full", "easing"}[p] }

const (
	// target is how long a message may wait for a slot before newcomers are shed, and
	// relaxed how long before they are admitted again.
	target  = 2 * time.Second
	relaxed = target / 4
	// few waiting messages never are a backlog; most always are, even if no bot works on
	// them.
	few  = 200
	most = 5000
	// loaded is how many looks in a row must find too much before newcomers are shed,
	// and rested how many must find little before they are admitted again.
	loaded = 2
	rested = 4
	// settling is how long before the phase Full the flood began: visitors admitted
	// since then are part of it.
	settling = 2 * time.Second
	// firstPace is how many newcomers a second are admitted at first in Easing.
	firstPace = 20
	// quiet is how long nobody must have been shed before the phase is Open again.
	quiet = 5 * time.Second
)

// Control turns looks into phases. Its methods must not be called concurrently.
// The zero Control is open.
type Control struct {
	flow  flow
	phase Phase
	high  int // looks in a row that found too much
	low   int // that found little

	before time.Time // visitors admitted before stay admitted
	from   time.Time // and so do those admitted since

	pace   float64 // newcomers a second
	tokens float64 // newcomers that may come now
	filled time.Time
	denied time.Time // when the last newcomer was shed
}

// Phase returns the current phase.
func (c *Control) Phase() Phase { return c.phase }

// able returns what the bot can do now, zero if that is not known.
func (c *Control) able() ability {
	if a, known, nobody := c.flow.working(); known && !nobody {
		return a
	}
	return ability{}
}

// Looked takes a look and reports whether the phase changed.
func (c *Control) Looked(l Look) (changed bool) {
	was := c.phase
	c.flow.add(l)
	switch {
	case c.tooMuch(l):
		c.high, c.low = c.high+1, 0
	case c.little(l):
		c.high, c.low = 0, c.low+1
	default:
		c.high, c.low = 0, 0
	}
	switch {
	case c.phase != Full && (c.high >= loaded || l.Backlog() >= most):
		c.fill(l.At)
	case c.phase == Full && c.low >= rested:
		c.phase, c.tokens, c.filled, c.denied, c.low = Easing, 0, l.At, l.At, 0
	case c.phase == Easing && l.At.Sub(c.denied) >= quiet:
		c.phase = Open
	case c.phase == Easing && c.low >= rested:
		c.pace, c.low = c.pace*1.5, 0
	}
	return c.phase != was
}

// fill begins the phase Full.
func (c *Control) fill(at time.Time) {
	if c.phase == Open {
		c.before, c.from, c.pace = at.Add(-settling), at, firstPace
	} else {
		c.pace = max(1, c.pace/4)
	}
	c.phase, c.high, c.low, c.denied = Full, 0, 0, at
}

// tooMuch reports whether messages wait for too long.
func (c *Control) tooMuch(l Look) bool {
	if l.Backlog() < few {
		return false
	}
	if wait, known := c.flow.wait(); known {
		return wait > target
	}
	return l.Backlog() >= most
}

// little reports whether hardly anything waits.
func (c *Control) little(l Look) bool {
	if l.Backlog() < few/2 {
		return true
	}
	if wait, known := c.flow.wait(); known {
		return wait < relaxed
	}
	return l.Backlog() < most/2
}

// Admitted reports whether a visitor who was admitted then may speak. The zero time
// stands for a visitor who was not.
func (c *Control) Admitted(since time.Time) bool {
	return c.phase == Open || !since.IsZero() && (since.Before(c.before) || !since.Before(c.from))
}

// Before returns the time before which a chat must have begun for its visitor to count
// as admitted.
func (c *Control) Before() time.Time { return c.before }

// Newcomer admits one newcomer. If ok is false, wait says when to try again; it is
// spread, so that not all come at once.
func (c *Control) Newcomer(now time.Time) (wait time.Duration, ok bool) {
	switch c.phase {
	case Open:
		return 0, true
	case Easing:
		c.tokens = min(max(1, c.pace/2), c.tokens+c.pace*now.Sub(c.filled).Seconds())
		c.filled = now
		if c.tokens >= 1 {
			c.tokens--
			return 0, true
		}
	}
	c.denied = now
	return spread(c.Wait()), false
}

// Wait returns how long the backlog will take, 1 s to 20 s; 5 s if that is not known.
func (c *Control) Wait() time.Duration {
	wait, known := c.flow.wait()
	if !known {
		wait = 5 * time.Second
	}
	return min(max(wait, time.Second), 20*time.Second)
}
