package knowledge

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// site is a folder of pages on the disk, and what follows it.
type site struct {
	*testing.T
	dir    string
	folder *Folder
}

func newSite(t *testing.T, pages map[string]string) site {
	t.Helper()
	s := site{T: t, dir: t.TempDir()}
	for name, text := range pages {
		s.write(name, text)
	}
	var err error
	if s.folder, err = OpenFolder(t.Context(), s.dir, standard); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s site) write(name, text string) {
	s.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.Fatal(err)
	}
}

func (s site) do(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s site) at(name string) string { return filepath.Join(s.dir, name) }

// looks takes as many looks, and returns what was reported: "" for pages in use.
func (s site) looks(n int) []string {
	s.Helper()
	var out []string
	for range n {
		changed, err := s.folder.look(s.Context())
		switch {
		case changed && err == nil:
			out = append(out, "")
		case changed:
			out = append(out, err.Error())
		case err != nil:
			s.Fatalf("an error that is not reported: %v", err)
		}
	}
	return out
}

// knows checks what is found now.
func (s site) knows(want map[string]bool) {
	s.Helper()
	for word, yes := range want {
		if found := s.folder.Current().Search(word, 1); (len(found) > 0) != yes {
			s.Errorf("%q: found %+v, want %t", word, found, yes)
		}
	}
}

func TestAChangedFolderIsReadAgain(t *testing.T) {
	s := newSite(t, map[string]string{"a.md": "# Apples\n\nApples are red.", "sub/b.md": "# Pears\n\nPears are green."})
	if got := s.looks(3); got != nil {
		t.Errorf("nothing changed, and %q was reported", got)
	}
	for _, c := range []struct {
		name   string
		change func()
		knows  map[string]bool
	}{
		{"added", func() { s.write("c.md", "# Plums\n\nPlums are blue.") }, map[string]bool{"plums": true, "apples": true}},
		{"changed", func() { s.write("a.md", "# Apples\n\nApples are yellow.") }, map[string]bool{"yellow": true, "red": false}},
		{"changed, with the same size and time", func() {
			info, err := os.Stat(s.at("c.md"))
			s.do(err)
			s.write("c.new", "# Plums\n\nPlums are teal.")
			s.do(os.Chtimes(s.at("c.new"), info.ModTime(), info.ModTime()))
			s.do(os.Rename(s.at("c.new"), s.at("c.md")))
		}, map[string]bool{"teal": true, "blue": false}},
		{"renamed", func() { s.do(os.Rename(s.at("c.md"), s.at("sub/d.md"))) }, map[string]bool{"plums": true}},
		{"a folder renamed", func() { s.do(os.Rename(s.at("sub"), s.at("fruit"))) }, map[string]bool{"plums": true, "pears": true}},
		{"removed", func() { s.do(os.Remove(s.at("fruit/b.md"))) }, map[string]bool{"pears": false, "plums": true}},
		{"replaced by another folder", func() {
			s.do(os.Rename(s.dir, s.dir+".old"))
			s.write("only.md", "# Cherries\n\nCherries are small.")
		}, map[string]bool{"cherries": true, "apples": false}},
	} {
		before := s.folder.Current()
		c.change()
		if got := s.looks(1); got != nil || s.folder.Current() != before {
			t.Errorf("%s: read at once, though it may still be written to: %q", c.name, got)
		}
		if got := s.looks(3); !slices.Equal(got, []string{""}) {
			t.Errorf("%s: reported %q, want once that the pages are in use", c.name, got)
		}
		s.knows(c.knows)
	}
	if got := s.folder.Current().Search("plums", 1); len(got) != 0 {
		t.Errorf("found %+v", got)
	}
}

// What is not a page does not matter.
func TestOtherFilesCauseNoReading(t *testing.T) {
	s := newSite(t, map[string]string{"a.md": "# Apples\n\nApples are red."})
	s.write("picture.png", "x")
	s.write(".git/a.md", "# Hidden\n\nHidden.")
	s.write(".a.md.swp", "x")
	if got := s.looks(3); got != nil {
		t.Errorf("reported %q", got)
	}
}

