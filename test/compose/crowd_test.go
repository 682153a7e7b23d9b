package compose

import (
	"context"
	"net"
	"net/http"
	"testing"

	"github.com/parley-chat/parley/test/internal/wait"
)

// Somebody holds all the connections that an address gets at a gateway. Whoever asks
// how it is from there is not let in, and a probe that is not answered would have it
// ended, with all its visitors. On HEALTH_ADDR nobody stands in the way; and on ADDR,
// which all the world may ask, nothing is told then.
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
			t.Errorf("visitors who ask for %s are answered %s", path, resp.Status)
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
	crowd(1000) // of 4,000 an address gets a quarter
	alone := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	err := wait.Until(t.Context(), patience, "the crowd fills the gateway", func(context.Context) string {
		crowd(100) // who asks for nothing is sent away after ten seconds
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
			t.Errorf("%s is answered %s", path, resp.Status)
		}
	}
}
