package limit

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestWhatPeopleWriteAsABasePathIsTakenOrRefused(t *testing.T) {
	for given, want := range map[string]string{
		"": "", "/": "", "//": "", "/chat": "/chat", "/chat/": "/chat", "chat": "/chat", " /chat/ ": "/chat", "/help/Chat_2.0-b": "/help/Chat_2.0-b", "/wsx": "/wsx", "/static2": "/static2",
	} {
		if got, err := ParseBase(given); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", given, got, err, want)
		}
	}
	for _, bad := range []string{"https://example.org/chat", "/a b", "/a//b", "/../a", "/.a", "/chat?x", "/chat#x", "/ä", "/a%2Fb", "/api", "/static/chat", "/ws", "/agent", "/ops/chat", "/widget.js", "/healthz", "/metrics", "/\x00", `/"><script>`, "/" + strings.Repeat("a", 300)} {
		if got, err := ParseBase(bad); err == nil {
			t.Errorf("%q is taken as %q", bad, got)
		}
	}
}

func TestPublicURLAndBasePathAgree(t *testing.T) {
	for _, c := range []struct{ public, base, url, path string }{
		{"https://example.org/chat", "", "https://example.org/chat", "/chat"},
		{"https://example.org/chat/", "/chat", "https://example.org/chat", "/chat"},
		{"https://example.org", "/chat", "https://example.org/chat", "/chat"},
		{"https://example.org/", "/chat", "https://example.org/chat", "/chat"},
		{"", "/chat", "", "/chat"},
		{"https://example.org", "", "https://example.org", ""},
	} {
		s, err := NewSite(c.public, c.base, ":8080")
		if err != nil || s.URL() != c.url || s.Base() != c.path {
			t.Errorf("PUBLIC_URL=%s BASE_PATH=%s: %v, %v", c.public, c.base, s, err)
		}
	}
	if _, err := NewSite("https://example.org/help", "/chat", ":8080"); err == nil || !strings.Contains(err.Error(), "/help") || !strings.Contains(err.Error(), "BASE_PATH is /chat") {
		t.Errorf("two paths: %v", err)
	}
	r := httptest.NewRequest(http.MethodGet, "/chat/ws", nil)
	r.Host = "example.org"
	r.Header.Set("Origin", "https://example.org")
	s, err := NewSite("https://example.org/chat", "", ":8080")
	if err != nil || !s.OriginAllowed(r, nil, nil) || s.Forged(r) {
		t.Error("a page below the path is not ours")
	}
}

// It is served below the base path; and at the root, for proxies that take the path away.
func TestEverythingIsServedBelowTheBasePath(t *testing.T) {
	s, err := NewSite("", "/help/chat", ":8080")
	if err != nil {
		t.Fatal(err)
	}
	h := s.Below(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Path", r.URL.Path) }))
	for at, want := range map[string]string{
		"/help/chat/": "/", "/help/chat/ws": "/ws", "/help/chat/api/agents/a%2Fb": "/api/agents/a/b", "/help/chat/help/chat/": "/help/chat/",
		"/": "/", "/ws": "/ws", "/help/chatter": "/help/chatter", "/help/": "/help/",
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, at, nil))
		if got := w.Header().Get("X-Path"); w.Code != http.StatusOK || got != want {
			t.Errorf("%s is served as %q, %d; want %q", at, got, w.Code, want)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/help/chat?embed=1", nil))
	if w.Code != http.StatusPermanentRedirect || w.Header().Get("Location") != "/help/chat/?embed=1" {
		t.Errorf("the path alone: %d, %s", w.Code, w.Header().Get("Location"))
	}
}
