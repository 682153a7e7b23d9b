package api_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parley-chat/parley/gateway/api"
	"github.com/parley-chat/parley/gateway/limit"
)

func TestASiteIsToldWhetherItMayShowTheChat(t *testing.T) {
	var logged []string
	h := api.New(api.Options{
		Framed:  func(r *http.Request) bool { return r.Header.Get("Origin") == "https://shop.example" },
		Blocked: func(_ *http.Request, why limit.Blocked) { logged = append(logged, why.Cure) },
	})
	for origin, want := range map[string]string{"https://shop.example": "export const framed = true;\nexport const face = {};\n", "https://thief.example": "export const framed = false;\nexport const face = {};\n"} {
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
	if len(logged) != 1 || !strings.Contains(logged[0], "https://thief.example is not in ALLOWED_ORIGINS") {
		t.Errorf("the log says %q", logged)
	}
}

func TestAdminsReadHowASiteEmbedsTheChat(t *testing.T) {
	s := start(t)
	admin, grace := s.browser("192.0.2.1"), s.browser("192.0.2.2")
	admin.wantCode("before signing in", admin.do("GET", "/api/embed", ""), 401, "not_signed_in")
	admin.login("admin", adminPassword)
	admin.want("an agent is made", admin.do("POST", "/api/agents", `{"user":"grace","name":"Grace","role":"agent","password":"`+gracePassword+`"}`), 201, `{"user":"grace"}`)
	grace.login("grace", gracePassword)
	grace.wantCode("an agent is no admin", grace.do("GET", "/api/embed?site=shop.example", ""), 403, "not_allowed")
	admin.want("what is set", admin.do("GET", "/api/embed", ""), 200, `{"allowed":[]}`)
	admin.wantCode("no site", admin.do("GET", "/api/embed?site=no+address", ""), 400, "bad_request")
	if got := admin.do("GET", "/api/embed?site=shop.example/contact", ""); got.status != 200 || !strings.Contains(got.body, `"site":"https://shop.example"`) || !strings.Contains(got.body, `"line":"ALLOWED_ORIGINS=https://shop.example"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
}
