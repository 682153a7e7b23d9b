package compose

import (
	"net"
	"net/http"
	"testing"
)

// Somebody holds all the connections that a gateway allows to one address. An unanswered
// probe would get the gateway killed, with all its visitors: HEALTH_ADDR has nothing to do
// with what happens at ADDR. And with it set, ADDR, which is open to the world, reveals
// nothing.
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
	crowd(1200) // one address gets a quarter of 4,000, and those that sit there idle give way
	alone := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := alone.Get("http://" + addr + "/")
	if err != nil {
		t.Fatalf("the crowd keeps a visitor out: %v", err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("beside the crowd a visitor gets %s", resp.Status)
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
