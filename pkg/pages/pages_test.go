package pages_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/parley-chat/parley/pkg/pages"
	"github.com/parley-chat/parley/web"
)

func files() fstest.MapFS {
	long := strings.Repeat("const x = 1; // something that compresses well\n", 50)
	m := fstest.MapFS{}
	for name, body := range map[string]string{
		"index.html":        "<!doctype html><title>Chat</title>",
		"agent.html":        "<!doctype html><title>Console</title>",
		"ops.html":          "<!doctype html><title>Operators</title>",
		"embed.html":        "<!doctype html><title>Embed</title>",
		"settings.html":     "<!doctype html><title>Settings</title>",
		"widget.js":         long,
		"visitor/main.js":   "import './part.js';",
		"vendor/LICENSE":    "MIT",
		"shared/look.css":   "body { margin: 0 }",
		"icons/a.svg":       "<svg/>",
		"icons/a.png":       "\x89PNG",
		"a b.txt":           "space",
		"empty.txt":         "",
		"web.go":            "package web",
		".npmrc":            "secret",
		"node_modules/x.js": "no",
		"data.bin":          "\x00",
	} {
		m[name] = &fstest.MapFile{Data: []byte(body)}
	}
	return m
}

func serve(t *testing.T, opts pages.Options) http.Handler {
	t.Helper()
	p, err := pages.New(files(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func do(h http.Handler, method, target string, header ...string) *http.Response {
	r := httptest.NewRequest(method, "http://chat.example:8080/", nil)
	r.URL.Path = target
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEachPathHasItsFile(t *testing.T) {
	h := serve(t, pages.Options{})
	for at, want := range map[string]struct{ file, mime string }{
		"/":                       {"index.html", "text/html; charset=utf-8"},
		"/agent":                  {"agent.html", "text/html; charset=utf-8"},
		"/ops":                    {"ops.html", "text/html; charset=utf-8"},
		"/embed":                  {"embed.html", "text/html; charset=utf-8"},
		"/widget.js":              {"widget.js", "text/javascript; charset=utf-8"},
		"/static/visitor/main.js": {"visitor/main.js", "text/javascript; charset=utf-8"},
		"/static/shared/look.css": {"shared/look.css", "text/css; charset=utf-8"},
		"/static/icons/a.svg":     {"icons/a.svg", "image/svg+xml"},
		"/static/icons/a.png":     {"icons/a.png", "image/png"},
		"/static/vendor/LICENSE":  {"vendor/LICENSE", "text/plain; charset=utf-8"},
		"/static/a b.txt":         {"a b.txt", "text/plain; charset=utf-8"},
		"/static/empty.txt":       {"empty.txt", "text/plain; charset=utf-8"},
		"/static/data.bin":        {"data.bin", "application/octet-stream"},
		"/static/index.html":      {"index.html", "text/html; charset=utf-8"},
	} {
		r := do(h, http.MethodGet, at)
		if body := text(t, r); r.StatusCode != 200 || body != string(files()[want.file].Data) || r.Header.Get("Content-Type") != want.mime {
			t.Errorf("%s: %d, %s, %.40q", at, r.StatusCode, r.Header.Get("Content-Type"), body)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache, no-transform", "Referrer-Policy": "same-origin"} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", at, name, got)
			}
		}
		head := do(h, http.MethodHead, at)
		if head.StatusCode != 200 || text(t, head) != "" || head.Header.Get("Content-Length") != r.Header.Get("Content-Length") || head.Header.Get("ETag") != r.Header.Get("ETag") {
			t.Errorf("HEAD %s: %d, %v", at, head.StatusCode, head.Header)
		}
	}
}

func TestNothingElseIsServed(t *testing.T) {
	h := serve(t, pages.Options{})
	for _, at := range []string{
		"/index.html", "/agent.html", "/static", "/static/", "/static/visitor", "/static/visitor/", "/static/web.go", "/static/.npmrc", "/static/node_modules/x.js",
		"/static/../web.go", "/static/visitor/../web.go", "/static//widget.js", "/static/visitor/main.js/", "/etc/passwd", "/static/\x00", "//", "/agent/x", "/AGENT", "/<script>alert(1)</script>",
	} {
		r := do(h, http.MethodGet, at)
		body := text(t, r)
		if r.StatusCode != 404 || !strings.Contains(body, "There is nothing at this address.") || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") || strings.Contains(body, "<script") {
			t.Errorf("%s: %d, %s", at, r.StatusCode, body)
		}
		if !strings.Contains(r.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s has no policy", at)
		}
	}
	r := do(h, http.MethodGet, "/api/nothing")
	if body := text(t, r); r.StatusCode != 404 || body != "{\"code\":\"not_found\",\"message\":\"There is nothing at this address.\"}\n" || r.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("below /api: %d, %s", r.StatusCode, body)
	}
	if r := do(h, http.MethodPost, "/"); r.StatusCode != 405 || r.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d", r.StatusCode)
	}
	for _, at := range []string{"/agent", "/ops", "/embed"} {
		if r := do(h, http.MethodGet, at+"/"); r.StatusCode != 308 || r.Header.Get("Location") != at {
			t.Errorf("%s/: %d", at, r.StatusCode)
		}
	}
}

