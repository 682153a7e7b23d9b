package pages_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"github.com/parley-chat/parley/pkg/pages"
	"github.com/parley-chat/parley/web"
)

// withPage is a folder whose visitor's page names files.
func withPage(change func(fstest.MapFS)) fstest.MapFS {
	m := files()
	m["index.html"] = &fstest.MapFile{Data: []byte(`<!doctype html><html><head><meta name="base" content=""><link rel="icon" href="/static/icons/a.svg">` +
		`<script src="/static/shared/early.js"></script><link rel="stylesheet" href="/static/shared/look.css"><script type="module" src="/static/visitor/main.js"></script>` +
		`<link rel="preload" href="/api/config"></head><body><p>Hello</p></body></html>`)}
	m["shared/early.js"] = &fstest.MapFile{Data: []byte(`early("<!-- <script>")`)}
	change(m)
	return m
}

// allows reports whether a policy lets an inline text run, by its hash.
func allows(policy, directive, text string) bool {
	sum := sha256.Sum256([]byte(text))
	rest := policy[strings.Index(policy, directive+" "):]
	rest, _, _ = strings.Cut(rest, ";")
	return strings.Contains(rest+" ", " 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"' ")
}

// inline are the texts of the elements of a name as a browser reads them, and asks what the
// page's elements make a browser ask for at once.
func inline(t *testing.T, page string) (scripts, styles, asks []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data == "a" {
			continue
		}
		for _, a := range n.Attr {
			if (a.Key == "src" || a.Key == "href") && !strings.HasPrefix(a.Val, "data:") {
				asks = append(asks, a.Val)
			}
		}
		if n.Data == "script" || n.Data == "style" {
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			if n.Data == "script" {
				scripts = append(scripts, text)
			} else {
				styles = append(styles, text)
			}
		}
	}
	return scripts, styles, asks
}

// While one version takes the place of another, a page's requests may be answered by
// either: nothing that it starts with is asked for, so there is nothing that could be the
// other's.
func TestAPageIsOneAnswer(t *testing.T) {
	p, err := pages.New(web.Files, pages.Options{Base: "/chat", Face: []byte(`{"bot":"Lumi"}`)})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]struct{ main, style, asks string }{
		"/": {"visitor/main.js", "visitor/visitor.css", "/chat/api/config"}, "/agent": {"agent/main.js", "agent/agent.css", ""}, "/agent/settings": {"settings/main.js", "settings/settings.css", ""},
		"/ops": {"ops/main.js", "ops/ops.css", ""}, "/embed": {"embed/main.js", "embed/embed.css", ""},
	} {
		r := do(p, http.MethodGet, at)
		page := text(t, r)
		scripts, styles, asks := inline(t, page)
		if strings.Join(asks, " ") != want.asks || r.StatusCode != 200 || r.Header.Get("Cache-Control") != "no-cache, no-transform" {
			t.Errorf("%s: %d, %s; a browser asks for %q, too", at, r.StatusCode, r.Header.Get("Cache-Control"), asks)
		}
		if !strings.Contains(page, `<meta name="base" content="/chat">`) {
			t.Errorf("%s doesn't know where it is", at)
		}
		if len(scripts) != 2 || len(styles) != 1 || strings.Count(page, "<!--") != 0 {
			t.Fatalf("%s has %d scripts and %d styles", at, len(scripts), len(styles))
		}
		policy := r.Header.Get("Content-Security-Policy")
		for i, name := range []string{"shared/boot.js", want.main, want.style} {
			read := append(scripts, styles...)[i]
			if whole, err := fs.ReadFile(web.Files, name); err != nil || plain(read) != plain(string(whole)) {
				t.Errorf("%s: a browser reads %d bytes of %s, which has %d (%v)", at, len(read), name, len(whole), err)
			}
			if !allows(policy, map[bool]string{true: "style-src", false: "script-src"}[i == 2], read) {
				t.Errorf("%s: the policy forbids %s: %s", at, name, policy)
			}
		}
		if strings.Contains(policy, "unsafe-inline") || allows(policy, "script-src", "alert(1)") {
			t.Errorf("%s: the policy allows other scripts: %s", at, policy)
		}
		if last := strings.LastIndex(page, "</noscript>"); strings.Index(page, `<script type="module">`) < last {
			t.Errorf("%s: what it shows at first comes after the script", at)
		}
		maps := regexp.MustCompile(`sourceMappingURL=(/chat/static/[0-9a-f]{16}/\S+\.map)`).FindAllStringSubmatch(page, -1)
		if len(maps) != 3 {
			t.Errorf("%s: a debugger looks for %q", at, maps)
		}
		for _, m := range maps {
			if got := do(p, http.MethodGet, strings.TrimPrefix(m[1], "/chat")); got.StatusCode != 200 || !strings.Contains(got.Header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %d, %s", m[1], got.StatusCode, got.Header.Get("Cache-Control"))
			}
		}
	}
}

