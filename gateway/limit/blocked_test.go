package limit

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// What is refused because of a proxy or a setting is explained with its cure.
func TestARefusedOriginIsExplainedWithItsCure(t *testing.T) {
	for _, c := range []struct {
		what, public, base, peer, host, origin string
		allowed                                []string
		headers                                map[string]string
		cause                                  string
		cure                                   []string
	}{
		{what: "nginx without Host", host: "127.0.0.1:8080", origin: "https://chat.example.org", cause: "host", cure: []string{"proxy_set_header Host $http_host", "ProxyPreserveHost On", "PUBLIC_URL=https://chat.example.org", "ALLOWED_ORIGINS"}},
		{what: "a container's name", host: "parley:8080", origin: "https://chat.example.org", base: "/chat", cause: "host", cure: []string{"PUBLIC_URL=https://chat.example.org/chat"}},
		{what: "a service of Kubernetes", host: "gateway.parley.svc", origin: "https://chat.example.org", cause: "host", cure: []string{"proxy_set_header Host"}},
		{what: "$host drops the port", host: "chat.example.org", origin: "https://chat.example.org:8443", cause: "port", cure: []string{"without its port", "$http_host", "PUBLIC_URL=https://chat.example.org:8443"}},
		{what: "another port", host: "localhost:8080", origin: "http://localhost:3000", cause: "port", cure: []string{"add http://localhost:3000 to ALLOWED_ORIGINS", "$http_host"}},
		{what: "an app at localhost", host: "localhost:8080", origin: "capacitor://localhost", cause: "origin", cure: []string{"capacitor://localhost", "ALLOWED_ORIGINS"}},
		{what: "a proxy that says https of all", peer: "10.0.0.1:9", host: "chat.example.org", origin: "http://chat.example.org", headers: map[string]string{"X-Forwarded-Proto": "https"}, cause: "scheme", cure: []string{"X-Forwarded-Proto $scheme"}},
		{what: "another port than PUBLIC_URL's", public: "https://chat.example.org", host: "chat.example.org", origin: "https://chat.example.org:8443", cause: "port", cure: []string{"correct PUBLIC_URL"}},
		{what: "X-Forwarded-Host from a stranger", peer: "172.18.0.1:9", host: "parley:8080", origin: "https://chat.example.org", headers: map[string]string{"X-Forwarded-Host": "chat.example.org"}, cause: "untrusted", cure: []string{"172.18.0.1", "TRUSTED_PROXIES", "PUBLIC_URL=https://chat.example.org"}},
		{what: "Forwarded from a stranger", peer: "172.18.0.1:9", host: "parley:8080", origin: "https://chat.example.org", headers: map[string]string{"Forwarded": "host=chat.example.org"}, cause: "untrusted", cure: []string{"TRUSTED_PROXIES"}},
		{what: "PUBLIC_URL with the other scheme", public: "https://chat.example.org", host: "chat.example.org", origin: "http://chat.example.org", cause: "scheme", cure: []string{"http://chat.example.org", "PUBLIC_URL is https://chat.example.org"}},
		{what: "a host that is ours, changed", public: "https://chat.example.org", host: "10.1.2.3:8080", origin: "https://chat.example.org", cause: "host", cure: []string{"X-Forwarded-Host", "TRUSTED_PROXIES"}},
		{what: "another site", public: "https://chat.example.org", host: "chat.example.org", origin: "https://shop.example.org", cause: "origin", cure: []string{"https://shop.example.org is not in ALLOWED_ORIGINS"}},
		{what: "a site with www", public: "https://chat.example.org", host: "chat.example.org", origin: "https://www.shop.example", allowed: []string{"https://shop.example"}, cause: "origin", cure: []string{"name in front", "add https://www.shop.example"}},
		{what: "a site without TLS", public: "https://chat.example.org", host: "chat.example.org", origin: "http://shop.example", allowed: []string{"https://shop.example"}, cause: "origin", cure: []string{"another scheme", "add http://shop.example"}},
		{what: "a file", host: "chat.example.org", origin: "null", cause: "null", cure: []string{"add null to ALLOWED_ORIGINS", "allow-same-origin"}},
		{what: "no origin", host: "chat.example.org", origin: "what is this", cause: "unreadable", cure: []string{"pass it on as it is"}},
		{what: "an app", public: "https://chat.example.org", host: "chat.example.org", origin: "capacitor://localhost", cause: "origin", cure: []string{"capacitor://localhost is not in ALLOWED_ORIGINS"}},
	} {
		s, err := NewSite(c.public, c.base, ":8080")
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodGet, "/ws", nil)
		r.Host, r.RemoteAddr = c.host, c.peer
		r.Header.Set("Origin", c.origin)
		for name, value := range c.headers {
			r.Header.Set(name, value)
		}
		trusted := proxies(t, "10.0.0.0/8")
		if c.what != "a host that is ours, changed" && s.OriginAllowed(r, c.allowed, trusted) {
			t.Errorf("%s is allowed", c.what)
		}
		why := s.WhyBlocked(r, c.allowed, trusted)
		if why.Cause != c.cause {
			t.Errorf("%s: the cause is %q (%s), want %q", c.what, why.Cause, why.Cure, c.cause)
		}
		for _, part := range c.cure {
			if !strings.Contains(why.Cure, part) {
				t.Errorf("%s: %q does not name %q", c.what, why.Cure, part)
			}
		}
		if !slices.Contains(Causes, why.Cause) {
			t.Errorf("%s: the cause %q is in no table", c.what, why.Cause)
		}
	}
}

