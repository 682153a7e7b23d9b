package limit

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
)

func TestOriginAllowed(t *testing.T) {
	shop := []string{"https://shop.example", "http://localhost:3000"}
	for _, c := range []struct {
		what, host string
		tls        bool
		origins    []string
		allowed    []string
		want       bool
	}{
		{"our own page", "chat.example", false, []string{"http://chat.example"}, nil, true},
		{"our own page behind a proxy's TLS", "chat.example", false, []string{"https://chat.example"}, nil, true},
		{"our own page, TLS", "chat.example", true, []string{"https://chat.example"}, nil, true},
		{"a page without TLS, we with", "chat.example", true, []string{"http://chat.example"}, nil, false},
		{"a port", "chat.example:8080", false, []string{"http://chat.example:8080"}, nil, true},
		{"another port", "chat.example:8080", false, []string{"http://chat.example:8081"}, nil, false},
		{"the scheme's own port", "chat.example:443", false, []string{"https://chat.example"}, nil, true},
		{"capitals", "Chat.Example", false, []string{"http://chat.example"}, nil, true},
		{"IPv6", "[::1]:8080", false, []string{"http://[::1]:8080"}, nil, true},
		{"another site", "chat.example", false, []string{"https://evil.example"}, shop, false},
		{"an allowed site", "chat.example", false, []string{"https://shop.example"}, shop, true},
		{"an allowed site, its port written", "chat.example", false, []string{"https://shop.example:443"}, shop, true},
		{"an allowed site without TLS", "chat.example", false, []string{"http://shop.example"}, shop, false},
		{"an allowed name at the end", "chat.example", false, []string{"https://evil-shop.example"}, shop, false},
		{"an allowed name at the start", "chat.example", false, []string{"https://shop.example.evil.example"}, shop, false},
		{"below an allowed name", "chat.example", false, []string{"https://a.shop.example"}, shop, false},
		{"userinfo", "chat.example", false, []string{"https://shop.example@evil.example"}, shop, false},
		{"development", "chat.example", false, []string{"http://localhost:3000"}, shop, true},
		{"null", "chat.example", false, []string{"null"}, shop, false},
		{"null with everybody", "chat.example", false, []string{"null"}, []string{"*"}, true},
		{"everybody", "chat.example", false, []string{"https://evil.example"}, []string{"*"}, true},
		{"none, as programs do", "chat.example", false, nil, nil, true},
		{"two", "chat.example", false, []string{"http://chat.example", "https://evil.example"}, nil, false},
		{"empty", "chat.example", false, []string{""}, shop, false},
		{"a file", "chat.example", false, []string{"file://"}, shop, false},
		{"no host", "", false, []string{"http://"}, nil, false},
	} {
		r := &http.Request{Host: c.host, Header: http.Header{}}
		if c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		for _, o := range c.origins {
			r.Header.Add("Origin", o)
		}
		if got := OriginAllowed(r, c.allowed, nil); got != c.want {
			t.Errorf("%s: allowed %v", c.what, got)
		}
	}
}

func TestParseOrigins(t *testing.T) {
	got, err := ParseOrigins("https://Shop.Example:443, http://localhost:3000 https://shop.example\n*,http://[::1]:80, https://xn--bcher-kva.example")
	want := "https://shop.example http://localhost:3000 * http://[::1] https://xn--bcher-kva.example"
	if err != nil || strings.Join(got, " ") != want {
		t.Errorf("got %v, %v; want %s", got, err, want)
	}
	if none, err := ParseOrigins(" , "); none != nil || err != nil {
		t.Errorf("nothing: %v, %v", none, err)
	}
	for _, bad := range []string{
		"shop.example", "https://", "https://shop.example/a", "https://shop.example?", "https://shop.example#",
		"ftp://shop.example", "https://*", "https://a@shop.example", "https://shop.example:0", "https://shop.example:99999",
		"https://shop.example:", "https://shop.example:080", "https://shop.example;script-src", "https://bücher.example", "https://shop..example",
		"https://-.example", "https://[::1", "https://[fe80::1%25eth0]", "javascript:alert(1)", "javascript://a", "https://shop.example'", "https://a\x00b",
	} {
		if got, err := ParseOrigins(bad); err == nil || !strings.HasPrefix(err.Error(), "it holds ") {
			t.Errorf("%q: %v, %v; want a sentence", bad, got, err)
		}
	}
	if _, err := ParseOrigins("a, b"); err == nil || strings.Count(err.Error(), "it holds ") != 2 {
		t.Errorf("two faults: %v", err)
	}
}
