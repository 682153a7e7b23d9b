package api_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/parley-chat/parley/gateway/api"
)

func TestASiteIsToldWhetherItMayShowTheChat(t *testing.T) {
	h := api.New(api.Options{Framed: func(r *http.Request) bool { return r.Header.Get("Origin") == "https://shop.example" }})
	for origin, want := range map[string]string{"https://shop.example": "export const framed = true;\n", "https://thief.example": "export const framed = false;\n"} {
		r := httptest.NewRequest(http.MethodGet, "/api/framed.js", nil)
		r.Header.Set("Origin", origin)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		body, _ := io.ReadAll(w.Body)
		if w.Code != http.StatusOK || string(body) != want {
			t.Errorf("%s reads %d %q, want %q", origin, w.Code, body, want)
		}
		// Every site may read it, also one that isolates itself.
		for name, value := range map[string]string{"Content-Type": "text/javascript; charset=utf-8", "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "no-store"} {
			if got := w.Header().Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", origin, name, got, value)
			}
		}
	}
}
