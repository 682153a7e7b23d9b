package web

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
)

func TestAFileIsTheSameHoweverItIsRead(t *testing.T) {
	for _, name := range []string{"index.html", "agent.html", "widget.js", "shared/tokens.css", "visitor/main.js", "agent/main.js", "ops.html", "ops/main.js", "vendor/marked/marked.js", "vendor/marked/LICENSE"} {
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
		if !bytes.Equal(whole, opened) || info.Size() != int64(len(whole)) {
			t.Errorf("%s: %d bytes by ReadFile, %d by Open, %d by Stat", name, len(whole), len(opened), info.Size())
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatIsServedIsWhatIsInTheFolderWithoutItsComments(t *testing.T) {
	err := fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		source, err := embedded.ReadFile(name)
		if err != nil {
			return err
		}
		served, err := fs.ReadFile(Files, name)
		if err != nil {
			return err
		}
		if name == "widget.js" {
			return nil // see TestTheWidgetIsOneScript
		}
		own := !strings.HasPrefix(name, "vendor/") && (path.Ext(name) == ".js" || path.Ext(name) == ".css")
		switch {
		case !own && !bytes.Equal(source, served):
			t.Errorf("%s is changed; only our own scripts and styles may be", name)
		case own && bytes.Count(source, []byte("\n")) != bytes.Count(served, []byte("\n")):
			t.Errorf("%s has other lines than its source", name)
		case own && (bytes.Contains(served, []byte("/**")) || bytes.Contains(served, []byte("\n//"))):
			t.Errorf("%s still has comments", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheWidgetIsOneScript(t *testing.T) {
	served, err := fs.ReadFile(Files, "widget.js")
	if err != nil {
		t.Fatal(err)
	}
	if module := regexp.MustCompile(`(?m)^(import|export) .*`).Find(served); module != nil {
		t.Errorf("as a classic script it may not hold %q", module)
	}
	if !bytes.HasPrefix(served, []byte("(() => {")) || !bytes.HasSuffix(served, []byte("})();\n")) {
		t.Error("its names are the page's, too")
	}
	modules, err := fs.Glob(embedded, "widget/*.js")
	if err != nil || len(modules) == 0 {
		t.Fatalf("%d modules, %v", len(modules), err)
	}
	for _, name := range modules {
		body, err := fs.ReadFile(Files, name)
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.TrimSpace(regexp.MustCompile(`(?m)^(import .*$|export )`).ReplaceAll(body, nil))
		if bytes.Count(served, body) != 1 {
			t.Errorf("%s is in it %d times", name, bytes.Count(served, body))
		}
	}
}