// A file that grows is not read before it is still.
func TestAFileThatIsStillWrittenIsWaitedFor(t *testing.T) {
	s := newSite(t, map[string]string{"a.md": "# Apples\n\nApples are red."})
	text := "# Plums\n\nPlums are"
	for i := range 5 {
		text += fmt.Sprintf(" good%d", i)
		s.write("b.md", text)
		if got := s.looks(1); got != nil {
			t.Fatalf("read while it grew: %q", got)
		}
		s.knows(map[string]bool{"plums": false})
	}
	if got := s.looks(1); !slices.Equal(got, []string{""}) {
		t.Errorf("reported %q", got)
	}
	s.knows(map[string]bool{"good4": true})
}

// All or nothing: as long as one page can't be used, the bot answers from the pages that it
// had, and says so once.
func TestABrokenPageKeepsThePagesFromBefore(t *testing.T) {
	for name, c := range map[string]struct {
		breaks func(s site)
		mends  func(s site)
		says   string
	}{
		"a new page is not text": {func(s site) { s.write("z.md", "caf\xe9\x81 \x00") }, func(s site) { s.do(os.Remove(s.at("z.md"))) }, "z.md: is"},
		"a page became empty":    {func(s site) { s.write("a.md", "") }, func(s site) { s.write("a.md", "# Apples\n\nApples are red.") }, "a.md: has no text"},
		"a page is too large":    {func(s site) { s.write("a.md", strings.Repeat("apple ", 400_000)) }, func(s site) { s.write("a.md", "# Apples\n\nApples are red.") }, "a.md: is too large"},
		"a link leads nowhere":   {func(s site) { s.do(os.Symlink("nowhere.md", s.at("l.md"))) }, func(s site) { s.do(os.Remove(s.at("l.md"))) }, "l.md: can't be opened"},
		"a link leads out":       {func(s site) { s.do(os.Symlink("/etc/passwd", s.at("l.md"))) }, func(s site) { s.do(os.Remove(s.at("l.md"))) }, "l.md: is a link out of the folder"},
		"the folder is empty": {func(s site) { s.do(os.Remove(s.at("a.md"))); s.do(os.Remove(s.at("old.md"))) }, func(s site) {
			s.write("a.md", "# Apples\n\nApples are red.")
			s.write("old.md", "")
		}, "holds no page"},
		"the folder is gone": {func(s site) { s.do(os.Rename(s.dir, s.dir+".gone")) }, func(s site) { s.do(os.Rename(s.dir+".gone", s.dir)) }, "can't be read"},
	} {
		t.Run(name, func(t *testing.T) {
			// A page that could not be used from the start hinders no change.
			s := newSite(t, map[string]string{"a.md": "# Apples\n\nApples are red.", "old.md": ""})
			before := s.folder.Current()
			c.breaks(s)
			if name != "the folder is gone" && name != "the folder is empty" {
				s.write("b.md", "# Plums\n\nPlums are blue.")
			}
			got := s.looks(6)
			if len(got) != 1 || !strings.Contains(got[0], c.says) || strings.Contains(got[0], "old.md") && c.says != "holds no page" {
				t.Errorf("reported %q, want once: %s", got, c.says)
			}
			if s.folder.Current() != before || !s.folder.Refused() {
				t.Error("the pages from before are not in use")
			}
			s.knows(map[string]bool{"apples": true, "plums": false})
			c.mends(s)
			s.write("b.md", "# Plums\n\nPlums are dark.")
			if got := s.looks(4); !slices.Equal(got, []string{""}) || s.folder.Refused() {
				t.Errorf("mended, and reported %q", got)
			}
			s.knows(map[string]bool{"apples": true, "dark": true})
		})
	}
}

// What was a mistake and is taken back costs no reading.
func TestAFolderThatIsAsItWasNeedsNoReading(t *testing.T) {
	s := newSite(t, map[string]string{"a.md": "# Apples\n\nApples are red."})
	before := s.folder.Current()
	s.write("b.md", "\x00")
	if got := s.looks(3); len(got) != 1 {
		t.Errorf("reported %q", got)
	}
	s.do(os.Remove(s.at("b.md")))
	if got := s.looks(3); got != nil || s.folder.Refused() || s.folder.Current() != before {
		t.Errorf("reported %q, refused %t", got, s.folder.Refused())
	}
}

