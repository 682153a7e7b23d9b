package bus

import "time"

// beat reports to NATS, until stop is closed, that what is held is being handled, except
// what has only just arrived: most of it is settled before it is its turn. due returns what
// is held since before the given time.
func (c *Conn) beat(stop <-chan struct{}, due func(before time.Time) []*pulled) {
	every := c.ackWait / beats
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-stop:
			return
		case <-t.C:
		}
		for _, p := range due(time.Now().Add(-every / 2)) {
			_ = p.InProgress() // if that is lost, the delivery times out and comes again
		}
	}
}
