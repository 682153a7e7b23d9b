package admission

import "time"

// Look is the result of one look at the bot's consumers and replicas.
type Look struct {
	At      time.Time
	Waiting uint64 // messages that were not delivered to a replica yet
	Held    uint64 // messages that a replica has and has not dealt with
	Slots   uint64 // how many the replicas can think about at once; 0 if none says so
	Done    uint64 // deliveries that were dealt with, ever
}

// Backlog returns how many messages wait for a slot. A message that is thought about
// has one, however long that takes: it delays a newcomer only if all slots are taken.
func (l Look) Backlog() uint64 { return l.Waiting + l.Held - l.thinking() }

// thinking returns how many messages have a slot.
func (l Look) thinking() uint64 { return min(l.Held, l.Slots) }

// taken returns the share of the slots that are taken. If no replica says how many
// there are, the bot counts as busy as soon as it has anything to do.
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
	// memory is how long looks are kept: several thoughts of a slow model.
	memory = time.Minute
	// least is the shortest time over which the bot's rate is measured, since it varies
	// from second to second. If all slots were taken for the last second, that second is
	// enough: each slot may do less when more of them work.
	least = 3 * time.Second
	// rounds is how often all messages being thought about must have been finished in
	// that time. Otherwise a burst that is answered all at once would look like much in
	// one moment and like nothing in the next.
	rounds = 4
	// stall is how long no message must have been done before the bot counts as stopped,
	// by a restart, say. The messages that wait then say nothing about its rate.
	stall = 2 * time.Second
)

// flow is what the latest looks say together.
type flow struct{ looks []Look }

func (f *flow) add(l Look) {
	if n := len(f.looks); n > 0 && (!l.At.After(f.looks[n-1].At) || l.Done < f.looks[n-1].Done) {
		f.looks = f.looks[:0] // the consumers were recreated, or a clock was set
	} else if n > 0 && l.Done > f.looks[n-1].Done && f.looks[n-1].Waiting+f.looks[n-1].Held > 0 {
		if _, _, nobody := f.working(); nobody {
			f.looks = f.looks[n-1:] // the bot works again: earlier looks say nothing about that
		}
	}
	f.looks = append(f.looks, l)
	// One look older than memory stays: the oldest second begins there.
	for len(f.looks) > 2 && l.At.Sub(f.looks[1].At) >= memory {
		f.looks = append(f.looks[:0], f.looks[1:]...)
	}
}

// ability is how much the bot can do.
type ability struct {
	rate    float64       // messages a second, with all slots taken
	thought time.Duration // how long a message is thought about
}

// able returns how much the bot can do, according to the looks up to that one: how much
// it did, divided by the time that its slots were taken. So the time in which it had
// little to do counts too. It is not known if fewer messages were done than are thought
// about at once.
func (f *flow) able(last int) (a ability, known bool) {
	end := f.looks[last]
	var busy, thinking float64 // seconds with all slots taken; seconds of all thoughts
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

// working returns how much the bot could do when it last did something, and whether
// nobody works now: no replica is there, or it would have done something since.
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

// wait returns how long a message that comes now waits for a slot, if that is known.
// While nobody works it is not: the messages that the replicas had wait for another
// replica.
func (f *flow) wait() (time.Duration, bool) {
	a, known, nobody := f.working()
	if !known || nobody {
		return 0, false
	}
	return time.Duration(float64(f.looks[len(f.looks)-1].Backlog()) / a.rate * float64(time.Second)), true
}
