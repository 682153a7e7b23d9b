package admission

import (
	"slices"
	"time"
)

const (
	// placeHeld is how long a place is held for a frame that is not retried: the client
	// may have dropped it.
	placeHeld = 30 * time.Second
	// maxPlaces bounds the places of one connection. Frames beyond that are refused
	// without a place.
	maxPlaces = 1000
	// nextLook is the shortest wait that a frame with a place is given.
	nextLook = 100 * time.Millisecond
	// maxPassed bounds the remembered ids of frames whose turn has come.
	maxPassed = 32
)

// retryOrder is the order of the frames that were refused for now and are to be
// retried. Until the first of them comes, those behind it are refused too: otherwise
// they would be stored before it.
type retryOrder struct {
	ids   []string
	again time.Time // when the first may be retried
	until time.Time // when its place is given up
	// passed are the last frames whose turn has come. A client that retries more than it
	// must may repeat them: they get no place, since nobody would claim it.
	passed []string
}

// holds returns how long the frame has to wait for the one before it, or 0 if it is its
// turn. A frame that waits gets a place.
func (t *retryOrder) holds(id string, now time.Time) time.Duration {
	// Whoever comes late keeps the place: nobody was let past it meanwhile. (A gateway that stood
	// still for longer reads all that was resent in the order in which it came.)
	for len(t.ids) > 0 && t.ids[0] != id && now.After(t.until) {
		t.pop(now)
	}
	if len(t.ids) == 0 || t.ids[0] == id || slices.Contains(t.passed, id) {
		return 0
	}
	if len(t.ids) < maxPlaces && !slices.Contains(t.ids, id) {
		t.ids = append(t.ids, id)
	}
	return max(t.again.Sub(now), nextLook)
}

// refused gives the frame, whose turn it was, the first place.
func (t *retryOrder) refused(id string, now time.Time, wait time.Duration) {
	if slices.Contains(t.passed, id) || len(t.ids) > 0 && t.ids[0] != id {
		return // a repetition: the first one waits as before
	}
	if len(t.ids) == 0 {
		t.ids = []string{id}
	}
	t.again, t.until = now.Add(wait), now.Add(wait+placeHeld)
}

// done gives the place of the frame, whose turn it was, to the next one.
func (t *retryOrder) done(id string) {
	if len(t.ids) > 0 && t.ids[0] == id {
		t.pop(time.Now())
		t.passed = append(t.passed[max(0, len(t.passed)-maxPassed+1):], id)
	}
}

// pop removes the first frame.
func (t *retryOrder) pop(now time.Time) {
	t.ids = t.ids[1:]
	t.again, t.until = now, now.Add(placeHeld)
}
