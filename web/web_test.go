package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// served are the paths of all files that browsers can get.
func served(t *testing.T) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestAFileIsTheSameHoweverItIsRead(t *testing.T) {
	names := served(t)
	for _, needed := range []string{"index.html", "agent.html", "ops.html", "embed.html", "widget.js", "widget.js.map", "shared/boot.js", "visitor/main.js", "visitor/visitor.css", "agent/main.js", "ops/main.js", "vendor/marked/LICENSE", "icons/chat.svg"} {
		if !bytes.Contains([]byte("\n"+strings.Join(names, "\n")+"\n"), []byte("\n"+needed+"\n")) {
			t.Errorf("%s is not listed in %q", needed, names)
		}
	}
	for _, name := range names {
		whole, err := fs.ReadFile(Files, name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Files.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(whole, opened) || info.Size() != int64(len(whole)) || len(whole) == 0 || info.Name() != path.Base(name) {
			t.Errorf("%s: %d bytes by ReadFile, %d by Open, %d by Stat of %s", name, len(whole), len(opened), info.Size(), info.Name())
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, part := range []string{"shared/vdom.js", "widget/calls.js", "shared/tokens.css", "vendor/preact/preact.js", "web.go", "nothing.js"} {
		if _, err := Files.Open(part); err == nil {
			t.Errorf("%s is served by itself", part)
		}
	}
}

// TestEachPageNeedsOneScriptAndOneStyle also finds what a bundle lacks: a browser would
// ask for it, and not get it.
func TestEachPageNeedsOneScriptAndOneStyle(t *testing.T) {
	pages, err := fs.Glob(Files, "*.html")
	if err != nil || len(pages) < 3 {
		t.Fatalf("%q, %v", pages, err)
	}
	for _, page := range pages {
		text, err := fs.ReadFile(Files, page)
		if err != nil {
			t.Fatal(err)
		}
		modules, sheets := regexp.MustCompile(`type="module" src="/static/(\S+)"`).FindAllSubmatch(text, -1), styles.FindAllSubmatch(text, -1)
		if len(modules) != 1 || len(sheets) != 1 || bytes.Contains(text, []byte("modulepreload")) {
			t.Fatalf("%s has %d modules, %d styles; import what belongs to them", page, len(modules), len(sheets))
		}
		for _, name := range []string{string(modules[0][1]), string(sheets[0][1])} {
			body, err := fs.ReadFile(Files, name)
			if err != nil {
				t.Fatal(err)
			}
			if loads := regexp.MustCompile(`(^|[;}\s])(import|export)\s*["'{*]|import\(["'.]|@import`).Find(body); loads != nil {
				t.Errorf("%s loads more: %q", name, loads)
			}
			if path.Ext(name) == ".js" && !bytes.HasPrefix(body, []byte(notice)) {
				t.Errorf("%s does not say whose it is", name)
			}
			checkMap(t, name, body)
		}
	}
}

// checkMap fails the test if a debugger would not find what a bundle was made of.
func checkMap(t *testing.T, name string, body []byte) {
	t.Helper()
	var described struct {
		Sources        []string
		SourcesContent []string
	}
	text, err := fs.ReadFile(Files, name+".map")
	if err == nil {
		err = json.Unmarshal(text, &described)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(body, []byte("sourceMappingURL="+path.Base(name)+".map")) {
		t.Errorf("%s does not name its map", name)
	}
	for i, source := range described.Sources {
		original, err := fs.ReadFile(embedded, path.Join(path.Dir(name), source))
		if err != nil || described.SourcesContent[i] != string(original) {
			t.Errorf("%s: the source %s is not in its place: %v", name, source, err)
		}
	}
}

// TestWhatComesLaterIsNotThereTwice names what a page's handed.js lacks.
func TestWhatComesLaterIsNotThereTwice(t *testing.T) {
	has := parts(t, "agent/main.js")
	for _, name := range parts(t, "agent/later-main.js") {
		if slices.Contains(has, name) {
			t.Errorf("%s is in the page and in what it loads later; name it in agent/%s", name, handedFile)
		}
	}
}

// parts are the modules that a bundle was made of.
func parts(t *testing.T, entry string) []string {
	t.Helper()
	var described struct{ Sources []string }
	text, err := fs.ReadFile(Files, entry+".map")
	if err == nil {
		err = json.Unmarshal(text, &described)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(described.Sources) == 0 {
		t.Fatalf("%s is made of nothing", entry)
	}
	for i, source := range described.Sources {
		described.Sources[i] = path.Join(path.Dir(entry), source)
	}
	return described.Sources
}

func TestTheWidgetIsOneScript(t *testing.T) {
	served, err := fs.ReadFile(Files, "widget.js")
	if err != nil {
		t.Fatal(err)
	}
	if module := regexp.MustCompile(`(?m)(^|[;}])(import|export)[ {*]`).Find(served); module != nil {
		t.Errorf("as a classic script it may not hold %q", module)
	}
	if !bytes.HasPrefix(served, []byte("(()=>{'use strict';")) || !bytes.Contains(served, []byte("})();\n")) {
		t.Errorf("its names are the page's, too: %.40s", served)
	}
	checkMap(t, "widget.js", served)
	modules, err := fs.Glob(embedded, "widget/*.js")
	if err != nil || len(modules) == 0 {
		t.Fatalf("%d modules, %v", len(modules), err)
	}
	described, err := fs.ReadFile(Files, "widget.js.map")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range modules {
		if !bytes.Contains(described, []byte(`"`+name+`"`)) {
			t.Errorf("%s is not in it", name)
		}
	}
}

func TestTheVisitorsPageIsLight(t *testing.T) {
	total := 0
	for _, name := range []string{"index.html", "icons/chat.svg", "shared/boot.js", "visitor/visitor.css", "visitor/main.js"} {
		body, err := fs.ReadFile(Files, name)
		if err != nil {
			t.Fatal(err)
		}
		var small bytes.Buffer
		z := gzip.NewWriter(&small)
		if _, err := z.Write(body); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		t.Logf("%6d %s", small.Len(), name)
		total += small.Len()
	}
	if total > 68_500 {
		t.Errorf("%d bytes, compressed", total)
	}
}

func TestWhatCannotBeBundledIsSaid(t *testing.T) {
	for body, want := range map[string]string{
		"import './nothing.js'": "nothing.js", "import 'preact'": "relative", "import { no } from './other.js'; no()": `"no"`, "const = 1": "Expected", "import '../secret.js'": "secret.js",
	} {
		files := fstest.MapFS{"a/main.js": {Data: []byte(body)}, "a/other.js": {Data: []byte("export const yes = 1")}}
		if _, err := bundled(files, "a/main.js", module); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
	if b, err := bundled(fstest.MapFS{"a.js": {Data: []byte("var x = 1; addEventListener('a', function () { x++; });")}}, "a.js", oldest); err != nil || bytes.Contains(b.body, []byte("=>")) {
		t.Errorf("an old browser can't read this: %v", err)
	}
}

func TestAnotherSourceIsAnotherVersion(t *testing.T) {
	one := newSite(fstest.MapFS{"widget.js": {Data: []byte("1")}}).Version()
	if other := newSite(fstest.MapFS{"widget.js": {Data: []byte("2")}}).Version(); one == other || !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(one) {
		t.Errorf("%s and %s", one, other)
	}
}

func BenchmarkAPageIsBundled(b *testing.B) {
	for b.Loop() {
		if _, err := bundled(embedded, "visitor/main.js", module); err != nil {
			b.Fatal(err)
		}
	}
}
