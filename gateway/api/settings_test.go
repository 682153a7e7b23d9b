package api_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/png"
	"strings"
	"testing"
)

// answered are the parts of an answer about settings that the tests look at.
type answered struct {
	Settings, First map[string]any
	Revision        int
	By              string
	Fields          map[string]string
	Now             *answered
}

func parsed(t *testing.T, a answer) (v answered) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
	return v
}

func dataURL(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestAdminsChangeTheSettings(t *testing.T) {
	s := start(t)
	ada, bob := s.browser("192.0.2.1"), s.browser("192.0.2.2")
	ada.login("admin", adminPassword)
	bob.login("admin", adminPassword)
	if v := parsed(t, ada.do("GET", "/api/settings", "")); v.Revision != 0 || v.First["bot"] != "Robi" || len(v.Settings) != 0 {
		t.Errorf("at first: %+v", v)
	}
	v := parsed(t, ada.do("PUT", "/api/settings", `{"revision":0,"settings":{"title":"Shop","greeting":"<b>Hi</b>","logo":"`+dataURL(t)+`"}}`))
	logo, _ := v.Settings["logo"].(string)
	if v.Revision != 1 || v.By != "admin" || !strings.HasPrefix(logo, "/api/face/logo?v=") {
		t.Fatalf("saved: %+v", v)
	}
	if !strings.Contains(s.log.String(), `"by":"admin","settings":["title","greeting","logo"]`) {
		t.Errorf("the log does not say who changed what: %s", s.log)
	}

	late := bob.do("PUT", "/api/settings", `{"revision":0,"settings":{"title":"Bob's"}}`)
	bob.wantCode("from an old revision", late, 409, "changed")
	if now := parsed(t, late).Now; now == nil || now.By != "admin" || now.Revision != 1 || now.Settings["title"] != "Shop" {
		t.Errorf("the second is not told what the first changed: %s", late.body)
	}
	if v := parsed(t, bob.do("PUT", "/api/settings", `{"revision":1,"settings":{"title":"Bob's","logo":"`+logo+`"}}`)); v.Settings["logo"] != logo || v.Revision != 2 {
		t.Errorf("a picture that stays: %+v", v)
	}
	face := s.browser("192.0.2.3").do("GET", "/api/config", "")
	if !strings.Contains(face.body, `"face":{"title":"Bob's","bot":"Robi","logo":"`+logo+`"`) {
		t.Errorf("visitors' pages get %s", face.body)
	}
	if script := ada.do("GET", "/api/face.js", ""); !strings.HasPrefix(script.body, `export const face = {"title":`) || script.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("the widget gets %s", script.body)
	}
	if v := parsed(t, bob.do("PUT", "/api/settings", `{"revision":2,"settings":{}}`)); v.Revision != 3 || len(v.Settings) != 0 {
		t.Errorf("all taken back: %+v", v)
	}
	ada.wantCode("no logo any more", ada.do("GET", logo, ""), 404, "not_found")
}

func TestOnlyAdminsReadAndChangeTheSettings(t *testing.T) {
	s := start(t)
	admin, grace, nobody := s.browser("192.0.2.1"), s.browser("192.0.2.2"), s.browser("192.0.2.3")
	admin.login("admin", adminPassword)
	admin.do("POST", "/api/agents", `{"user":"grace","name":"Grace","role":"agent","password":"`+gracePassword+`"}`)
	grace.login("grace", gracePassword)
	change := `{"revision":0,"settings":{"title":"Hers"}}`
	for _, a := range []answer{grace.do("GET", "/api/settings", ""), grace.do("PUT", "/api/settings", change)} {
		grace.wantCode("an agent", a, 403, "not_allowed")
	}
	for _, a := range []answer{nobody.do("GET", "/api/settings", ""), nobody.do("PUT", "/api/settings", change)} {
		nobody.wantCode("a stranger", a, 401, "not_signed_in")
	}
	admin.wantCode("another site's page", admin.do("PUT", "/api/settings", change, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"), 403, "bad_origin")
	if v := parsed(t, admin.do("GET", "/api/settings", "")); v.Revision != 0 {
		t.Errorf("something was changed: %+v", v)
	}
}

func TestBadSettingsAreRefusedAtTheirFields(t *testing.T) {
	s := start(t)
	admin := s.browser("192.0.2.1")
	admin.login("admin", adminPassword)
	svg := base64.StdEncoding.EncodeToString([]byte(`<svg onload="alert(1)"/>`))
	for name, c := range map[string]struct{ settings, field string }{
		"ten starters":           {`"starters":["a","b","c","d","e","f","g","h","i","j"]`, "starters"},
		"SVG":                    {`"logo":"data:image/svg+xml;base64,` + svg + `"`, "logo"},
		"SVG that says PNG":      {`"avatar":"data:image/png;base64,` + svg + `"`, "avatar"},
		"an address that's gone": {`"logo":"/api/face/logo?v=0123"`, "logo"},
		"another site's":         {`"logo":"https://evil.example/logo.png"`, "logo"},
		"no base64":              {`"logo":"data:image/png;base64,%%%"`, "logo"},
	} {
		a := admin.do("PUT", "/api/settings", `{"revision":0,"settings":{`+c.settings+`}}`)
		admin.wantCode(name, a, 400, "bad_setting")
		if parsed(t, a).Fields[c.field] == "" {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	a := admin.do("PUT", "/api/settings", `{"revision":0,"settings":{"logo":"`+strings.Repeat("A", 20<<20)+`"}}`)
	admin.wantCode("20 MB", a, 413, "too_long")
	if !strings.Contains(a.body, "200 KB") {
		t.Errorf("20 MB: %s", a.body)
	}
}

func TestAPictureIsServedAsNothingElse(t *testing.T) {
	s := start(t)
	admin := s.browser("192.0.2.1")
	admin.login("admin", adminPassword)
	v := parsed(t, admin.do("PUT", "/api/settings", `{"revision":0,"settings":{"logo":"`+dataURL(t)+`"}}`))
	address, _ := v.Settings["logo"].(string)
	for path, cache := range map[string]string{address: "public, max-age=31536000, immutable", "/api/face/logo?v=old": "no-store", "/api/face/logo": "no-store"} {
		a := s.browser("192.0.2.3").do("GET", path, "")
		for header, want := range map[string]string{"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'", "Cache-Control": cache} {
			if got := a.header.Get(header); a.status != 200 || got != want {
				t.Errorf("%s: %d, %s is %q, want %q", path, a.status, header, got, want)
			}
		}
	}
	admin.wantCode("no avatar", admin.do("GET", "/api/face/avatar", ""), 404, "not_found")
	admin.wantCode("nothing else", admin.do("GET", "/api/face/passwords", ""), 404, "not_found")
}
