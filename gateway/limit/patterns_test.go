package limit

import (
	"net/http"
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
		{"https://*.co.uk", "", "one more label"},
		{"https://*.github.io", "", "many different owners"},
		{"https://*.shop.co.uk", "https://*.shop.co.uk", ""},
		{"https://*.intern.example", "https://*.intern.example", ""},
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