func TestWhatAnUpgradeLacksIsNamed(t *testing.T) {
	whole := map[string]string{"Upgrade": "websocket", "Connection": "keep-alive, Upgrade", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
	for _, c := range []struct{ what, without, with, value, cure string }{
		{"all is there", "", "", "", ""},
		{"capitals", "", "Upgrade", "WebSocket", ""},
		{"nothing but the key", "both", "", "", "Upgrade and Connection are missing; a proxy must pass on the upgrade"},
		{"no Upgrade", "Upgrade", "", "", "Upgrade is missing"},
		{"h2c", "", "Upgrade", "h2c", "Upgrade is missing, or is not websocket"},
		{"no Connection", "Connection", "", "", "Connection is missing"},
		{"Connection: close, as nginx sends by itself", "", "Connection", "close", "proxy_set_header Connection"},
		{"no key", "Sec-WebSocket-Key", "", "", "Sec-WebSocket"},
		{"no version", "Sec-WebSocket-Version", "", "", "Sec-WebSocket"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/ws", nil)
		for name, value := range whole {
			if name != c.without && (c.without != "both" || name[0] == 'S') {
				r.Header.Set(name, value)
			}
		}
		if c.with != "" {
			r.Header.Set(c.with, c.value)
		}
		if got := Upgrading(r); !strings.Contains(got.Cure, c.cure) || (got.Cause == "") != (c.cure == "") {
			t.Errorf("%s: %+v", c.what, got)
		}
	}
	r := httptest.NewRequest(http.MethodConnect, "/ws", nil)
	if got := Upgrading(r); !strings.Contains(got.Cure, "HTTP/1.1") {
		t.Errorf("CONNECT: %+v", got)
	}
	r = httptest.NewRequest(http.MethodGet, "/ws", nil)
	r.ProtoMajor = 2
	if got := Upgrading(r); !strings.Contains(got.Cure, "HTTP/1.1") {
		t.Errorf("HTTP/2: %+v", got)
	}
}

func TestWhatTheLogShowsOfAHeaderIsShortAndPlain(t *testing.T) {
	for _, s := range []string{"https://\x1b[31mred\n", "é", strings.Repeat("a", 5000), "\xff"} {
		got := Shown(s)
		if len(got) > maxShown || !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("%q is shown as %q", s, got)
		}
	}
}

// A proxy that changes the path, or a base path that is not set, is explained.
func TestAWebSocketAtAnotherPathIsExplained(t *testing.T) {
	for _, c := range []struct{ base, path, cure string }{
		{"", "/", "nothing after the port in proxy_pass"},
		{"", "/socket", "/ws is the visitors', and /ws/agent"},
		{"", "/chat/ws", "set BASE_PATH=/chat"},
		{"", "/help/chat/ws/agent", "set BASE_PATH=/help/chat"},
		{"/chat", "/help/ws", "set BASE_PATH=/help"},
		{"/chat", "/", "/chat/ws is the visitors', and /chat/ws/agent"},
		{"", "/a b\n/ws", "nothing after the port"},
		{"", "//evil.example/ws", "nothing after the port"},
		{"", "/" + strings.Repeat("a", 5000) + "/ws", "nothing after the port"},
	} {
		s, err := NewSite("", c.base, ":8080")
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path = c.path
		if why := s.WrongPath(r); why.Cause != "" {
			t.Errorf("%q: a request for a page: %v", c.path, why)
		}
		r.Header.Set("Upgrade", "websocket")
		if why := s.WrongPath(r); why.Cause != "path" || !strings.Contains(why.Cure, c.cure) || len(why.Cure) > 400 || !slices.Contains(Causes, why.Cause) {
			t.Errorf("%q: %v", c.path, why)
		}
	}
	if why := (*Site)(nil).WrongPath(httptest.NewRequest(http.MethodGet, "/", nil)); why.Cause != "" {
		t.Errorf("%v", why)
	}
}

// A stranger's Origin makes no line of the log long.
func TestACureIsShort(t *testing.T) {
	s, err := NewSite("", "", ":8080")
	if err != nil {
		t.Fatal(err)
	}
	for _, origin := range []string{"https://" + strings.Repeat("a", 12000) + ".example", strings.Repeat("a", 12000) + "://example", "https://" + strings.Repeat("a.", 120) + "example:8443"} {
		r := httptest.NewRequest(http.MethodGet, "/ws", nil)
		r.Header.Set("Origin", origin)
		if why := s.WhyBlocked(r, nil, nil); len(why.Cure) > 1500 {
			t.Errorf("Origin %.40s: %d bytes", origin, len(why.Cure))
		}
	}
}
