package bus

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// What happens to a delivery is decided here, apart from everything that can fail.

const (
	// defaultTries is Consumer.Tries if that is 0.
	defaultTries = 5

	// untrackedTries is how many deliveries of an event are handled without recording
	// that a handler started: the usual case costs nothing.
	untrackedTries = 2

	// maxCrashes is how many handlers that started and never returned prove that the
	// event is what crashes the process. An operator's kill -9, or a paused replica,
	// leaves one behind; it would take three in a row on the same event, each at its
	// third delivery or later, to blame it wrongly.
	maxCrashes = 3
)

// errCrashLoop is why an event is given up that no handler ever returned from.
var errCrashLoop = fmt.Errorf("the process that handled it ended or stopped responding before it was done, %d times in a row", maxCrashes)

// outcome is what a handler's result means for the delivery.
type outcome int

const (
	ack          outcome = iota
	retry                // not the event's fault: it is delivered again, uncounted
	retryCounted         // perhaps the event's fault: it is delivered again, and that counts
	terminate            // no retry can succeed
)

// label is the outcome's name in metrics.
func (o outcome) label() string {
	switch o {
	case ack:
		return "handled"
	case retry:
		return "later"
	case retryCounted:
		return "failed"
	default:
		return "given_up"
	}
}

// outcomeOf decides by a handler's error, and by whether this replica is stopping,
// whose fault a failure is.
func outcomeOf(err error, stopping bool) outcome {
	switch {
	case err == nil:
		return ack
	case stopping:
		return retry
	case IsPermanent(err):
		return terminate
	case errors.Is(err, ErrUnavailable):
		return retry
	default:
		return retryCounted
	}
}

// after returns the record once a handler ended with this outcome.
func (a attempt) after(mark string, o outcome, cause error, tries int) attempt {
	a = a.end(mark)
	switch o {
	case retryCounted:
		a.Failed++
		if a.Failed >= tries {
			a = a.giveUp(cause)
		}
	case terminate:
		a = a.giveUp(cause)
	}
	return a
}

// giveUp also clears InFlight: crashes of the notification are counted from zero.
func (a attempt) giveUp(cause error) attempt {
	if a.GivenUp == "" {
		a.GivenUp, a.InFlight = clip(cause.Error(), maxReason), nil
	}
	return a
}

// afterNotify returns the record once Consumer.GaveUp ended with this outcome.
func (a attempt) afterNotify(mark string, o outcome, cause error, tries int) attempt {
	a = a.end(mark)
	switch o {
	case retryCounted:
		a.NotifyFailures++
	case terminate:
		a.NotifyFailures = tries
	default:
		return a
	}
	a.NotifyError = clip(cause.Error(), maxReason)
	return a
}

// crashLoops reports whether handlers started on the event so often, without
// returning, that it must not be handled again.
func (a attempt) crashLoops() bool { return len(a.InFlight) >= maxCrashes }

// mayNotify reports whether Consumer.GaveUp is still to be called. It may itself fail
// each time, or crash the process.
func (a attempt) mayNotify(tries int) bool { return a.NotifyFailures < tries && !a.crashLoops() }

// reason is what the dead letter says.
func (a attempt) reason(notified bool) string {
	if notified {
		return a.GivenUp
	}
	return a.GivenUp + "; what the role does when it gives up failed as well: " + cmp.Or(a.NotifyError, errCrashLoop.Error())
}

// pause is how long NATS waits before it delivers the event again.
func (a attempt) pause(o outcome, deliveries int) time.Duration {
	if o == retryCounted { // the many deliveries of an outage must not slow this down
		return redelivering.Delay(max(a.Failed, a.NotifyFailures))
	}
	return redelivering.Delay(deliveries)
}
