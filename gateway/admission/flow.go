package admission

import "time"

// Look is what one look at the bot's consumers came to.
type Look struct {
	At      time.Time
	Backlog uint64 // messages that are not dealt with
	Done    uint64 // deliveries that were, ever
}

const (
	// memory is how far back looks are kept.
	memory = 3 * time.Second
	// stall is after how long without one message done nobody seems to work: a
	// restart, say. What waits then says nothing about how much can be carried.
	stall = 2 * time.Second
)

// flow is what the looks of the last seconds say together.
type flow struct{ looks []Look }

func (f *flow) add(l Look) {
	if n := len(f.looks); n > 0 && (!l.At.After(f.looks[n-1].At) || l.Done < f.looks[n-1].Done) {
		f.looks = f.looks[:0] // the consumers were made anew, or a clock was set
	}
	f.looks = append(f.looks, l)
	// One look older than the memory stays: it is where the oldest second begins.
	for len(f.looks) > 2 && l.At.Sub(f.looks[1].At) >= memory {
		f.looks = append(f.looks[:0], f.looks[1:]...)
	}
}

// rate returns the messages done in the fastest second of late: what the bot is
// able to, also where it had nothing to do since. 0 where it is not known.
func (f *flow) rate() float64 {
	best := 0.0
	for i, from := range f.looks {
		for _, to := range f.looks[i+1:] {
			if d := to.At.Sub(from.At); d >= time.Second {
				best = max(best, float64(to.Done-from.Done)/d.Seconds())
				break
			}
		}
	}
	return best
}

// stalled reports whether nothing was done for a while, or whether that is not known.
func (f *flow) stalled() bool {
	n := len(f.looks)
	if n < 2 {
		return true
	}
	last := f.looks[n-1]
	for i := n - 2; i >= 0; i-- {
		if f.looks[i].Done != last.Done {
			return false
		}
		if last.At.Sub(f.looks[i].At) >= stall {
			return true
		}
	}
	return false
}

// wait is how long a message that comes now waits for its answer, as far as that
// is known.
func (f *flow) wait() (time.Duration, bool) {
	rate := f.rate()
	if rate <= 0 || f.stalled() {
		return 0, false
	}
	return time.Duration(float64(f.looks[len(f.looks)-1].Backlog) / rate * float64(time.Second)), true
}
