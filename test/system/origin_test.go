package system_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

// A page of another site reads the same wherever it asks.
func TestAnotherSiteIsRefusedEverywhereWithOneCode(t *testing.T) {
	g := newSystem(t).gateway()
	for _, c := range []struct{ method, path string }{
		{http.MethodGet, "/ws"}, {http.MethodGet, "/ws/agent"}, {http.MethodPost, "/api/login"}, {http.MethodPost, "/api/logout"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, g.url+c.path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", "https://evil.example")
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var no bus.Refusal
		err = json.NewDecoder(resp.Body).Decode(&no)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusForbidden || no.Code != codes.BadOrigin || no.Message == "" {
			t.Errorf("%s %s: %s with %+v, %v; want 403 with %s", c.method, c.path, resp.Status, no, err, codes.BadOrigin)
		}
	}
}
