package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// blockedLine is what the log says about a refused request.
type blockedLine struct {
	Level, Message, Cause, Path, Origin, Host, From, Header, Peer string
	ForwardedHost                                                 string `json:"forwarded_host"`
}

// front is a gateway's handler, with its log.
func front(t *testing.T, change func(*Options)) (http.Handler, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	pages := fstest.MapFS{}
	for _, name := range []string{"index.html", "agent.html", "ops.html", "embed.html", "settings.html", "widget.js"} {
		pages[name] = &fstest.MapFile{Data: []byte(`<link href="/static/widget.js">`)}
	}
	opts := Options{Metrics: prometheus.NewRegistry(), Pages: pages, VisitorAuth: "claim", RatePerConnection: 100, RatePerAddress: 100, Log: zerolog.New(&log)}
	change(&opts)
	g := New(opts, bustest.Conn(t))
	serving, stop := context.WithCancel(t.Context())
	if _, err := g.open(t.Context(), serving); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- g.hub.Run() }()
	t.Cleanup(func() { stop(); <-done })
	h, err := g.handler(serving)
	if err != nil {
		t.Fatal(err)
	}
	log.Reset()
	return h, &log
}

// Whatever a proxy or another site makes of a request, the log says why it was refused, with
// the cure, once a minute for each cause, however often it is refused.
func TestWhatIsRefusedBeforeAnybodyIsAskedForIsInTheLogWithItsCure(t *testing.T) {
	upgrade := map[string]string{"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
	for _, c := range []struct {
		what, method, path, host, origin string
		headers                          map[string]string
		public                           string
		status                           int
		cause, cure                      string
	}{
		{"no Upgrade", http.MethodGet, "/ws", "chat.example", "https://chat.example", nil, "", http.StatusUpgradeRequired, "upgrade", "proxy_set_header Upgrade $http_upgrade"},
		{"no Upgrade for the console", http.MethodGet, "/ws/agent", "chat.example", "https://chat.example", nil, "", http.StatusUpgradeRequired, "upgrade", "proxy_set_header Upgrade"},
		{"no Upgrade and no Origin", http.MethodGet, "/ws", "chat.example", "", nil, "", http.StatusUpgradeRequired, "upgrade", "proxy_set_header Upgrade"},
		{"another method", http.MethodPost, "/ws", "chat.example", "", nil, "", http.StatusUpgradeRequired, "upgrade", "proxy_set_header Upgrade"},
		{"CONNECT", http.MethodConnect, "/ws", "chat.example", "", nil, "", http.StatusUpgradeRequired, "upgrade", "HTTP/1.1"},
		{"a changed Host", http.MethodGet, "/ws", "127.0.0.1:8080", "https://chat.example", upgrade, "", http.StatusForbidden, "host", "proxy_set_header Host $http_host"},
		{"a changed Host for the console", http.MethodGet, "/ws/agent", "parley:8080", "https://chat.example", upgrade, "", http.StatusForbidden, "host", "ProxyPreserveHost On"},
		{"a Host without its port", http.MethodGet, "/ws", "chat.example", "https://chat.example:8443", upgrade, "", http.StatusForbidden, "port", "$http_host"},
		{"another path", http.MethodGet, "/", "chat.example", "https://chat.example", upgrade, "", http.StatusOK, "path", "nothing after the port in proxy_pass"},
		{"a base path that is not set", http.MethodGet, "/chat/ws", "chat.example", "https://chat.example", upgrade, "", http.StatusNotFound, "path", "BASE_PATH=/chat"},
		{"another site", http.MethodGet, "/ws", "chat.example", "https://evil.example", upgrade, "https://chat.example", http.StatusForbidden, "origin", "ALLOWED_ORIGINS"},
		{"a sign-in with a changed Host", http.MethodPost, "/api/login", "127.0.0.1:8080", "https://chat.example", nil, "", http.StatusForbidden, "host", "$http_host"},
		{"a sign-in from another site", http.MethodPost, "/api/login", "chat.example", "https://chat.example", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, "https://chat.example", http.StatusForbidden, "origin", "https://evil.example"},
		{"a sign-in without TLS", http.MethodPost, "/api/login", "192.0.2.7:8080", "http://192.0.2.7:8080", nil, "https://chat.example", http.StatusForbidden, "insecure", "https://chat.example/agent"},
	} {
		t.Run(c.what, func(t *testing.T) {
			site, err := limit.NewSite(c.public, "", ":8080")
			if err != nil {
				t.Fatal(err)
			}
			h, log := front(t, func(o *Options) { o.Site = site })
			for range 30 {
				r := httptest.NewRequest(c.method, "http://x"+c.path, strings.NewReader("{}"))
				r.URL.Path, r.Host, r.RemoteAddr = c.path, c.host, "198.51.100.9:4711"
				r.Header.Set("X-Forwarded-Host", "\x1b[31m"+strings.Repeat("h", 500))
				r.Header.Set("Content-Type", "application/json")
				if c.origin != "" {
					r.Header.Set("Origin", c.origin)
				}
				for name, value := range c.headers {
					r.Header.Set(name, value)
				}
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != c.status {
					t.Fatalf("answered %d: %s", w.Code, w.Body)
				}
			}
			var line blockedLine
			if err := json.Unmarshal(log.Bytes(), &line); err != nil {
				t.Fatalf("the log is not one line: %v\n%s", err, log)
			}
			if line.Level != "warn" || line.Cause != c.cause || !strings.Contains(line.Message, c.cure) || line.Host != c.host || line.From != "198.51.100.9" || line.Path != c.path || len(line.ForwardedHost) > 130 || strings.Contains(line.ForwardedHost, "\x1b") {
				t.Errorf("the log says %+v", line)
			}
		})
	}
}

// A page whose connections fail asks why, as browsers hide it from the page.
func TestAPageCanAskWhetherAConnectionWouldBeAccepted(t *testing.T) {
	h, log := front(t, func(o *Options) { o.MaxConnections = 4 })
	for _, path := range []string{"/ws", "/ws/agent"} {
		want := map[string]int{"/ws": http.StatusNoContent, "/ws/agent": http.StatusUnauthorized}[path]
		for range 50 { // it takes no seat
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path+"?check", nil))
			if w.Code != want {
				t.Fatalf("%s: %d %s", path, w.Code, w.Body)
			}
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/ws?check", nil)
	r.Header.Set("Origin", "https://evil.example")
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusForbidden {
		t.Errorf("a page of another site: %d", w.Code)
	}
	if strings.Contains(log.String(), `"upgrade"`) {
		t.Errorf("the question itself is in the log: %s", log)
	}
}

// The headers of a proxy that is not trusted are not believed, and the log says so.
func TestAProxyThatIsNotTrustedIsInTheLog(t *testing.T) {
	for _, header := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"} {
		h, log := front(t, func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")} })
		open := func(from string) {
			r := httptest.NewRequest(http.MethodGet, "/ws", nil)
			r.RemoteAddr = from
			for name, value := range map[string]string{"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13", header: "x"} {
				r.Header.Set(name, value)
			}
			h.ServeHTTP(httptest.NewRecorder(), r) // which can't be upgraded: no matter
		}
		open("10.0.0.3:99")
		if log.Len() > 0 {
			t.Errorf("%s of a trusted proxy: %s", header, log)
		}
		open("10.1.0.3:99")
		open("10.1.0.3:99")
		if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, header+" came from 10.1.0.3, which is not in TRUSTED_PROXIES, so all visitors behind it count as one address") {
			t.Errorf("%s: the log says %s", header, got)
		}
	}
}

