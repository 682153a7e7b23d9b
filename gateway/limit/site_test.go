package limit

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func site(t *testing.T, publicURL, addr string) *Site {
	t.Helper()
	s, err := NewSite(publicURL, "", addr)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A page of a site whose name resolves to our address is no page of ours.
func TestWhichHostsAreOurs(t *testing.T) {
	const public = "https://chat.example.org"
	for _, c := range []struct{ public, addr, host, want string }{
		{public, ":8080", "chat.example.org", "ours"},
		{public, ":8080", "Chat.Example.Org.:443", "ours"},
		{public, ":8080", "localhost:8080", "ours"},
		{public, ":8080", "127.0.0.1:8080", "ours"},
		{public, ":8080", "[::1]:8080", "ours"},
		{public, ":8080", "10.1.2.3:8080", "ours"}, // the kubelet's probe
		{public, ":8080", "[2001:db8::1]:8080", "ours"},
		{public, ":8080", "evil.example", "not"},
		{public, ":8080", "chat.example.org.evil.example", "not"},
		{public, ":8080", "gateway:8080", "not"},
		{public, "192.0.2.7:8080", "192.0.2.7:8080", "ours"},
		{public, "192.0.2.7:8080", "192.0.2.8:8080", "not"},
		{public, "127.0.0.1:8080", "chat.example.org", "ours"},
		{public, "127.0.0.1:8080", "evil.example:8080", "not"},
		{public, "127.0.0.1:8080", "192.0.2.7", "not"},
		{"", "127.0.0.1:8080", "127.0.0.1:8080", "ours"},
		{"", "127.0.0.1:8080", "localhost:8080", "ours"},
		{"", "127.0.0.1:8080", "parley.localhost:8080", "ours"},
		{"", "[::1]:8080", "localhost", "ours"},
		{"", "localhost:8080", "evil.example:8080", "not"},
		{"", "127.0.0.1:8080", "evil.example:8080", "not"},
		{"", "127.0.0.1:8080", "127.0.0.1.evil.example:8080", "not"},
		{"", "127.0.0.1:8080", "notlocalhost", "not"},
		{"", ":8080", "anything.example", "ours"},
		{"", "0.0.0.0:8080", "anything.example", "ours"},
		{"", "192.0.2.7:8080", "anything.example", "ours"},
		{"", "192.0.2.7:8080", "198.51.100.1", "ours"}, // behind a NAT
		{"", "127.0.0.1:8080", "", "ours"},
	} {
		got := "not"
		if site(t, c.public, c.addr).Owns(c.host) {
			got = "ours"
		}
		if got != c.want {
			t.Errorf("PUBLIC_URL=%s ADDR=%s: the host %q is %s, want %s", c.public, c.addr, c.host, got, c.want)
		}
	}
	if !(*Site)(nil).Owns("anything.example") {
		t.Error("a gateway without a site refuses a host")
	}
}

// A proxy that passes on what a browser says of hosts puts none of them into a page of an
// installation that says its own address.
func TestAPageConnectsToNoHostThatAStrangerNames(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct{ public, host, forwarded, want string }{
		{"https://chat.example.org", "chat.example.org", "evil.example", "chat.example.org"},
		{"https://chat.example.org:8443/chat", "10.1.2.3:8080", "evil.example", "10.1.2.3:8080 chat.example.org:8443"},
		{"", "10.1.2.3:8080", "chat.example.org", "10.1.2.3:8080 chat.example.org"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host, r.RemoteAddr = c.host, "10.1.2.3:1234"
		r.Header.Set("X-Forwarded-Host", c.forwarded)
		if got := strings.Join(site(t, c.public, ":8080").PageHosts(r, trusted), " "); got != c.want {
			t.Errorf("PUBLIC_URL=%s: a page of %s may connect to %q, want %q", c.public, c.host, got, c.want)
		}
	}
}

func TestRequestsToOtherHostsAreRefused(t *testing.T) {
	for _, c := range []struct {
		addr, host, path string
		status           int
		body             string
	}{
		{":8080", "chat.example.org", "/", http.StatusOK, "in"},
		{":8080", "evil.example", "/", http.StatusMisdirectedRequest, WrongHost},
		{":8080", "evil.example", "/ws", http.StatusMisdirectedRequest, `"code":"bad_host"`},
		{":8080", "evil.example", "/api/login", http.StatusMisdirectedRequest, `"code":"bad_host"`},
		{":8080", "gateway.parley.svc:8080", "/readyz", http.StatusOK, "in"},
		{":8080", "gateway.parley.svc:8080", "/metrics", http.StatusOK, "in"},
		{"127.0.0.1:8080", "evil.example", "/metrics", http.StatusMisdirectedRequest, WrongHost},
		{"127.0.0.1:8080", "127.0.0.1:8080", "/metrics", http.StatusOK, "in"},
	} {
		var refused []string
		h := site(t, "https://chat.example.org", c.addr).Guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "in") }), nil, func(r *http.Request) { refused = append(refused, r.Host) })
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Host = c.host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%s of %s is answered %d: %s", c.path, c.host, w.Code, w.Body)
		}
		if told := len(refused) == 1 && refused[0] == c.host; told != (c.status != http.StatusOK) {
			t.Errorf("%s of %s: of the refused hosts, %q are told", c.path, c.host, refused)
		}
	}
}

