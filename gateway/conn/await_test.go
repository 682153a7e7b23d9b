package conn_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// served collects the frames of a socket as a session reads them.
type served struct {
	mu     sync.Mutex // guards what follows
	frames []string
	ended  chan struct{}
}

func serve(s *conn.Socket) *served {
	got := &served{ended: make(chan struct{})}
	go func() {
		defer close(got.ended)
		for s.Await(); got.take(s); s.Await() {
		}
	}()
	return got
}

func (g *served) take(s *conn.Socket) (more bool) {
	defer s.Rest()
	if s.Resume() != nil {
		return false
	}
	for s.More() {
		data, err := s.Read(nil)
		if err != nil {
			return false
		}
		g.mu.Lock()
		g.frames = append(g.frames, string(data))
		g.mu.Unlock()
	}
	return true
}

func (g *served) all() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.frames)
}

// masked is a client's frame as it goes over the wire, with a mask that changes nothing.
func masked(first byte, payload string) []byte {
	head := []byte{first, 1<<7 | byte(len(payload))}
	if len(payload) > 125 {
		head = []byte{first, 1<<7 | 126, byte(len(payload) >> 8), byte(len(payload))}
	}
	return append(append(head, 0, 0, 0, 0), payload...)
}

const (
	wholeText, textBegins, goesOn, textEnds = 1<<7 | 1, 1, 0, 1 << 7
	wholePing, wholePong                    = 1<<7 | 9, 1<<7 | 10
)

// However the bytes come, the frames are read as they were sent.
func TestFramesAreReadHoweverTheyArrive(t *testing.T) {
	long := strings.Repeat("x", 20_000)
	stream := slices.Concat(
		masked(wholePong, ""), masked(wholeText, "one"), masked(wholePong, "late"), masked(wholePing, "?"),
		masked(textBegins, "tw"), masked(wholePong, ""), masked(goesOn, ""), masked(textEnds, "o"),
		masked(wholeText, long), masked(wholeText, ""), masked(wholePong, strings.Repeat("p", 125)), masked(wholeText, "last"),
	)
	want := []string{"one", "two", long, "", "last"}
	for _, part := range []int{1, 2, 7, 300, 4096, len(stream)} {
		t.Run(fmt.Sprint(part, " bytes at once"), func(t *testing.T) {
			t.Parallel()
			s, client := conntest.Pair(t)
			got := serve(s)
			for sent := range slices.Chunk(stream, part) {
				if _, err := client.NetConn().Write(sent); err != nil {
					t.Fatal(err)
				}
			}
			bustest.Eventually(t, "all frames to be read", func() bool { return len(got.all()) == len(want) })
			if all := got.all(); !slices.Equal(all, want) {
				t.Errorf("read %.80q, want %.80q", all, want)
			}
			// What comes after a rest is read, too, and so is the end.
			if err := client.WriteMessage(websocket.TextMessage, []byte("after a rest")); err != nil {
				t.Fatal(err)
			}
			bustest.Eventually(t, "the frame after a rest", func() bool { return len(got.all()) == len(want)+1 })
			_ = client.Close()
			<-got.ended
		})
	}
}

// A client that only answers pings needs no buffer and no handler, and its pongs count.
func TestPongsAloneKeepAConnection(t *testing.T) {
	s, client := conntest.Pair(t)
	unasked := make(chan struct{}, 10)
	s.Meter(func() (answer, end bool) { unasked <- struct{}{}; return true, false })
	got := serve(s)
	for range 3 {
		if _, err := client.NetConn().Write(masked(wholePong, "")); err != nil {
			t.Fatal(err)
		}
		<-unasked
	}
	if n := len(got.all()); n != 0 {
		t.Errorf("%d frames", n)
	}
	_ = client.Close()
	<-got.ended
}

// Many programs ping by themselves. That is answered, and leaves no worker and no buffer
// behind that wait for the next message.
func TestAPingLeavesNobodyWaiting(t *testing.T) {
	s, client := conntest.Pair(t)
	answers := make(chan string, 10)
	client.SetPongHandler(func(data string) error { answers <- data; return nil })
	go func() {
		for {
			if _, _, err := client.ReadMessage(); err != nil {
				return
			}
		}
	}()
	var workers conn.Workers
	dealt, ended := make(chan int, 10), make(chan struct{})
	go func() {
		defer close(ended)
		for more := true; more; {
			s.Await()
			workers.Do(func() {
				defer s.Rest()
				more = s.Resume() == nil
				for more && s.More() {
					_, err := s.Read(nil)
					more = err == nil
				}
			})
			dealt <- s.ReadBuffer()
		}
	}()
	// With a mask that changes something, as clients choose one.
	for _, said := range []string{"", "are you there?", strings.Repeat("p", 125)} {
		if err := client.WriteControl(websocket.PingMessage, []byte(said), time.Now().Add(bustest.Patience)); err != nil {
			t.Fatal(err)
		}
		select {
		case held := <-dealt:
			if held != 0 {
				t.Errorf("%d bytes are held after a ping", held)
			}
		case <-time.After(bustest.Patience):
			t.Fatal("a worker waits for what comes after a ping")
		}
		if got := <-answers; got != said {
			t.Errorf("a ping of %q is answered with %q", said, got)
		}
	}
	s.Abort()
	<-ended
	workers.Close()
}

func TestAnAwaitEndsWithTheSocket(t *testing.T) {
	s, client := conntest.Pair(t)
	got := serve(s)
	s.Abort()
	<-got.ended
	_ = client.SetReadDeadline(time.Now().Add(bustest.Patience))
	if _, err := client.NetConn().Read(make([]byte, 1)); !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
		t.Logf("the client reads %v", err)
	}
}

// Between frames nothing is held for a connection, but while one is half there.
func TestASilentSocketHoldsNoBuffer(t *testing.T) {
	s, client := conntest.Pair(t)
	if err := client.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte("x"), 100)); err != nil {
		t.Fatal(err)
	}
	s.Await()
	if err := s.Resume(); err != nil || !s.More() || s.ReadBuffer() == 0 {
		t.Fatalf("the frame is not there (%v), or there is no buffer", err)
	}
	if _, err := s.Read(nil); err != nil {
		t.Fatal(err)
	}
	if s.More() {
		t.Error("there is more than was sent")
	}
	if s.Rest(); s.ReadBuffer() != 0 {
		t.Errorf("it holds %d bytes", s.ReadBuffer())
	}
}