func TestThePolicyIsStrict(t *testing.T) {
	const rest = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self' ws://chat.example:8080 wss://chat.example:8080; base-uri 'none'; form-action 'self'; frame-ancestors "
	h := serve(t, pages.Options{FrameAncestors: []string{"https://shop.example", "http://localhost:3000"}})
	for at, framed := range map[string]string{"/": "'self' https://shop.example http://localhost:3000", "/agent": "'none'", "/ops": "'none'", "/widget.js": "'none'", "/static/agent.html": "'none'", "/static/index.html": "'none'"} {
		if got := do(h, http.MethodGet, at).Header.Get("Content-Security-Policy"); got != rest+framed {
			t.Errorf("%s: %s", at, got)
		}
	}
	for _, at := range []string{"/embed", "/agent/settings"} {
		if got := do(h, http.MethodGet, at).Header.Get("Content-Security-Policy"); got != strings.Replace(rest, "; base-uri", "; frame-src 'self'; base-uri", 1)+"'none'" {
			t.Errorf("%s, which shows the visitor's page: %s", at, got)
		}
	}
	for _, c := range []struct {
		allowed []string
		framed  string
	}{
		{[]string{"*", "https://shop.example"}, "*"},
		{[]string{"*", "capacitor://localhost"}, "* capacitor://localhost"}, // the star is the web's sites only
		{[]string{"https://*.example.org", "http://localhost:*", "null"}, "'self' https://*.example.org http://localhost:*"},
		{[]string{"null"}, "'self'"},
	} {
		if got := do(serve(t, pages.Options{FrameAncestors: c.allowed}), http.MethodGet, "/").Header.Get("Content-Security-Policy"); got != rest+c.framed {
			t.Errorf("with %s allowed: %s", c.allowed, got)
		}
	}
	behind := serve(t, pages.Options{Hosts: func(r *http.Request) []string { return []string{r.Host, "a.example;x", "shown.example"} }})
	if got := do(behind, http.MethodGet, "/").Header.Get("Content-Security-Policy"); !strings.Contains(got, "connect-src 'self' ws://chat.example:8080 wss://chat.example:8080 ws://shown.example wss://shown.example;") {
		t.Errorf("behind a proxy: %s", got)
	}
	if got := do(serve(t, pages.Options{}), http.MethodGet, "/").Header.Get("Content-Security-Policy"); got != rest+"'self'" {
		t.Errorf("nobody else may embed it: %s", got)
	}
	if got := do(serve(t, pages.Options{FrameAncestors: []string{"https://a.example", "*"}}), http.MethodGet, "/").Header.Get("Content-Security-Policy"); got != rest+"*" {
		t.Errorf("everybody may embed it: %s", got)
	}
	if do(h, http.MethodGet, "/agent").Header.Get("X-Frame-Options") != "DENY" || do(h, http.MethodGet, "/").Header.Get("X-Frame-Options") != "" {
		t.Error("X-Frame-Options")
	}
	if got := do(h, http.MethodGet, "/widget.js").Header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("a module of another site may not load the widget: %q", got)
	}
	if got := do(h, http.MethodGet, "/").Header.Get("Cross-Origin-Embedder-Policy"); got != "require-corp" {
		t.Errorf("a site that isolates itself can't show the visitor's page: %q", got)
	}
	if do(h, http.MethodGet, "/widget.js").Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" || do(h, http.MethodGet, "/agent").Header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
		t.Error("Cross-Origin-Resource-Policy")
	}
}

func TestAHostCannotWriteThePolicy(t *testing.T) {
	h := serve(t, pages.Options{})
	for _, host := range []string{"evil; script-src *", "a.example;script-src", "x 'unsafe-inline'", "*", "", "a,b", "a\r\nX: y", "[::1;]"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Header().Get("Content-Security-Policy"); !strings.Contains(got, "connect-src 'self'; base-uri") || strings.Count(got, "script-src") != 1 {
			t.Errorf("%q: %s", host, got)
		}
	}
	for _, host := range []string{"localhost", "[::1]:8080", "a_b.example"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Header().Get("Content-Security-Policy"); !strings.Contains(got, " wss://"+host+";") {
			t.Errorf("%q: %s", host, got)
		}
	}
}

