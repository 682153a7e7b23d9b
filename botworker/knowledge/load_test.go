package knowledge

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func load(t *testing.T, files map[string]string) *Index {
	t.Helper()
	folder := fstest.MapFS{}
	for name, text := range files {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	ix, err := Load(context.Background(), folder)
	if err != nil {
		t.Fatal(err)
	}
	return ix
}

func TestBadFilesAreNamedAndTheRestIsUsed(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("good.md", []byte("# Good\n\nThe warehouse is in Rotterdam."))
	write("sub/deep/GOOD.MARKDOWN", []byte("Parcels leave on Mondays."))
	write("utf8.md", []byte("caf\xe9"))
	write("binary.md", []byte("a\x00b"))
	write("empty.md", nil)
	write("headings.md", []byte("# Only\n\n## Headings\n"))
	write("large.md", []byte(strings.Repeat("word ", 300_000)))
	write("other.txt", []byte("not Markdown"))
	write("manual.rst", []byte("not read"))
	write("draft.md", []byte("---\ndraft: true\n---\nnot published"))
	write(".hidden/x.md", []byte("hidden"))
	for link, to := range map[string]string{"broken.md": "nowhere.md", "loop.md": "loop.md", "folder.md": "sub", "good-link.md": "good.md"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	ix, err := LoadFolder(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if ix.Pages() != 4 { // good, its link, the deep one, and the text
		t.Errorf("pages = %d", ix.Pages())
	}
	for _, want := range []string{
		"binary.md: is a binary file", "broken.md: can't be opened", "empty.md: has no text", "folder.md: is a link to a folder",
		"headings.md: has no text", "large.md: is too large: expected at most 1024 KiB", "loop.md: can't be opened", "utf8.md: is not valid UTF-8",
	} {
		if !slices.ContainsFunc(ix.Warnings(), func(w string) bool { return strings.HasPrefix(w, want) && strings.Contains(w, "expected") }) {
			t.Errorf("no warning %q in %q", want, ix.Warnings())
		}
	}
	for i, want := range []string{
		"1 file is not read, being of other kinds: 1 .rst (read are .md, .markdown, .mdx, .html, .htm and .txt)",
		"1 file is not read, as the site does not show it: draft.md (is a draft)",
	} {
		if ix.Warnings()[i] != want {
			t.Errorf("warning %d = %q, want %q", i, ix.Warnings()[i], want)
		}
	}
	if n := len(ix.Warnings()); n != 10 {
		t.Errorf("%d warnings: %q", n, ix.Warnings())
	}
}

// Whoever may write into the folder (a wiki's export, a theme) must not have the bot read
// out what else the machine holds.
func TestALinkOutOfTheFolderIsNotFollowed(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret.md")
	if err := os.WriteFile(secret, []byte("the password is swordfish"), 0o644); err != nil {
		t.Fatal(err)
	}
	// As Kubernetes mounts a ConfigMap: links within the folder, over a hidden one.
	if err := os.Mkdir(filepath.Join(dir, "..2026"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "..2026", "page.md"), []byte("Parcels leave on Mondays."), 0o644); err != nil {
		t.Fatal(err)
	}
	up, err := filepath.Rel(dir, secret)
	if err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{
		"..data": "..2026", "page.md": "..data/page.md", // of the ConfigMap
		"absolute.md": secret, "relative.md": up, "folder": outside, "chain.md": "relative.md", "passwd.md": "/etc/passwd",
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	ix, err := LoadFolder(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := ix.Search("password swordfish root", 5); ix.Pages() != 1 || len(got) > 0 {
		t.Errorf("%d pages, and the bot knows %+v", ix.Pages(), got)
	}
	for _, link := range []string{"absolute.md", "relative.md", "chain.md", "passwd.md"} {
		if !slices.ContainsFunc(ix.Warnings(), func(w string) bool { return strings.HasPrefix(w, link+": is a link out of the folder") }) {
			t.Errorf("no warning of %s in %q", link, ix.Warnings())
		}
	}
}

func TestAFolderWithoutAUsablePageIsRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ path, want string }{
		"absent":     {filepath.Join(dir, "absent"), "can't be read"},
		"not folder": {file, "expected a folder"},
		"empty":      {dir, "holds no page that can be used: expected at least one Markdown file"},
	} {
		if ix, err := LoadFolder(context.Background(), c.path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v", name, ix, err)
		}
	}
	_, err := Load(context.Background(), fstest.MapFS{
		"a.md": {Data: []byte("\xff")}, "b.md": {Data: []byte{0}},
	})
	if err == nil || !strings.Contains(err.Error(), "a.md: is not valid UTF-8") || !strings.Contains(err.Error(), "b.md: is a binary file") {
		t.Errorf("all faults at once: %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Load(ended, Builtin()); err == nil {
		t.Error("an ended context is not noticed")
	}
}

func TestManyWarningsAreBounded(t *testing.T) {
	folder := fstest.MapFS{"good.md": {Data: []byte("text")}}
	for i := range 200 {
		folder["bad"+strings.Repeat("x", i)+".md"] = &fstest.MapFile{Data: []byte{0}}
	}
	ix, err := Load(context.Background(), folder)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(ix.Warnings()); n != maxWarnings+1 {
		t.Errorf("%d warnings", n)
	}
}

func TestTextInOtherEncodingsIsReadOrNamed(t *testing.T) {
	for name, c := range map[string]struct{ file, data, text, fault string }{
		"UTF-16, little endian":  {"a.md", "\xff\xfe5\x00 \x00\xac\x20", "5 €", ""},
		"UTF-16, big endian":     {"a.txt", "\xfe\xff\x005\x00 \x20\xac", "5 €", ""},
		"half a letter":          {"a.md", "\xff\xfe5\x00 ", "", "is a binary file"},
		"UTF-8 with a mark":      {"a.md", "\uFEFF5 €", "\uFEFF5 €", ""},
		"Windows-1252, declared": {"a.html", "<meta charset=windows-1252>5 \x80", "<meta charset=windows-1252>5 €", ""},
		"Windows-1252":           {"a.txt", "5 \x80", "", "is not valid UTF-8: expected text in UTF-8 (if it is in Windows-1252 or Latin-1, save it as UTF-8)"},
		"binary":                 {"a.html", "a\x00b", "", "is a binary file"},
	} {
		if text, fault := decode(c.file, []byte(c.data)); text != c.text || !strings.HasPrefix(fault, c.fault) || (fault == "") != (c.fault == "") {
			t.Errorf("%s: %q, %q", name, text, fault)
		}
	}
}
