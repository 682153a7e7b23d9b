package app

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealthAsksWhereTheRoleAnswers(t *testing.T) {
	var asked string
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked = r.URL.Path }))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	for _, c := range []struct{ addr, healthAddr, arg, path string }{
		{":" + port, "", "", "/readyz"},
		{"0.0.0.0:" + port, "", "live", "/healthz"},
		{":1", "127.0.0.1:" + port, "", "/readyz"},
		{":1", "[::]:" + port, "live", "/healthz"},
	} {
		t.Setenv("ADDR", c.addr)
		t.Setenv("HEALTH_ADDR", c.healthAddr)
		// A fault and a proxy that don't concern this command.
		t.Setenv("STREAMS", "many")
		t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
		asked = ""
		if err := Health(t.Context(), strings.Fields(c.arg)); err != nil || asked != c.path {
			t.Errorf("%+v: %v, asked for %q", c, err, asked)
		}
	}
}

func TestHealthSaysWhatIsWrong(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "NATS is down\nfor a while", http.StatusServiceUnavailable)
	}))
	defer s.Close()
	const closed = "127.0.0.1:1" // one that was free a moment ago may be somebody else's now
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	for _, c := range []struct{ addr, arg, want string }{
		{s.Listener.Addr().String(), "", "503 Service Unavailable: NATS is down"},
		{closed, "", "nobody answers on " + closed},
		{silent.Addr().String(), "", "gave no answer within"},
		{"here", "", `"here" is not an address`},
		{":8080", "dead", `"dead" is neither`},
	} {
		t.Setenv("ADDR", c.addr)
		t.Setenv("HEALTH_ADDR", "")
		if err := Health(t.Context(), strings.Fields(c.arg)); ExitCode(err) != 1 || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q %q: %v; want %q and exit code 1", c.addr, c.arg, err, c.want)
		}
	}
}
