package gateway

import (
	"bytes"
	"slices"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/parley-chat/parley/pkg/bus/bustest"
)

func TestTheSlowestAreThoseWhoHoldMost(t *testing.T) {
	a, b, c := &socket{}, &socket{}, &socket{}
	for _, k := range []struct {
		bytes int64
		want  []*socket
	}{{-5, nil}, {0, nil}, {1, []*socket{b}}, {30, []*socket{b}}, {31, []*socket{b, c}}, {1000, []*socket{b, c, a}}} {
		var got []*socket
		for _, h := range slowest([]holder{{a, 10}, {b, 30}, {c, 20}}, k.bytes) {
			got = append(got, h.socket)
		}
		if !slices.Equal(got, k.want) {
			t.Errorf("to free %d bytes %d sockets are chosen, want %d", k.bytes, len(got), len(k.want))
		}
	}
}

// Clients who read nothing fill what the kernel holds for them, and then their
// queues. Together they may not hold more than the budget, whoever reads goes on,
// and what was held is given back.
func TestThoseWhoReadNothingHoldNoMoreThanTheBudgetTogether(t *testing.T) {
	var all []*socket
	shared := &budget{max: 4 << 20, sockets: func() []*socket { return all }}
	reader, client := pairWith(t, shared)
	all = append(all, reader)
	for range 12 {
		s, _ := pairWith(t, shared)
		all = append(all, s)
	}
	var got, most int64
	var reading sync.WaitGroup
	reading.Go(func() {
		for {
			if _, _, err := client.ReadMessage(); err != nil {
				return
			}
			got++
		}
	})
	frame := bytes.Repeat([]byte("x"), 16<<10)
	left := func() (n int) {
		for _, s := range all[1:] {
			if s.leaving() {
				n++
			}
		}
		return n
	}
	sent := int64(0)
	bustest.Eventually(t, "most of the slow to be sent away", func() bool {
		for range 8 {
			reader.sendPatiently(frame)
			sent++
			for _, s := range all[1:] {
				s.send(frame)
				most = max(most, shared.held.Load())
			}
		}
		return left() >= 10
	})
	if limit := shared.max/4*5 + int64(len(all)*len(frame)); most > limit {
		t.Errorf("%d bytes were held, more than %d", most, limit)
	}
	if reader.leaving() {
		t.Error("who reads was sent away")
	}
	for _, s := range all[1:] {
		s.abort()
	}
	reader.close(closeGoingAway, "the test ends")
	reading.Wait()
	if got != sent {
		t.Errorf("who reads got %d of %d frames", got, sent)
	}
	bustest.Eventually(t, "all that was held to be given back", func() bool { return shared.held.Load() == 0 })
}

// pairWith is pair with a budget that several share.
func pairWith(t *testing.T, b *budget) (*socket, *websocket.Conn) {
	t.Helper()
	s, c := pair(t)
	s.budget = b
	return s, c
}

// It is those who hold most that are sent away, not those who get the next frame.
func TestWhoHoldsMostIsSentAway(t *testing.T) {
	var all []*socket
	shared := &budget{max: 8 << 20, sockets: func() []*socket { return all }}
	heavy, _ := pairWith(t, shared)
	light, _ := pairWith(t, shared)
	all = []*socket{light, heavy}
	heavy.hold(6 << 20) // as what is shown to who catches up
	light.hold(2<<20 - 100)
	light.send([]byte("short"))
	if heavy.leaving() || light.leaving() {
		t.Error("somebody was sent away who is within the budget")
	}
	light.hold(100)
	light.send([]byte("one too many"))
	bustest.Eventually(t, "the heavy one to be sent away", heavy.leaving)
	if light.leaving() {
		t.Error("the light one was sent away")
	}
}

// Who sends half a large frame and no more holds memory, too.
func TestHalfAFrameCountsLikeWhatIsQueued(t *testing.T) {
	var all []*socket
	shared := &budget{max: 512 << 10, sockets: func() []*socket { return all }}
	var reading sync.WaitGroup
	for range 30 {
		s, client := pairWith(t, shared)
		all = append(all, s)
		w, err := client.NextWriter(websocket.TextMessage)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(bytes.Repeat([]byte("x"), 48<<10)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(bytes.Repeat([]byte("x"), 8<<10)); err != nil { // has the first part sent
			t.Fatal(err)
		}
	}
	for _, s := range all {
		reading.Go(func() {
			defer s.done()
			if _, err := s.read(nil); err == nil {
				t.Error("half a frame was read")
			}
		})
	}
	bustest.Eventually(t, "some to be sent away", func() bool {
		n := 0
		for _, s := range all {
			if s.leaving() {
				n++
			}
		}
		return n >= 10
	})
	bustest.Eventually(t, "the others to be within the budget", func() bool { return shared.held.Load() <= shared.max })
	for _, s := range all {
		s.abort()
	}
	reading.Wait()
	if n := shared.held.Load(); n != 0 {
		t.Errorf("%d bytes are held for nobody", n)
	}
}
