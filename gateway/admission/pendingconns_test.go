package admission

import (
	"errors"
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

// Connections that ask for nothing are bounded, and one address can't take all.
func TestConnectionsThatAskForNothingAreBounded(t *testing.T) {
	for _, c := range []struct {
		what    string
		proxies []netip.Prefix
		want    int
	}{
		{"one address", nil, 2},
		{"a proxy", []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, 8},
	} {
		t.Run(c.what, func(t *testing.T) {
			var refused atomic.Int64
			s := newPendingConns(c.proxies, 8, func() { refused.Add(1) })
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
			server.Config.ConnState = s.state
			server.Start()
			t.Cleanup(server.Close)
			var silent []net.Conn
			dial := func() net.Conn {
				conn, err := net.Dial("tcp", server.Listener.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = conn.Close() })
				return conn
			}
			for range c.want {
				silent = append(silent, dial())
			}
			bustest.Eventually(t, "them to be counted", func() bool { s.mu.Lock(); defer s.mu.Unlock(); return len(s.in) == c.want })
			over := dial()
			_ = over.SetReadDeadline(time.Now().Add(10 * time.Second))
			if n, err := over.Read(make([]byte, 1)); n != 0 || errors.Is(err, io.ErrNoProgress) || isTimeout(err) {
				t.Errorf("one too many is kept: %v", err)
			}
			if refused.Load() != 1 {
				t.Errorf("%d were refused", refused.Load())
			}
			_ = silent[0].Close()
			bustest.Eventually(t, "room for a request", func() bool {
				resp, err := http.Get(server.URL)
				if err != nil {
					return false
				}
				_ = resp.Body.Close()
				return resp.StatusCode == http.StatusNoContent
			})
		})
	}
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}
