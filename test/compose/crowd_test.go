package compose

import (
	"context"
	"net"
	"net/http"
	"testing"

	"github.com/parley-chat/parley/test/internal/wait"
)

// Somebody holds all the connections that a gateway allows to one address. A probe from
// that address is not let in, and an unanswered probe would get the gateway killed, with
// all its visitors. HEALTH_ADDR can't be blocked like that; and with it set, ADDR, which
// is open to the world, reveals nothing.
func TestACrowdAtTheGatewayKeepsNoProbeOut(t *testing.T) {
	t.Parallel()
	addr, health := freeAddress(t), freeAddress(t)
	p := start(t, parley(t, []string{"NATS_URL=nats://parley:theright@" + startNATS(t, "theright"), "ADDR=" + addr, "HEALTH_ADDR=" + health}, "gateway"))
	p.says(t, `"message":"running"`)
	readyz(t, health, "ready")
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		resp, err := http.Get("http://" + addr + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("visitors that request %s get %s", path, resp.Status)
		}
	}
	crowd := func(n int) {
		for range n {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
		}
	}
	crowd(1000) // one address gets a quarter of 4,000
	alone := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	err := wait.Until(t.Context(), patience, "the crowd fills the gateway", func(context.Context) string {
		crowd(100) // connections without a request are closed after ten seconds
		resp, err := alone.Get("http://" + addr + "/")
		if err != nil {
			return ""
		}
		_ = resp.Body.Close()
		return "it answers " + resp.Status
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		resp, err := alone.Get("http://" + health + path)
		if err != nil {
			t.Fatalf("%s is not answered: %v", path, err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s gets %s", path, resp.Status)
		}
	}
}
