package limit

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// What proxies say about the host and the scheme counts if they are trusted.
func TestTrustedProxiesSayWhichHostTheBrowserAskedFor(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		what, peer, host, origin string
		headers                  map[string]string
		want                     bool
	}{
		{"a host", "10.0.0.1:1", "parley:8080", "https://chat.example.org", map[string]string{"X-Forwarded-Host": "chat.example.org"}, true},
		{"capitals and a port", "10.0.0.1:1", "parley:8080", "https://chat.example.org:8443", map[string]string{"X-Forwarded-Host": "Chat.example.org:8443"}, true},
		{"a port apart", "10.0.0.1:1", "chat.example.org", "https://chat.example.org:8443", map[string]string{"X-Forwarded-Port": "8443"}, true},
		{"a host and a port apart", "10.0.0.1:1", "parley", "https://chat.example.org:8443", map[string]string{"X-Forwarded-Host": "chat.example.org", "X-Forwarded-Port": "8443"}, true},
		{"the scheme's own port", "10.0.0.1:1", "parley", "https://chat.example.org", map[string]string{"X-Forwarded-Host": "chat.example.org", "X-Forwarded-Port": "443"}, true},
		{"a port within the cluster", "10.0.0.1:1", "parley", "https://chat.example.org", map[string]string{"X-Forwarded-Host": "chat.example.org", "X-Forwarded-Port": "80"}, true},
		{"two proxies", "10.0.0.1:1", "parley", "https://chat.example.org", map[string]string{"X-Forwarded-Host": "chat.example.org, inner.example.org"}, true},
		{"the standard's header", "10.0.0.1:1", "parley", "https://chat.example.org", map[string]string{"Forwarded": `for=192.0.2.60;proto=https;host=chat.example.org`}, true},
		{"with quotes", "10.0.0.1:1", "parley", "https://chat.example.org:8443", map[string]string{"Forwarded": `For="[2001:db8::1]:4711"; Host="chat.example.org:8443";Proto=https, for=10.0.0.2`}, true},
		{"of both kinds only the first", "10.0.0.1:1", "parley", "https://chat.example.org", map[string]string{"X-Forwarded-For": "192.0.2.1", "Forwarded": "host=chat.example.org"}, false},
		{"another host", "10.0.0.1:1", "parley", "https://evil.example", map[string]string{"X-Forwarded-Host": "chat.example.org"}, false},
		{"a stranger's word", "203.0.113.9:1", "parley", "https://chat.example.org", map[string]string{"X-Forwarded-Host": "chat.example.org"}, false},
		{"nothing", "10.0.0.1:1", "parley", "https://chat.example.org", map[string]string{"X-Forwarded-Host": ""}, false},
		{"no host at all", "10.0.0.1:1", "parley", "https://chat.example.org", map[string]string{"X-Forwarded-Host": "a b, \x00"}, false},
	} {
		r := &http.Request{Host: c.host, RemoteAddr: c.peer, Header: http.Header{"Origin": {c.origin}}}
		for name, value := range c.headers {
			r.Header.Set(name, value)
		}
		if got := OriginAllowed(r, nil, trusted); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}

