package bus

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// What becomes of a delivery is decided here, apart from all that can fail.

const (
	// defaultTries is Consumer.Tries where that is 0.
	defaultTries = 5

	// quietTries is how many deliveries of an event are handled without a note
	// that a handling begins: the usual case costs nothing.
	quietTries = 2

	// deaths is how many handlings that began and never returned prove that it
	// is the event that ends the process. An operator's kill -9, or a replica
	// that is paused, leaves one; three in a row on the same event it would have
	// to be, each at its third delivery or later.
	deaths = 3
)

// errEnds is why an event is given up that no handler ever returned from.
var errEnds = fmt.Errorf("the process that handled it ended or stood still before it was done, %d times one after the other", deaths)

// verdict says what a handler's result means for the delivery.
type verdict int

const (
	handled  verdict = iota
	later            // not the event's fault: it comes again, and that does not count
	failed           // perhaps the event's fault: it comes again, and that counts
	hopeless         // no later try can mend it
)

// word names the verdict in figures.
func (v verdict) word() string {
	switch v {
	case handled:
		return "handled"
	case later:
		return "later"
	case failed:
		return "failed"
	default:
		return "given_up"
	}
}

// judge tells from a handler's error, and from whether this replica is stopping,
// whose fault it is.
func judge(err error, stopping bool) verdict {
	switch {
	case err == nil:
		return handled
	case stopping:
		return later
	case IsPermanent(err):
		return hopeless
	case errors.Is(err, ErrUnavailable):
		return later
	default:
		return failed
	}
}

// after is the note on a delivery once a handling has come to this verdict.
func (a attempt) after(mark string, v verdict, cause error, tries int) attempt {
	a = a.end(mark)
	switch v {
	case failed:
		a.Failed++
		if a.Failed >= tries {
			a = a.giveUp(cause)
		}
	case hopeless:
		a = a.giveUp(cause)
	}
	return a
}

// giveUp clears what began: whether telling ends the process too is counted anew.
func (a attempt) giveUp(cause error) attempt {
	if a.GivenUp == "" {
		a.GivenUp, a.Began = clip(cause.Error(), mostReason), nil
	}
	return a
}

// afterTelling is the note once the role was asked to tell whom it concerns.
func (a attempt) afterTelling(mark string, v verdict, cause error, tries int) attempt {
	a = a.end(mark)
	switch v {
	case failed:
		a.Untold++
	case hopeless:
		a.Untold = tries
	default:
		return a
	}
	a.Trouble = clip(cause.Error(), mostReason)
	return a
}

// endsProcesses reports whether an event was begun so often, without an end, that
// it must not be handled again.
func (a attempt) endsProcesses() bool { return len(a.Began) >= deaths }

// tellable reports whether the role is still to tell whom it concerns that this
// was given up. Telling may itself fail each time, or end the process.
func (a attempt) tellable(tries int) bool { return a.Untold < tries && !a.endsProcesses() }

// reason is what the dead letter says.
func (a attempt) reason(told bool) string {
	if told {
		return a.GivenUp
	}
	return a.GivenUp + "; what the role does when it gives up failed as well: " + cmp.Or(a.Trouble, errEnds.Error())
}

// pause is how long NATS waits before it delivers the event again.
func (a attempt) pause(v verdict, deliveries int) time.Duration {
	if v == failed { // many deliveries, after an outage, must not make it slow
		return redelivering.Delay(max(a.Failed, a.Untold))
	}
	return redelivering.Delay(deliveries)
}