func TestACachedFileIsNotSentAgain(t *testing.T) {
	h := serve(t, pages.Options{})
	plain := do(h, http.MethodGet, "/widget.js")
	zipped := do(h, http.MethodGet, "/widget.js", "Accept-Encoding", "br, gzip")
	tag, zippedTag := plain.Header.Get("ETag"), zipped.Header.Get("ETag")
	if tag == "" || tag == zippedTag || strings.HasPrefix(tag, "W/") {
		t.Errorf("tags %s and %s", tag, zippedTag)
	}
	if other := do(h, http.MethodGet, "/").Header.Get("ETag"); other == tag {
		t.Error("two files have one tag")
	}
	for _, c := range []struct {
		ask, encoding string
		status        int
	}{
		{tag, "", 304}, {"W/" + tag, "", 304}, {`"x", ` + tag, "", 304}, {"*", "", 304}, {zippedTag, "gzip", 304},
		{`"x"`, "", 200}, {tag, "gzip", 200}, {zippedTag, "", 200}, {"", "", 200}, {strings.Trim(tag, `"`), "", 200},
	} {
		r := do(h, http.MethodGet, "/widget.js", "If-None-Match", c.ask, "Accept-Encoding", c.encoding)
		if r.StatusCode != c.status || c.status == 304 && (text(t, r) != "" || r.Header.Get("ETag") == "" || r.Header.Get("Content-Security-Policy") == "") {
			t.Errorf("%s with %q: %d, %v", c.ask, c.encoding, r.StatusCode, r.Header)
		}
	}
}

func TestTextIsCompressedForBrowsersThatAcceptIt(t *testing.T) {
	h := serve(t, pages.Options{})
	for accept, want := range map[string]bool{
		"gzip": true, "gzip, deflate, br": true, "GZIP": true, "gzip;q=0.5": true, "*": true, "br;q=1, *;q=0.1": true, "gzip ; q=1": true,
		"": false, "br": false, "gzip;q=0": false, "gzip;q=0.0": false, "*;q=0": false, "gzip;q=0, *": false, "*, gzip;q=0": false, "gzip;q=x": false, "gzippy": false,
	} {
		r := do(h, http.MethodGet, "/widget.js", "Accept-Encoding", accept)
		if got := r.Header.Get("Content-Encoding") == "gzip"; got != want {
			t.Errorf("%q: compressed %v", accept, got)
		}
		if r.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: Vary is missing", accept)
		}
		body := r.Body
		if want {
			z, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Fatal(err)
			}
			body = z
		}
		if b, err := io.ReadAll(body); err != nil || string(b) != string(files()["widget.js"].Data) {
			t.Errorf("%q: another body (%v)", accept, err)
		}
	}
	if r := do(h, http.MethodGet, "/static/icons/a.png", "Accept-Encoding", "gzip"); r.Header.Get("Content-Encoding") != "" || r.Header.Get("Vary") != "" {
		t.Error("a picture was compressed")
	}
}

// A face is whatever the operator likes, and never HTML.
func TestThePagesWearTheFace(t *testing.T) {
	p, err := pages.New(web.Files, pages.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ face, want string }{
		{"", "{}"}, {`{"bot":"Lumi"}`, "{&#34;bot&#34;:&#34;Lumi&#34;}"},
		{`{"bot":"\"><script>alert(1)</script>"}`, "{&#34;bot&#34;:&#34;\\&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#34;}"},
		{`{"bot":"O'Brien & מאיה"}`, "{&#34;bot&#34;:&#34;O&#39;Brien &amp; מאיה&#34;}"},
	} {
		p.Wear([]byte(c.face))
		for _, page := range []string{"/", "/agent"} {
			if body := text(t, do(p, http.MethodGet, page)); !strings.Contains(body, `<meta name="face" content="`+c.want+`">`) {
				t.Errorf("%s: not in %s", c.face, page)
			}
		}
	}
}

// A browser that has the page asks again with its ETag, and must not keep an old face.
func TestAnotherFaceIsAnotherPage(t *testing.T) {
	p, err := pages.New(web.Files, pages.Options{Face: []byte(`{"bot":"Lumi"}`)})
	if err != nil {
		t.Fatal(err)
	}
	tag := do(p, http.MethodGet, "/").Header.Get("ETag")
	if r := do(p, http.MethodGet, "/", "If-None-Match", tag); r.StatusCode != http.StatusNotModified {
		t.Errorf("the same face: %d", r.StatusCode)
	}
	p.Wear([]byte(`{"bot":"Maya"}`))
	if r := do(p, http.MethodGet, "/", "If-None-Match", tag); r.StatusCode != http.StatusOK {
		t.Errorf("another face: %d", r.StatusCode)
	}
}

func TestAMissingPageFailsAtStart(t *testing.T) {
	m := files()
	delete(m, "agent.html")
	if _, err := pages.New(m, pages.Options{}); err == nil || !strings.Contains(err.Error(), "agent.html") {
		t.Errorf("got %v", err)
	}
	if _, err := pages.New(files(), pages.Options{Visitor: "no.html"}); err == nil || !strings.Contains(err.Error(), "no.html") {
		t.Errorf("got %v", err)
	}
	if _, err := pages.New(files(), pages.Options{Agent: "./widget.js"}); err != nil {
		t.Error(err)
	}
}