// PUBLIC_URL says what our own pages' origin is: one without TLS is not.
func TestOwnPagesBelowAPublicURL(t *testing.T) {
	s := site(t, "https://chat.example.org:8443/", ":8080")
	for _, c := range []struct {
		host, origin    string
		allowed, forged bool
	}{
		{"chat.example.org:8443", "https://chat.example.org:8443", true, false},
		{"chat.example.org", "https://chat.example.org:8443", true, false}, // a proxy left the port out
		{"chat.example.org:8443", "http://chat.example.org:8443", false, true},
		{"chat.example.org", "http://chat.example.org", false, true},
		{"chat.example.org:8443", "https://evil.example", false, false},
		{"chat.example.org:8443", "https://shop.example", true, false},
		{"localhost:8080", "http://localhost:8080", true, false},
		{"chat.example.org:8443", "", true, false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/ws", nil)
		r.Host = c.host
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		if s.OriginAllowed(r, []string{"https://shop.example"}, nil) != c.allowed || s.Forged(r) != c.forged {
			t.Errorf("a page of %q at %s: allowed %v, forged %v", c.origin, c.host, !c.allowed, !c.forged)
		}
	}
	if !s.Secure(httptest.NewRequest(http.MethodGet, "/", nil), nil) {
		t.Error("the cookie is not for TLS only, although PUBLIC_URL is https")
	}
	if site(t, "http://intranet.example", ":8080").TLS() || site(t, "", ":8080").TLS() || (*Site)(nil).TLS() {
		t.Error("TLS without a PUBLIC_URL of https")
	}
}

func TestAPublicURLIsAnOrigin(t *testing.T) {
	for given, want := range map[string]string{
		"https://Chat.Example.org/": "https://chat.example.org", "https://chat.example.org:443": "https://chat.example.org",
		"http://intranet": "http://intranet", "https://example.org/Help/chat/": "https://example.org/Help/chat", "http://[2001:db8::1]:8080/": "http://[2001:db8::1]:8080", "": "",
	} {
		if s := site(t, given, ":8080"); s.URL() != want {
			t.Errorf("%q is read as %q, want %q", given, s.URL(), want)
		}
	}
	for _, bad := range []string{"chat.example.org", "ftp://chat.example.org", "https://", "https://chat.example.org/su pport", "https://chat.example.org/api", "capacitor://localhost", "https://u:p@chat.example.org", "https://*.example.org", "https://a b", "https://chat.example.org/?x", "*"} {
		if _, err := NewSite(bad, "", ":8080"); err == nil {
			t.Errorf("%q is taken as PUBLIC_URL", bad)
		}
	}
}

// Browsers drop cookies for TLS on a page without it, other than their own machine's.
func TestWhereABrowserDropsTheCookies(t *testing.T) {
	const public = "https://chat.example.org"
	for _, c := range []struct {
		public, host, origin string
		want                 bool
	}{
		{public, "192.0.2.7:8080", "http://192.0.2.7:8080", true},
		{public, "[2001:db8::1]:8080", "http://[2001:db8::1]:8080", true},
		{public, "chat.example.org", public, false},
		{public, "10.0.0.5:8080", public, false}, // a proxy that ends TLS and names its upstream
		{public, "192.0.2.7:8443", "https://192.0.2.7:8443", false},
		{public, "localhost:8080", "http://localhost:8080", false},
		{public, "127.0.0.1:8080", "http://127.0.0.1:8080", false},
		{public, "[::1]:8080", "http://[::1]:8080", false},
		{public, "192.0.2.7:8080", "", false}, // a program
		{public, "192.0.2.7:8080", "null", false},
		{"http://chat.example.org", "192.0.2.7:8080", "http://192.0.2.7:8080", false},
		{"", "192.0.2.7:8080", "http://192.0.2.7:8080", false},
	} {
		r := httptest.NewRequest(http.MethodPost, "/api/login", nil)
		r.Host = c.host
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		if got := site(t, c.public, ":8080").LosesCookies(r); got != c.want {
			t.Errorf("PUBLIC_URL=%s, a page at %q, Host %s: %v", c.public, c.origin, c.host, got)
		}
	}
	if (*Site)(nil).LosesCookies(httptest.NewRequest(http.MethodPost, "/", nil)) {
		t.Error("without a site")
	}
}
