package app

import (
	"net/http"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/config"
)

// Between the moment in which a gateway can work and that in which it takes its
// listener over, HEALTH_ADDR says that it is ready, and who asks for a page on ADDR is
// told to come again: that there is none would be believed.
func TestWhoComesAMomentTooEarlyIsToldToComeAgain(t *testing.T) {
	s := &system{Config: config.Config{Addr: "127.0.0.1:0", HealthAddr: "127.0.0.1:0"}, log: zerolog.Nop()}
	end, err := s.observe(t.Context(), "gateway")
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	s.health.except(s.front).Began(func() error { return nil })
	for _, c := range []struct {
		addr, path string
		status     int
	}{
		{s.front.Addr(), "/api/login", http.StatusServiceUnavailable},
		{s.health[1].Addr(), "/readyz", http.StatusOK},
	} {
		resp, err := http.Get("http://" + c.addr + c.path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != c.status {
			t.Errorf("%s is answered %s, want %d", c.path, resp.Status, c.status)
		}
	}
}
