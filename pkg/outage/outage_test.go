package outage_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/outage"
)

// line is one line of the log.
type line struct{ Level, Message, Error, For string }

func lines(t *testing.T, log *bytes.Buffer) (all []line) {
	t.Helper()
	for text := range strings.Lines(log.String()) {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	log.Reset()
	return all
}

func wait(d time.Duration) { <-time.After(d) }

// Two minutes of eight streams that retry every half second are three lines.
func TestAnOutageIsLoggedOnceThenAsRemindersAndAtItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		w := outage.New(zerolog.New(&log), "NATS", "nobody is answered", 0)
		w.Up()
		for range 240 {
			for range 8 {
				w.Down(errors.New("the connection is refused"))
			}
			wait(500 * time.Millisecond)
		}
		w.Up()
		w.Up()
		got := lines(t, &log)
		want := []line{
			{"warn", "NATS is down: nobody is answered; retrying until it is back", "the connection is refused", ""},
			{"warn", "NATS is still down: nobody is answered; retrying until it is back", "the connection is refused", "1m0s"},
			{"info", "NATS is back", "", "2m0s"},
		}
		if len(got) != len(want) {
			t.Fatalf("logged %v", got)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("logged %v, want %v", got[i], want[i])
			}
		}
	})
}

// A long outage is logged every ten minutes, so that the latest lines show it.
func TestALongOutageIsLoggedAgainWithGrowingPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		w := outage.New(zerolog.New(&log), "The store", "nothing is stored", 0)
		var logged []time.Duration
		began := time.Now()
		for range 3600 {
			w.Down(errors.New("no answer"))
			if len(lines(t, &log)) > 0 {
				logged = append(logged, time.Since(began).Round(time.Minute))
			}
			wait(time.Second)
		}
		want := []int{0, 1, 3, 7, 15, 25, 35, 45, 55} // minutes
		if len(logged) != len(want) {
			t.Fatalf("it was logged after %v", logged)
		}
		for i := range want {
			if logged[i] != time.Duration(want[i])*time.Minute {
				t.Errorf("it was logged after %v, want %v minutes", logged, want)
			}
		}
	})
}

func TestANewReasonIsLoggedAtOnce(t *testing.T) {
	var log bytes.Buffer
	w := outage.New(zerolog.New(&log), "NATS", "nobody is answered", 0)
	for range 5 {
		w.Down(errors.New("the connection is refused"))
		w.Down(errors.New("the password is refused"))
	}
	if got := lines(t, &log); len(got) != 2 || got[1].Error != "the password is refused" {
		t.Errorf("logged %v", got)
	}
	if err := w.Err(); err == nil || !strings.HasPrefix(err.Error(), "NATS has been down for ") || !strings.HasSuffix(err.Error(), ": the password is refused") {
		t.Errorf("it is down: %v", err)
	}
	w.Up()
	if err := w.Err(); err != nil {
		t.Errorf("when up: %v", err)
	}
}

func TestAShortOutageIsNotLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		w := outage.New(zerolog.New(&log), "A stream", "nothing comes from it", 5*time.Second)
		fails := func(d time.Duration) {
			for began := time.Now(); time.Since(began) < d; wait(time.Second) {
				w.Down(errors.New("no leader"))
			}
			w.Up()
		}
		fails(4 * time.Second)
		if got := lines(t, &log); len(got) != 0 {
			t.Errorf("logged %v", got)
		}
		fails(8 * time.Second)
		if got := lines(t, &log); len(got) != 2 || got[1].For != "8s" {
			t.Errorf("logged %v", got)
		}
	})
}

func TestLinesOfOneKindAreThinnedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		logger := zerolog.New(&log)
		var s outage.Sampled
		for range 20 {
			for range 50 {
				s.Line("frame", logger.Warn()).Msg("a frame could not be served")
			}
			wait(time.Second)
		}
		s.Line("call", logger.Warn()).Msg("a call failed")
		text := log.String()
		if got := lines(t, &log); len(got) != 3 || !strings.Contains(text, `"left_out":499`) {
			t.Errorf("logged %s", text)
		}
	})
}
