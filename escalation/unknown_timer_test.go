package escalation

import (
	"errors"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// It comes again for an hour, and does not count as a failure; then it becomes a dead
// letter, which a version that knows it can replay.
func TestATimerOfAnUnknownKindIsKeptForAnHour(t *testing.T) {
	w, err := New(Options{}, bustest.Conn(t))
	if err != nil {
		t.Fatal(err)
	}
	for since, permanent := range map[time.Duration]bool{0: false, 59 * time.Minute: false, 61 * time.Minute: true} {
		err := w.due(t.Context(), bus.Timer{Chat: chat.NewID(), Kind: "later", Due: time.Now().Add(-since)})
		if bus.IsPermanent(err) != permanent || errors.Is(err, bus.ErrUnavailable) == permanent {
			t.Errorf("%v after it was due: %v", since, err)
		}
	}
}