// plain is a bundle without what may differ in a page: how "<!--" is written, and where its
// map is.
func plain(text string) string {
	text = regexp.MustCompile(`sourceMappingURL=\S+`).ReplaceAllString(text, "")
	return strings.ReplaceAll(text, `\x3c!--`, "<!--")
}

// Two versions behind one address, with each request answered by another: whoever gets a page
// gets it whole, and asked again with the tag of the other version the answer is not "304".
func TestNoPageIsOfTwoVersions(t *testing.T) {
	before, err := pages.New(withPage(func(fstest.MapFS) {}), pages.Options{})
	if err != nil {
		t.Fatal(err)
	}
	after, err := pages.New(withPage(func(m fstest.MapFS) { m["visitor/main.js"] = &fstest.MapFile{Data: []byte("import './other.js';")} }), pages.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tags := map[string]bool{}
	for _, c := range []struct {
		of, other http.Handler
		has       string
	}{{before, after, "import './part.js';"}, {after, before, "import './other.js';"}} {
		r := do(c.of, http.MethodGet, "/")
		scripts, _, asks := inline(t, text(t, r))
		if len(scripts) != 2 || scripts[1] != c.has || strings.Join(asks, " ") != "/api/config" {
			t.Errorf("the scripts %q, and a browser asks for %q", scripts, asks)
		}
		tags[r.Header.Get("ETag")] = true
		if other := do(c.other, http.MethodGet, "/", "If-None-Match", r.Header.Get("ETag")); other.StatusCode != http.StatusOK {
			t.Errorf("the other version takes the page for its own: %d", other.StatusCode)
		}
	}
	if len(tags) != 2 {
		t.Error("two versions of a page have one tag")
	}
}

// A parser that reads "<!--" and then "<script" in a script wants two ends of it.
func TestAScriptEndsWhereItEnds(t *testing.T) {
	p, err := pages.New(withPage(func(fstest.MapFS) {}), pages.Options{})
	if err != nil {
		t.Fatal(err)
	}
	scripts, _, _ := inline(t, text(t, do(p, http.MethodGet, "/")))
	if len(scripts) != 2 || scripts[0] != `early("\x3c!-- <script>")` {
		t.Errorf("%q", scripts)
	}
}

func TestAPageThatNamesNothingThatIsThereFails(t *testing.T) {
	p, err := pages.New(withPage(func(m fstest.MapFS) { delete(m, "visitor/main.js") }), pages.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r := do(p, http.MethodGet, "/"); r.StatusCode != http.StatusInternalServerError || bytes.Contains([]byte(text(t, r)), []byte("main.js")) {
		t.Errorf("%d", r.StatusCode)
	}
}

// Addresses below a version hold what nobody's start depends on: maps for debuggers. They are
// also what pages of versions before 0053 ask for.
func TestFilesBelowAVersion(t *testing.T) {
	p, err := pages.New(web.Files, pages.Options{})
	if err != nil {
		t.Fatal(err)
	}
	at := regexp.MustCompile(`/static/[0-9a-f]{16}/`).FindString(text(t, do(p, http.MethodGet, "/")))
	main := do(p, http.MethodGet, at+"visitor/main.js")
	if got := main.Header.Get("Cache-Control"); main.StatusCode != 200 || !strings.Contains(got, "immutable") {
		t.Errorf("%d, %s", main.StatusCode, got)
	}
	if again := do(p, http.MethodGet, at+"visitor/main.js", "If-None-Match", main.Header.Get("ETag")); again.StatusCode != 304 || again.Header.Get("Cache-Control") != main.Header.Get("Cache-Control") {
		t.Errorf("asked again: %d, %v", again.StatusCode, again.Header)
	}
	if r := do(p, http.MethodGet, "/static/0123456789abcdef/visitor/main.js"); r.StatusCode != 200 || r.Header.Get("Cache-Control") != "no-cache, no-transform" {
		t.Errorf("below another version: %d, %v", r.StatusCode, r.Header)
	}
	if got := do(p, http.MethodGet, "/widget.js").Header.Get("Cache-Control"); got != "no-cache, no-transform" {
		t.Errorf("the widget's script has one address for good, and is another one tomorrow: %s", got)
	}
	for _, nothing := range []string{at, at + "visitor/other.js", at + "web.go", at + "../web.go", at + at[1:] + "visitor/main.js", strings.ToUpper(at) + "visitor/main.js"} {
		if got := do(p, http.MethodGet, nothing); got.StatusCode != 404 {
			t.Errorf("%s: %d", nothing, got.StatusCode)
		}
	}
}
