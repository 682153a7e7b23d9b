package app

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/config"
)

// Profiles are served on PPROF_ADDR, to this machine, and on no other address.
func TestProfilesHaveAnAddressOfTheirOwn(t *testing.T) {
	get := func(url, host string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body)
	}
	s := &system{Config: config.Config{Addr: "127.0.0.1:0", HealthAddr: "127.0.0.1:0", PprofAddr: "127.0.0.1:0"}, log: zerolog.Nop()}
	end, err := s.observe(t.Context(), "gateway")
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	const path = "/debug/pprof/goroutine?debug=1"
	if status, body := get("http://"+s.profiles+path, ""); status != http.StatusOK || !strings.HasPrefix(body, "goroutine profile") {
		t.Errorf("on PPROF_ADDR: %d %s", status, body)
	}
	if status, body := get("http://"+s.profiles+path, "rebound.example"); status != http.StatusForbidden {
		t.Errorf("under another site's name: %d %s", status, body)
	}
	for _, probe := range s.health {
		if status, _ := get("http://"+probe.Addr()+path, ""); status == http.StatusOK {
			t.Errorf("%s serves profiles, too", probe.Addr())
		}
	}
}

func TestNoProfilesUnlessAskedFor(t *testing.T) {
	s := &system{Config: config.Config{Addr: "127.0.0.1:0"}, log: zerolog.Nop()}
	end, err := s.observe(t.Context(), "gateway")
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	if s.profiles != "" {
		t.Errorf("profiles are served on %s", s.profiles)
	}
}