func TestTheStandardHeaderOfProxiesIsReadAsTheOthers(t *testing.T) {
	trusted := proxies(t, "10.0.0.0/8")
	for _, c := range []struct {
		forwarded []string
		addr      string
		secure    bool
	}{
		{[]string{"for=203.0.113.9;proto=https;by=10.0.0.1"}, "203.0.113.9", true},
		{[]string{`For="[2001:db8::7]:4711";PROTO=HTTPS`}, "2001:db8::7", true},
		{[]string{"for=198.51.100.1", "for=203.0.113.9, for=10.0.0.2;proto=http"}, "203.0.113.9", false},
		{[]string{"for=198.51.100.1, for=unknown;proto=https"}, "10.0.0.1", true},
		{[]string{"for=_hidden, for=_secret"}, "10.0.0.1", false},
		{[]string{`for="203.0.113.9;proto=https"`}, "10.0.0.1", false},
		{[]string{`for="a,b\"", for=203.0.113.9`}, "203.0.113.9", false},
		{[]string{"proto=https"}, "10.0.0.1", true},
		{[]string{""}, "10.0.0.1", false},
		{[]string{`"`}, "10.0.0.1", false},
		{[]string{strings.Repeat("for=198.51.100.1,", 5000) + "for=203.0.113.9"}, "203.0.113.9", false},
	} {
		r := request("10.0.0.1:1")
		r.Header["Forwarded"] = c.forwarded
		if got := ClientAddr(r, trusted); got.String() != c.addr {
			t.Errorf("%.80q: the address is %s, want %s", c.forwarded, got, c.addr)
		}
		if got := SecureRequest(r, trusted); got != c.secure {
			t.Errorf("%.80q: TLS %v", c.forwarded, got)
		}
		if got := ClientAddr(r, nil); got.String() != "10.0.0.1" {
			t.Errorf("%.80q is believed although nobody is trusted: %s", c.forwarded, got)
		}
		// A proxy that writes the other kind passes this one on as a stranger sent it.
		r.Header.Set("X-Forwarded-For", "192.0.2.1")
		if got := ClientAddr(r, trusted); got.String() != "192.0.2.1" {
			t.Errorf("%.80q wins over X-Forwarded-For: %s", c.forwarded, got)
		}
		if SecureRequest(r, trusted) {
			t.Errorf("%.80q says https beside X-Forwarded-For", c.forwarded)
		}
	}
}

func FuzzForwarded(f *testing.F) {
	for _, s := range []string{`for="[::1]:80";host=a`, `for="\"`, `;;,=`, `for=a;for=b`} {
		f.Add(s)
	}
	trusted := proxies(f, "10.0.0.0/8")
	f.Fuzz(func(t *testing.T, s string) {
		r := request("10.0.0.1:1")
		r.Header["Forwarded"] = []string{s + ", for=203.0.113.9"}
		if strings.Count(s, `"`) == 0 {
			if got := ClientAddr(r, trusted); got.String() != "203.0.113.9" {
				t.Fatalf("%q chose the address %s", s, got)
			}
		}
		if n := len(Hosts(r, trusted)); n > 2*(maxHosts+1) {
			t.Fatalf("%d hosts", n)
		}
	})
}

// A trusted proxy that sends a Host of its own may name the browser's elsewhere: then that
// one has to be ours, and what the client wrote before it does not count.
func TestAHostThatATrustedProxyNamesMayBeOurs(t *testing.T) {
	trusted := proxies(t, "10.0.0.0/8")
	for _, c := range []struct {
		what, public, peer, host, forwarded string
		ours                                bool
	}{
		{"the proxy's word", "https://chat.example.org", "10.0.0.1:1", "upstream.example", "chat.example.org", true},
		{"another host", "https://chat.example.org", "10.0.0.1:1", "upstream.example", "evil.example", false},
		{"the client's word before the proxy's", "https://chat.example.org", "10.0.0.1:1", "upstream.example", "chat.example.org, evil.example", false},
		{"a stranger's word", "https://chat.example.org", "203.0.113.9:1", "upstream.example", "chat.example.org", false},
		{"nothing", "https://chat.example.org", "10.0.0.1:1", "upstream.example", "", false},
	} {
		ours := true
		h := site(t, c.public, ":8080").Guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), trusted, func(*http.Request) { ours = false })
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host, r.RemoteAddr = c.host, c.peer
		r.Header.Set("X-Forwarded-Host", c.forwarded)
		if h.ServeHTTP(httptest.NewRecorder(), r); ours != c.ours {
			t.Errorf("%s: ours %v", c.what, ours)
		}
	}
}
