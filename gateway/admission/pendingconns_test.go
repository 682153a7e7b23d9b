package admission

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// crowd is an HTTP server with 16 seats for connections: four for one address, one of
// them its fair share.
type crowd struct {
	t      *testing.T
	conns  *pendingConns
	server *httptest.Server
	shed   atomic.Int64
	asked  atomic.Int64  // requests for /slow
	idled  atomic.Int64  // requests that the server is done with
	ahead  atomic.Int64  // nanoseconds by which the clock is fast
	hold   chan struct{} // requests for /slow are answered when it is closed
}

func newCrowd(t *testing.T, proxies ...netip.Prefix) *crowd {
	c := &crowd{t: t, hold: make(chan struct{})}
	c.conns = newPendingConns(proxies, 16, func(string) { c.shed.Add(1) }, func() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) })
	c.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			c.asked.Add(1)
			<-c.hold
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	c.server.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		if c.conns.state(conn, state); state == http.StateIdle {
			c.idled.Add(1)
		}
	}
	c.server.Start()
	t.Cleanup(c.server.Close)
	t.Cleanup(c.release)
	return c
}

func (c *crowd) release() {
	select {
	case <-c.hold:
	default:
		close(c.hold)
	}
}

// dials connects from an address, and sends what is given.
func (c *crowd) dials(from, send string) net.Conn {
	c.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	conn, err := d.Dial("tcp", c.server.Listener.Addr().String())
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, send); err != nil {
		c.t.Fatal(err)
	}
	return conn
}

const (
	whole = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	slow  = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
)

// answered reads the answer to a request, and reports whether there is one.
func (c *crowd) answered(conn net.Conn) bool {
	c.t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(bustest.Patience))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if isTimeout(err) {
		c.t.Fatal("neither answered nor closed")
	}
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusNoContent
}

// served is answered for a new connection, whose request is over for the server, too:
// until then it would be the latest of its address, and so the one that is safe.
func (c *crowd) served(from string) bool {
	c.t.Helper()
	before := c.idled.Load()
	if !c.answered(c.dials(from, whole)) {
		return false
	}
	bustest.Eventually(c.t, "the request to be over", func() bool { return c.idled.Load() > before })
	return true
}

func (c *crowd) counted(n int) {
	c.t.Helper()
	bustest.Eventually(c.t, "the connections to be counted", func() bool { return c.conns.direct.Taken()+c.conns.proxied.Taken() == n })
}

// Four addresses hold all connections: they ask for nothing, have asked for a page and
// stay, or send a header a byte at a time. Whoever comes from a fifth is served.
func TestFourAddressesDoNotCloseTheDoor(t *testing.T) {
	for what, send := range map[string]string{"connections that ask for nothing": "", "connections that stay": whole, "headers that come slowly": "GET / HT"} {
		t.Run(what, func(t *testing.T) {
			c := newCrowd(t)
			honest := c.dials("127.0.9.1", whole)
			if !c.answered(honest) {
				t.Fatal("an empty server does not answer")
			}
			for i := range 16 {
				conn := c.dials(fmt.Sprintf("127.0.%d.1", 1+i/4), send)
				if send == whole && !c.answered(conn) {
					t.Fatal("an attacker finds no room")
				}
				c.counted(min(i+2, 16))
			}
			for i := range 20 {
				if newcomer := c.dials("127.0.5.1", whole); !c.answered(newcomer) {
					t.Errorf("newcomer %d is not answered", i)
				} else {
					_ = newcomer.Close()
				}
			}
			if n := c.conns.direct.Taken(); n > 16 {
				t.Errorf("%d connections are in, of 16", n)
			}
			if c.shed.Load() == 0 {
				t.Error("nobody lost a connection")
			}
		})
	}
}

// An address that has all the connections it may have loses the one idle longest, not
// its newcomers: a thousand people may be behind it.
func TestAnAddressThatIsFullStillGetsIn(t *testing.T) {
	c := newCrowd(t)
	for range 4 {
		c.dials("127.0.0.1", "")
	}
	c.counted(4)
	for i := range 10 {
		if !c.answered(c.dials("127.0.0.1", whole)) {
			t.Errorf("request %d is not answered", i)
		}
	}
	c.counted(4)
}

// Requests that are being answered are not cut off for newcomers: of one address, its
// fair share.
func TestARequestInProgressIsNotCutOff(t *testing.T) {
	c := newCrowd(t)
	busy, shares := c.dials("127.0.9.1", slow), c.dials("127.0.1.1", slow)
	c.counted(2)
	bustest.Eventually(t, "both to be asked for", func() bool { return c.asked.Load() == 2 })
	for i := range 16 {
		c.dials(fmt.Sprintf("127.0.%d.1", 1+i/4), "")
	}
	c.counted(16)
	for range 8 {
		if !c.served("127.0.1.1") {
			t.Error("an address that is full is not answered")
		}
	}
	for i := range 20 {
		if !c.served("127.0.5.1") {
			t.Errorf("newcomer %d is not answered", i)
		}
	}
	c.release()
	if !c.answered(busy) {
		t.Error("the request was cut off")
	}
	if !c.answered(shares) {
		t.Error("the request of somebody who shares an attacker's address was cut off")
	}
}

// A proxy's connections are many people's: it may have all, and none is cut off that
// somebody may be waiting on.
func TestAProxyHasAllConnectionsAndLosesNoneThatIsUsed(t *testing.T) {
	c := newCrowd(t, netip.MustParsePrefix("127.0.0.0/8"))
	var used []net.Conn
	for range 16 {
		used = append(used, c.dials("127.0.0.1", slow))
	}
	bustest.Eventually(t, "them to be asked for", func() bool { return c.asked.Load() == 16 })
	c.ahead.Add(int64(time.Minute))
	if c.answered(c.dials("127.0.0.1", whole)) {
		t.Error("one too many is answered")
	}
	c.release()
	for i, conn := range used {
		if !c.answered(conn) {
			t.Errorf("connection %d was cut off", i)
		}
	}
	// Answered just now: the proxy may be sending the next request.
	bustest.Eventually(t, "them to be idle", func() bool {
		c.conns.mu.Lock()
		defer c.conns.mu.Unlock()
		for _, seat := range c.conns.in {
			if seat.Idle() > time.Minute/2 {
				return false
			}
		}
		return true
	})
	c.ahead.Add(int64(time.Second)) // who may be closed is judged again
	if c.answered(c.dials("127.0.0.1", whole)) {
		t.Error("a connection was cut off that was used just now")
	}
	c.ahead.Add(int64(time.Minute))
	if !c.answered(c.dials("127.0.0.1", whole)) {
		t.Error("none of the idle connections gives way")
	}
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}