// Everything is below the base path, also where pages, cookies and redirects name it.
func TestTheWholeGatewayIsBelowTheBasePath(t *testing.T) {
	site, err := limit.NewSite("https://example.org/help/chat", "", ":8080")
	if err != nil {
		t.Fatal(err)
	}
	h, _ := front(t, func(o *Options) { o.Site, o.AdminPassword = site, "a very long password" })
	do := func(method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "https://example.org"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Origin", "https://example.org")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	if w := do(http.MethodGet, "/help/chat", ""); w.Code != http.StatusPermanentRedirect || w.Header().Get("Location") != "/help/chat/" {
		t.Errorf("the base path alone: %d, %s", w.Code, w.Header().Get("Location"))
	}
	for _, page := range []string{"/help/chat/", "/help/chat/agent", "/help/chat/ops"} {
		if w := do(http.MethodGet, page, ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `href="/help/chat/static/`) {
			t.Errorf("%s: %d, %s", page, w.Code, w.Body)
		}
	}
	for path, to := range map[string]string{"/help/chat/agent/": "/help/chat/agent", "/help/chat/ops/": "/help/chat/ops"} {
		if w := do(http.MethodGet, path, ""); w.Code != http.StatusPermanentRedirect || w.Header().Get("Location") != to {
			t.Errorf("%s: %d, %s", path, w.Code, w.Header().Get("Location"))
		}
	}
	for path, status := range map[string]int{"/help/chat/widget.js": 200, "/help/chat/static/widget.js": 200, "/help/chat/api/config": 200, "/help/chat/ws": http.StatusUpgradeRequired, "/help/chat/ws/agent": http.StatusUpgradeRequired, "/help/chat/nothing": 404, "/help/nothing": 404} {
		if w := do(http.MethodGet, path, ""); w.Code != status {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := do(http.MethodGet, "/help/chat/nothing", ""); !strings.Contains(w.Body.String(), `href="/help/chat/"`) {
		t.Errorf("a page that does not exist leads to %s", w.Body)
	}
	w := do(http.MethodPost, "/help/chat/api/login", `{"user":"admin","password":"a very long password"}`)
	cookies := w.Result().Cookies()
	if w.Code != http.StatusOK || len(cookies) == 0 {
		t.Fatalf("signing in: %d, %s", w.Code, w.Body)
	}
	for _, c := range cookies {
		if c.Path != "/help/chat" || !c.Secure {
			t.Errorf("the cookie %v", c)
		}
	}
}

// With PUBLIC_URL a page may connect there, and nowhere that a stranger has a proxy say.
func TestAPageOfAPublicAddressNamesNoForwardedHost(t *testing.T) {
	site, err := limit.NewSite("https://chat.example.org", "", ":8080")
	if err != nil {
		t.Fatal(err)
	}
	h, _ := front(t, func(o *Options) {
		o.Site, o.TrustedProxies = site, []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	})
	r := httptest.NewRequest(http.MethodGet, "/", nil) // from 192.0.2.1
	r.Host = "chat.example.org"
	r.Header.Set("X-Forwarded-Host", "evil.example")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if got := w.Header().Get("Content-Security-Policy"); w.Code != http.StatusOK || !strings.Contains(got, "wss://chat.example.org") || strings.Contains(got, "evil.example") {
		t.Errorf("%d, %s", w.Code, got)
	}
}
