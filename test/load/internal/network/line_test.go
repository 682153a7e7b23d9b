package network_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/network"
)

// limit is far longer than anything here takes.
const limit = 2 * time.Minute

// server accepts connections and gives each to serve.
func server(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { defer func() { _ = c.Close() }(); serve(c) })
		}
	})
	t.Cleanup(func() { _ = listener.Close(); wg.Wait() })
	return listener.Addr().String()
}

func echo(c net.Conn) { _, _ = io.Copy(c, c) }

// lay returns a line to a server. It is closed before the server.
func lay(t *testing.T, serve func(net.Conn)) *network.Line {
	t.Helper()
	l, err := network.NewLine(server(t, serve))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func dial(t *testing.T, l *network.Line) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(limit)); err != nil {
		t.Fatal(err)
	}
	return c
}

func say(t *testing.T, c net.Conn, words string) {
	t.Helper()
	if _, err := io.WriteString(c, words); err != nil {
		t.Fatalf("write %q: %v", words, err)
	}
}

func hear(t *testing.T, c net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("heard %q (%v), want %q", got, err, want)
	}
}

// silent checks that nothing arrives for a while.
func silent(t *testing.T, c net.Conn) {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(150 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 1)); n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("heard %d bytes (%v), want silence", n, err)
	}
	if err := c.SetReadDeadline(time.Now().Add(limit)); err != nil {
		t.Fatal(err)
	}
}

// dead checks that the line has closed the connection.
func dead(t *testing.T, c net.Conn) {
	t.Helper()
	n, err := c.Read(make([]byte, 1))
	if n > 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("heard %d bytes (%v), want a dead connection", n, err)
	}
}

// refused checks that a new connection fails, immediately or soon.
func refused(t *testing.T, l *network.Line) {
	t.Helper()
	if c, err := net.Dial("tcp", l.Addr()); err == nil {
		_ = c.SetDeadline(time.Now().Add(limit))
		dead(t, c)
		_ = c.Close()
	}
}

func TestCutKillsConnectionsAndNewOnes(t *testing.T) {
	l := lay(t, echo)
	c := dial(t, l)
	say(t, c, "one")
	hear(t, c, "one")
	l.Cut()
	dead(t, c)
	refused(t, l)
	l.Heal()
	c = dial(t, l)
	say(t, c, "two")
	hear(t, c, "two")
}

func TestFreezeHoldsEverything(t *testing.T) {
	l := lay(t, echo)
	c := dial(t, l)
	say(t, c, "one")
	hear(t, c, "one")
	l.Freeze()
	say(t, c, "two")
	late := dial(t, l)
	say(t, late, "late")
	silent(t, c)
	silent(t, late)
	l.Heal()
	hear(t, c, "two")
	hear(t, late, "late")
}

func TestFrozenLineHidesThatTheServerEnded(t *testing.T) {
	left := make(chan struct{})
	l := lay(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1)); _, _ = io.WriteString(c, "bye"); <-left })
	c := dial(t, l)
	say(t, c, "x")
	hear(t, c, "bye")
	l.Freeze()
	close(left)
	silent(t, c)
	l.Heal()
	dead(t, c)
}

func TestCutEndsConnectionsThatWaitOnAFrozenLine(t *testing.T) {
	l := lay(t, echo)
	l.Freeze()
	c := dial(t, l)
	silent(t, c)
	l.Cut()
	dead(t, c)
}

func TestDelayIsPipelinedAndKeepsOrder(t *testing.T) {
	const delay = 200 * time.Millisecond
	l := lay(t, echo)
	c := dial(t, l)
	say(t, c, "warm")
	hear(t, c, "warm")
	l.Delay(delay)
	began := time.Now()
	pause := time.NewTicker(5 * time.Millisecond)
	defer pause.Stop()
	var all string
	const pieces = 100 // in flight at once
	for i := range pieces {
		piece := fmt.Sprint(i, " ")
		say(t, c, piece)
		all += piece
		<-pause.C
	}
	hear(t, c, all)
	switch took := time.Since(began); {
	case took < 2*delay:
		t.Errorf("there and back took %v, want at least %v", took, 2*delay)
	case took > pieces*delay: // half of the sum of all delays
		t.Errorf("there and back took %v: the delays add up", took)
	}
	l.Delay(time.Hour)
	say(t, c, "soon")
	silent(t, c)
	l.Heal()
	hear(t, c, "soon")
}

func TestToRedirectsNewConnections(t *testing.T) {
	name := func(s string) func(net.Conn) {
		return func(c net.Conn) { _, _ = io.WriteString(c, s); _, _ = io.Copy(io.Discard, c) }
	}
	l := lay(t, name("first"))
	c := dial(t, l)
	hear(t, c, "first")
	l.To(server(t, name("second")))
	silent(t, c)
	next := dial(t, l)
	hear(t, next, "second")
	_ = next.Close()
}

func TestAConnectionIsRefusedWhenNothingListens(t *testing.T) {
	l, err := network.NewLine("127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	refused(t, l)
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// Data arrives whole whatever is done to the line, unless it is cut.
func TestLargeDataArrivesComplete(t *testing.T) {
	const size = 24 << 20
	l := lay(t, echo)
	data := make([]byte, size)
	src := mrand.NewChaCha8(sha256.Sum256(nil))
	_, _ = src.Read(data)
	c := dial(t, l).(*net.TCPConn)
	if err := c.SetDeadline(time.Now().Add(2 * limit)); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := c.Write(data); err != nil {
			t.Error(err)
		}
		if err := c.CloseWrite(); err != nil {
			t.Error(err)
		}
	})
	done := make(chan struct{})
	wg.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			[]func(){l.Freeze, l.Heal, func() { l.Delay(5 * time.Millisecond) }, l.Heal}[i%4]()
			select {
			case <-tick.C:
			case <-done:
				l.Heal()
				return
			}
		}
	})
	got, err := io.ReadAll(c) // the end of the data arrives, too
	close(done)
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, data) {
		t.Errorf("%d bytes came back changed, of %d", len(got), size)
	}
}

// A reader that stalls stops the writer: the amount of buffered data is bounded.
func TestTheBufferIsBounded(t *testing.T) {
	hold := make(chan struct{})
	l := lay(t, func(net.Conn) { <-hold })
	defer close(hold)
	c := dial(t, l)
	if err := c.SetWriteDeadline(time.Now().Add(500 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	n, err := c.Write(make([]byte, 256<<20))
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d bytes were taken (%v), want a writer that waits", n, err)
	}
	l.Cut()
	dead(t, c)
}

// Across an ocean everything takes its time each way, and what is lost takes longer; nothing
// overtakes anything, and Heal ends a cut without making the line short.
func TestALineAcrossAnOceanIsSlowAndKeepsTheOrder(t *testing.T) {
	l := lay(t, echo)
	const far = 20 * time.Millisecond
	l.Far(far, .2)
	l.Cut()
	l.Heal()
	c := dial(t, l)
	var sent []byte
	began := time.Now()
	for i := range 50 {
		sent = append(sent, byte(i))
		if _, err := c.Write(sent[i:]); err != nil {
			t.Fatal(err)
		}
	}
	came := make([]byte, len(sent))
	_ = c.SetReadDeadline(time.Now().Add(limit))
	if _, err := io.ReadFull(c, came); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); !bytes.Equal(sent, came) || took < 2*far {
		t.Errorf("after %v there came %v", took, came)
	}
	if n := l.Crossed(); n != int64(2*len(sent)) {
		t.Errorf("%d bytes crossed", n)
	}
}