// Kubernetes changes a ConfigMap by one link: all its files change at once, and none is
// written to.
func TestAConfigMapThatChangesIsReadAgain(t *testing.T) {
	s := site{T: t, dir: t.TempDir()}
	s.write("..2026_1/page.md", "# Apples\n\nApples are red.")
	s.write("..2026_1/gone.md", "# Pears\n\nPears are green.")
	s.do(os.Symlink("..2026_1", s.at("..data")))
	for _, name := range []string{"page.md", "gone.md"} {
		s.do(os.Symlink("..data/"+name, s.at(name)))
	}
	var err error
	s.folder, err = OpenFolder(t.Context(), s.dir, standard)
	s.do(err)
	s.knows(map[string]bool{"red": true, "pears": true})
	s.write("..2026_2/page.md", "# Apples\n\nApples are blue.")
	s.write("..2026_2/new.md", "# Plums\n\nPlums are dark.")
	s.do(os.Symlink("..2026_2", s.at("..data_tmp")))
	s.do(os.Rename(s.at("..data_tmp"), s.at("..data")))
	s.do(os.Remove(s.at("gone.md")))
	s.do(os.Symlink("..data/new.md", s.at("new.md")))
	s.do(os.RemoveAll(s.at("..2026_1")))
	if got := s.looks(4); !slices.Equal(got, []string{""}) {
		t.Errorf("reported %q", got)
	}
	s.knows(map[string]bool{"red": false, "blue": true, "pears": false, "dark": true})
}

// A release is put in place by a link to its folder.
func TestAFolderThatIsALinkIsFollowed(t *testing.T) {
	s := site{T: t, dir: filepath.Join(t.TempDir(), "current")}
	for n, text := range []string{"# Apples\n\nApples are red.", "# Apples\n\nApples are blue."} {
		release := fmt.Sprintf("%s.%d", s.dir, n)
		s.do(os.Mkdir(release, 0o755))
		s.do(os.WriteFile(filepath.Join(release, "a.md"), []byte(text), 0o644))
	}
	s.do(os.Symlink(s.dir+".0", s.dir))
	var err error
	s.folder, err = OpenFolder(t.Context(), s.dir, standard)
	s.do(err)
	s.do(os.Remove(s.dir))
	s.do(os.Symlink(s.dir+".1", s.dir))
	if got := s.looks(3); !slices.Equal(got, []string{""}) {
		t.Errorf("reported %q", got)
	}
	s.knows(map[string]bool{"blue": true, "red": false})
}

// Questions are answered while the pages change, from the old or from the new ones.
func TestQuestionsAreAnsweredWhileThePagesChange(t *testing.T) {
	s := newSite(t, map[string]string{"a.md": "# Apples\n\nApples are red."})
	reports := make(chan error, 100)
	var wg sync.WaitGroup
	ctx := t.Context()
	stop := make(chan struct{})
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if found := s.folder.Current().Search("what color are apples", 1); len(found) != 1 {
				t.Errorf("found %+v", found)
				return
			}
			runtime.Gosched()
		}
	})
	go s.folder.Follow(ctx, 5*time.Millisecond, func(err error) { reports <- err })
	for i := range 5 {
		s.write("a.new", fmt.Sprintf("# Apples\n\nApples are red%d.", i))
		s.do(os.Rename(s.at("a.new"), s.at("a.md")))
		if err := <-reports; err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
}

// What a look costs in a folder of the largest number of pages.
func BenchmarkALookAtTenThousandPages(b *testing.B) {
	dir := b.TempDir()
	for i := range maxFiles {
		sub := filepath.Join(dir, fmt.Sprint(i%100))
		if err := os.MkdirAll(sub, 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(sub, fmt.Sprintf("%d.md", i)), []byte("# A page\n\nIts text."), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if s, err := sign(b.Context(), dir); err != nil || s.files != maxFiles {
			b.Fatal(s, err)
		}
	}
}
