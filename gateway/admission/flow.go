package admission

import "time"

// Look is what one look at the bot came to: at its consumers, and at its replicas.
type Look struct {
	At      time.Time
	Waiting uint64 // messages that no replica was given yet
	Held    uint64 // messages that one was given and has not dealt with
	Slots   uint64 // how many the replicas can think about at once; 0 where none says so
	Done    uint64 // deliveries that were dealt with, ever
}

// Backlog returns how many messages wait for a place. What is thought about has one,
// however long that takes: it keeps a newcomer waiting only where all are taken.
func (l Look) Backlog() uint64 { return l.Waiting + l.Held - l.thinking() }

// thinking returns how many messages have a place.
func (l Look) thinking() uint64 { return min(l.Held, l.Slots) }

// taken returns the share of the places that are. Where nobody says how many there
// are, the bot counts as busy as soon as it has anything to do.
func (l Look) taken() float64 {
	switch {
	case l.Slots > 0:
		return float64(l.thinking()) / float64(l.Slots)
	case l.Waiting+l.Held > 0:
		return 1
	}
	return 0
}

const (
	// memory is how far back looks are kept: several thoughts of a slow model.
	memory = time.Minute
	// least is how much time is looked at at least to tell what the bot is able to:
	// it does not do the same in each second. Where all its places were taken for the
	// last second that is enough: each place may do less where more of them work.
	least = 3 * time.Second
	// rounds is how often all that it thought about must have come to an end in that
	// time, or what came at once and is answered at once would look like much in one
	// moment and like nothing in the next.
	rounds = 4
	// stall is after how long without one message done nobody seems to work: a
	// restart, say. What waits then says nothing about how much can be carried.
	stall = 2 * time.Second
)

// flow is what the looks of late say together.
type flow struct{ looks []Look }

func (f *flow) add(l Look) {
	if n := len(f.looks); n > 0 && (!l.At.After(f.looks[n-1].At) || l.Done < f.looks[n-1].Done) {
		f.looks = f.looks[:0] // the consumers were made anew, or a clock was set
	} else if n > 0 && l.Done > f.looks[n-1].Done && f.looks[n-1].Waiting+f.looks[n-1].Held > 0 {
		if _, _, nobody := f.working(); nobody {
			f.looks = f.looks[n-1:] // somebody works again: what was before tells nothing of that
		}
	}
	f.looks = append(f.looks, l)
	// One look older than the memory stays: it is where the oldest second begins.
	for len(f.looks) > 2 && l.At.Sub(f.looks[1].At) >= memory {
		f.looks = append(f.looks[:0], f.looks[1:]...)
	}
}

// ability is what the bot is able to.
type ability struct {
	rate    float64       // messages a second, with all places taken
	thought time.Duration // how long one is thought about
}

// able returns what the bot is able to, as seen up to that look: what it did, by the
// time that its places were taken. So what it did while it had little to do counts
// for what it can do with much. It is not known where less was done than is thought
// about at once.
func (f *flow) able(last int) (a ability, known bool) {
	end := f.looks[last]
	var busy, thinking float64 // seconds with all places taken; seconds of all thoughts
	for i := last - 1; i >= 0; i-- {
		from, to := f.looks[i], f.looks[i+1]
		d := to.At.Sub(from.At).Seconds()
		busy += d * (from.taken() + to.taken()) / 2
		thinking += d * float64(from.thinking()+to.thinking()) / 2
		done, took := float64(end.Done-from.Done), end.At.Sub(from.At)
		if done == 0 || took < time.Second {
			continue
		}
		if ended := done * took.Seconds(); ended >= thinking {
			a, known = ability{done / busy, time.Duration(thinking / done * float64(time.Second))}, true
			if (took >= least || busy >= 0.9) && ended >= rounds*thinking {
				break
			}
		}
	}
	return a, known
}

// working returns what the bot was able to when it last did something, and whether
// nobody works now: nobody is there, or would have done something since.
func (f *flow) working() (a ability, known, nobody bool) {
	last := len(f.looks) - 1
	if last < 1 {
		return a, false, false
	}
	now := f.looks[last]
	for last > 0 && f.looks[last-1].Done == now.Done {
		last--
	}
	a, known = f.able(last)
	patience := stall
	switch {
	case now.Slots > 0 && known: // it may be thinking
		patience = max(stall, 2*a.thought)
	case now.Slots > 0:
		patience = memory
	}
	gone := now.Slots == 0 && f.looks[last].Slots > 0
	return a, known, gone || now.At.Sub(f.looks[last].At) >= patience
}

// wait is how long a message that comes now waits for a place, as far as that is
// known. While nobody works it is not: what the replicas had waits too, but for
// another one to come.
func (f *flow) wait() (time.Duration, bool) {
	a, known, nobody := f.working()
	if !known || nobody {
		return 0, false
	}
	return time.Duration(float64(f.looks[len(f.looks)-1].Backlog()) / a.rate * float64(time.Second)), true
}
