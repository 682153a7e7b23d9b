package pages_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/parley-chat/parley/gateway/pages"
)

func withPage(change func(fstest.MapFS)) fstest.MapFS {
	m := files()
	m["index.html"] = &fstest.MapFile{Data: []byte(`<!doctype html><script type="module" src="/static/visitor/main.js"></script><link rel="stylesheet" href="/static/shared/look.css">`)}
	change(m)
	return m
}

var named = regexp.MustCompile(`src="(/static/[0-9a-f]{16}/)visitor/main\.js".*href="(/static/[0-9a-f]{16}/)shared/look\.css"`)

// base is below which version a page names its files.
func base(t *testing.T, h http.Handler) string {
	t.Helper()
	page := text(t, do(h, http.MethodGet, "/"))
	m := named.FindStringSubmatch(page)
	if m == nil || m[1] != m[2] {
		t.Fatalf("the page names its files so: %s", page)
	}
	return m[1]
}

func TestFilesOfAPageAreCachedForGood(t *testing.T) {
	h, err := pages.New(withPage(func(fstest.MapFS) {}), pages.Options{})
	if err != nil {
		t.Fatal(err)
	}
	at := base(t, h)
	if got := do(h, http.MethodGet, "/").Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("the page itself: %s", got)
	}
	main := do(h, http.MethodGet, at+"visitor/main.js")
	if got := main.Header.Get("Cache-Control"); main.StatusCode != 200 || !strings.Contains(got, "immutable") || text(t, main) != "import './part.js';" {
		t.Errorf("%d, %s", main.StatusCode, got)
	}
	if again := do(h, http.MethodGet, at+"visitor/main.js", "If-None-Match", main.Header.Get("ETag")); again.StatusCode != 304 || again.Header.Get("Cache-Control") != main.Header.Get("Cache-Control") {
		t.Errorf("asked again: %d, %v", again.StatusCode, again.Header)
	}
	if got := do(h, http.MethodGet, "/widget.js").Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("the widget's script has one address for good, and is another one tomorrow: %s", got)
	}
	for _, nothing := range []string{at, at + "visitor/other.js", at + "web.go", at + "../web.go", at + at[1:] + "visitor/main.js", strings.ToUpper(at) + "visitor/main.js"} {
		if got := do(h, http.MethodGet, nothing); got.StatusCode != 404 {
			t.Errorf("%s: %d", nothing, got.StatusCode)
		}
	}
}

// While a new version is rolled out, a page of one gateway asks another for its files.
func TestAnotherVersionIsServedUncached(t *testing.T) {
	before, err := pages.New(withPage(func(fstest.MapFS) {}), pages.Options{})
	if err != nil {
		t.Fatal(err)
	}
	after, err := pages.New(withPage(func(m fstest.MapFS) { m["visitor/main.js"] = &fstest.MapFile{Data: []byte("import './other.js';")} }), pages.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if base(t, before) == base(t, after) {
		t.Error("other files have the same version")
	}
	r := do(before, http.MethodGet, base(t, after)+"visitor/main.js")
	if r.StatusCode != 200 || r.Header.Get("Cache-Control") != "no-cache" || text(t, r) != "import './part.js';" {
		t.Errorf("%d, %v", r.StatusCode, r.Header)
	}
}
