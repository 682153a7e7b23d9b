package limit

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

// What people write as ALLOWED_ORIGINS is taken, or refused with what to write instead.
func TestWhatPeopleWriteAsOriginsIsTakenOrTheCureIsNamed(t *testing.T) {
	for _, c := range []struct{ given, want, fault string }{
		{"https://shop.example.org/", "https://shop.example.org", ""},
		{"HTTPS://Shop.Example.ORG", "https://shop.example.org", ""},
		{"https://shop.example.org:443 http://shop.example.org:80/", "https://shop.example.org http://shop.example.org", ""},
		{`"https://shop.example.org"`, "https://shop.example.org", ""},
		{`'https://a.example.org', 'https://b.example.org'`, "https://a.example.org https://b.example.org", ""},
		{"https://a.example.org ,\n https://b.example.org", "https://a.example.org https://b.example.org", ""},
		{"https://*.example.org", "https://*.example.org", ""},
		{"https://*.Example.org/", "https://*.example.org", ""},
		{"https://*.example.org:443", "https://*.example.org", ""},
		{"https://*.example.org:8443", "https://*.example.org:8443", ""},
		{"http://*.localhost:3000", "http://*.localhost:3000", ""},
		{"http://localhost:*", "http://localhost:*", ""},
		{"http://127.0.0.1:*", "http://127.0.0.1:*", ""},
		{"http://*.localhost:*", "http://*.localhost:*", ""},
		{"capacitor://localhost ionic://localhost", "capacitor://localhost ionic://localhost", ""},
		{"app://- tauri://localhost", "", "no host name"},
		{"app://obsidian.md", "app://obsidian.md", ""},
		{"tauri://localhost", "tauri://localhost", ""},
		{"chrome-extension://abcdefghijklmnopabcdefghijklmnop", "chrome-extension://abcdefghijklmnopabcdefghijklmnop", ""},
		{"null", "null", ""},
		{"*", "*", ""},
		{"shop.example.org", "", "write https://shop.example.org"},
		{"Shop.example.org:8443", "", "write https://shop.example.org:8443"},
		{"*.example.org", "", "write https://*.example.org"},
		{"localhost:3000", "", "write https://localhost:3000"},
		{"//shop.example.org", "", "an origin is written as"},
		{"https:shop.example.org", "", "an origin is written as"},
		{"https:/shop.example.org", "", "an origin is written as"},
		{"https://shop.example.org/chat", "", "write https://shop.example.org"},
		{"https://*.example.org/chat/", "", "write https://*.example.org"},
		{"https://shop.example.org?a=b", "", "write https://shop.example.org"},
		{"https://shop.example.org;https://b.example.org", "", "ends with its host"},
		{"wss://shop.example.org", "", "write https://shop.example.org"},
		{"ws://shop.example.org", "", "write http://shop.example.org"},
		{"file://", "", "browsers write it as null"},
		{"file:///android_asset", "", "browsers write it as null"},
		{"https://bücher.example", "", "xn--"},
		{"https://*", "", "stands for every site"},
		{"https://*:8443", "", "stands for every site"},
		{"https://*.org", "", "one more label"},
		{"https://*.com:*", "", "one more label"},
		{"https://shop.*", "", "in front of a name"},
		{"https://*shop.example.org", "", "in front of a name"},
		{"https://a.*.example.org", "", "in front of a name"},
		{"https://*.*.example.org", "", "in front of a name"},
		{"https://shop.example.org:80*", "", "in front of a name"},
		{"https://*.127.0.0.1", "", "nothing is below"},
		{"*://shop.example.org", "", "written as"},
		{"https://*.example.org:1:*", "", "a number or a star"},
	} {
		got, err := ParseOrigins(c.given)
		if c.fault == "" && (err != nil || strings.Join(got, " ") != c.want) {
			t.Errorf("%s: %v, %v; want %s", c.given, got, err, c.want)
		}
		if c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("%s: %v, %v; want a sentence with %q", c.given, got, err, c.fault)
		}
	}
}

func TestAStarStandsForLabelsInFrontOfANameAndForAPort(t *testing.T) {
	for _, c := range []struct {
		allowed, origin string
		want            bool
	}{
		{"https://*.example.org", "https://shop.example.org", true},
		{"https://*.example.org", "https://SHOP.example.org:443", true},
		{"https://*.example.org", "https://a.b.example.org", true},
		{"https://*.example.org", "https://example.org", false},
		{"https://*.example.org", "https://.example.org", false},
		{"https://*.example.org", "https://evil-example.org", false},
		{"https://*.example.org", "https://evilexample.org", false},
		{"https://*.example.org", "https://example.org.evil.example", false},
		{"https://*.example.org", "https://shop.example.org.evil.example", false},
		{"https://*.example.org", "https://shop.example.orgevil", false},
		{"https://*.example.org", "https://shop.example.org:8443", false},
		{"https://*.example.org", "http://shop.example.org", false},
		{"https://*.example.org", "https://evil.example/.example.org", false},
		{"https://*.example.org", "https://evil.example#.example.org", false},
		{"https://*.example.org", "https://a@evil.example:.example.org", false},
		{"https://*.example.org", "https://*.example.org", false},
		{"https://*.example.org", "null", false},
		{"https://*.example.org:8443", "https://shop.example.org:8443", true},
		{"https://*.example.org:8443", "https://shop.example.org", false},
		{"http://localhost:*", "http://localhost", true},
		{"http://localhost:*", "http://localhost:5173", true},
		{"http://localhost:*", "https://localhost:5173", false},
		{"http://localhost:*", "http://localhost.evil.example:5173", false},
		{"http://localhost:*", "http://a.localhost:5173", false},
		{"http://*.localhost:*", "http://a.localhost:5173", true},
		{"capacitor://localhost", "capacitor://localhost", true},
		{"capacitor://localhost", "Capacitor://localhost", true},
		{"capacitor://localhost", "capacitor://evil", false},
		{"capacitor://localhost", "ionic://localhost", false},
		{"capacitor://localhost", "http://localhost", false},
		{"null", "null", true},
		{"null", "https://evil.example", false},
		{"null", "", false},
		{"https://shop.example", "null", false},
	} {
		allowed, err := ParseOrigins(c.allowed)
		if err != nil {
			t.Fatal(err)
		}
		r := &http.Request{Host: "chat.example", Header: http.Header{"Origin": {c.origin}}}
		if got := OriginAllowed(r, allowed, nil); got != c.want {
			t.Errorf("ALLOWED_ORIGINS=%s, Origin %s: %v", c.allowed, c.origin, got)
		}
	}
	// A page of an app is none of ours, whatever its host.
	if OriginAllowed(&http.Request{Host: "localhost", Header: http.Header{"Origin": {"capacitor://localhost"}}}, nil, nil) {
		t.Error("an app's page is taken for ours")
	}
}

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
