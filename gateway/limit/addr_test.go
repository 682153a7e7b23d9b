package limit

import (
	"crypto/tls"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func request(remote string, forwarded ...string) *http.Request {
	r := &http.Request{RemoteAddr: remote, Header: http.Header{}, Host: "chat.example"}
	for _, line := range forwarded {
		r.Header.Add("X-Forwarded-For", line)
	}
	return r
}

func proxies(t testing.TB, s string) []netip.Prefix {
	t.Helper()
	p, err := ParseProxies(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestClientAddr(t *testing.T) {
	trusted := proxies(t, "10.0.0.0/8, 2001:db8:1::/48 127.0.0.1")
	for _, c := range []struct {
		what, remote string
		forwarded    []string
		want         string
	}{
		{"direct", "203.0.113.9:4711", nil, "203.0.113.9"},
		{"a header from nobody we trust", "203.0.113.9:4711", []string{"1.2.3.4"}, "203.0.113.9"},
		{"through a proxy", "10.0.0.1:1", []string{"203.0.113.9"}, "203.0.113.9"},
		{"a client that wrote the header too", "10.0.0.1:1", []string{"1.2.3.4, 203.0.113.9"}, "203.0.113.9"},
		{"pretending to be a proxy's client", "10.0.0.1:1", []string{"1.2.3.4, 10.9.9.9, 203.0.113.9"}, "203.0.113.9"},
		{"two proxies", "10.0.0.1:1", []string{"203.0.113.9, 10.0.0.2"}, "203.0.113.9"},
		{"two lines", "10.0.0.1:1", []string{"1.2.3.4", "203.0.113.9,10.0.0.2"}, "203.0.113.9"},
		{"all are proxies", "10.0.0.1:1", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"a proxy without the header", "10.0.0.1:1", nil, "10.0.0.1"},
		{"an empty header", "10.0.0.1:1", []string{""}, "10.0.0.1"},
		{"unknown", "10.0.0.1:1", []string{"1.2.3.4, unknown"}, "10.0.0.1"},
		{"nonsense beyond a proxy", "10.0.0.1:1", []string{"1.2.3.4, <script>, 10.0.0.2"}, "10.0.0.2"},
		{"with a port", "10.0.0.1:1", []string{"203.0.113.9:80"}, "203.0.113.9"},
		{"IPv6", "[2001:db8:1::1]:1", []string{"2001:db8:2::7"}, "2001:db8:2::7"},
		{"IPv6 in brackets", "127.0.0.1:1", []string{"[2001:db8:2::7]"}, "2001:db8:2::7"},
		{"IPv6 with a port", "127.0.0.1:1", []string{"[2001:db8:2::7]:443"}, "2001:db8:2::7"},
		{"mapped peer", "[::ffff:10.0.0.1]:1", []string{"203.0.113.9"}, "203.0.113.9"},
		{"mapped client", "10.0.0.1:1", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		{"mapped proxy in the chain", "10.0.0.1:1", []string{"203.0.113.9, ::ffff:10.0.0.2"}, "203.0.113.9"},
		{"a zone", "[fe80::1%eth0]:1", nil, "fe80::1"},
		{"a Unix socket", "@", []string{"1.2.3.4"}, "invalid IP"},
		{"more hops than are looked at", "10.0.0.1:1", []string{"1.2.3.4" + strings.Repeat(",10.0.0.2", 5000)}, "10.0.0.2"},
	} {
		if got := ClientAddr(request(c.remote, c.forwarded...), trusted).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

func TestSecureRequest(t *testing.T) {
	trusted := proxies(t, "10.0.0.1")
	for _, c := range []struct {
		what, remote, proto string
		tls, want           bool
	}{
		{"plain", "203.0.113.9:1", "", false, false},
		{"our own TLS", "203.0.113.9:1", "", true, true},
		{"a proxy's TLS", "10.0.0.1:1", "https", false, true},
		{"a proxy's plain", "10.0.0.1:1", "http", false, false},
		{"what the client wrote before the proxy", "10.0.0.1:1", "https, http", false, false},
		{"a stranger's word", "203.0.113.9:1", "https", false, false},
	} {
		r := request(c.remote)
		if c.proto != "" {
			r.Header.Set("X-Forwarded-Proto", c.proto)
		}
		if c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		if got := SecureRequest(r, trusted); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}

func TestAddressesOfOneSubscriberAreOne(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff"},
		{"::ffff:203.0.113.9", "203.0.113.9"},
		{"fe80::1%eth0", "fe80::2%eth1"},
	} {
		if a, b := Block(netip.MustParseAddr(c.a)), Block(netip.MustParseAddr(c.b)); a != b {
			t.Errorf("%s and %s are %s and %s", c.a, c.b, a, b)
		}
	}
	for _, c := range []struct{ a, b string }{{"203.0.113.9", "203.0.113.10"}, {"2001:db8:0:1::1", "2001:db8:0:2::1"}} {
		if a, b := Block(netip.MustParseAddr(c.a)), Block(netip.MustParseAddr(c.b)); a == b {
			t.Errorf("%s and %s are one", c.a, c.b)
		}
	}
	if Block(netip.Addr{}).IsValid() {
		t.Error("no address became one")
	}
}

func TestParseProxies(t *testing.T) {
	got := proxies(t, " 10.1.2.3/8,192.0.2.1 ::1\t::ffff:10.0.0.0/104,::ffff:192.0.2.7,, ")
	want := []string{"10.0.0.0/8", "192.0.2.1/32", "::1/128", "10.0.0.0/8", "192.0.2.7/32"}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i].String() != want[i] {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	for _, bad := range []string{"10.0.0", "10.0.0.0/33", "proxy.example", "0.0.0.0/0", "::/0", "10.0.0.1:80", "-", "\x00"} {
		if _, err := ParseProxies(bad); err == nil || !strings.HasPrefix(err.Error(), "it holds ") {
			t.Errorf("%q: %v, want a sentence", bad, err)
		}
	}
	if _, err := ParseProxies("a, b"); err == nil || strings.Count(err.Error(), "it holds ") != 2 {
		t.Errorf("two faults: %v", err)
	}
}

func FuzzClientAddr(f *testing.F) {
	for _, s := range []string{"1.2.3.4", "1.2.3.4, 10.0.0.2", "[::1]:80,,", "::ffff:1.2.3.4%x", "unknown", ",,,", "\x00"} {
		f.Add("10.0.0.1:1", s)
		f.Add("203.0.113.9:1", s)
	}
	trusted := proxies(f, "10.0.0.0/8")
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		got := ClientAddr(request(remote, forwarded), trusted)
		peer := ClientAddr(request(remote), nil)
		if !Within(trusted, peer) && got != peer {
			t.Fatalf("%q chose its address by %q: %s", remote, forwarded, got)
		}
		if got.Zone() != "" || got.Is4In6() {
			t.Fatalf("%s is not normalised", got)
		}
		// Who stands behind a trusted proxy can write what he likes before the
		// address that the proxy adds.
		if r := ClientAddr(request("10.0.0.1:1", forwarded+", 203.0.113.9"), trusted); r.String() != "203.0.113.9" {
			t.Fatalf("%q chose the address %s", forwarded, r)
		}
		_ = Block(got)
	})
}

func TestAProxyThatIsNotTrustedIsNoticed(t *testing.T) {
	trusted := proxies(t, "10.0.0.0/8")
	for _, c := range []struct {
		what, remote string
		forwarded    []string
		want         bool
	}{
		{"no proxy", "203.0.113.9:4711", nil, false},
		{"a trusted proxy", "10.0.0.1:1", []string{"203.0.113.9"}, false},
		{"a proxy that was forgotten", "192.168.0.7:1", []string{"203.0.113.9"}, true},
		{"an empty header", "192.168.0.7:1", []string{""}, true},
	} {
		if peer, header := ForwardedUntrusted(request(c.remote, c.forwarded...), trusted); (header == "X-Forwarded-For") != c.want || !strings.HasPrefix(c.remote, peer.String()) {
			t.Errorf("%s: %v, %v", c.what, peer, header)
		}
	}
}
