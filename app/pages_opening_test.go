package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/pkg/config"
)

// folderOf returns a folder with pages of that many bytes in all.
func folderOf(t *testing.T, text string, bytes int) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; bytes > 0; i++ {
		page := strings.Repeat(text, 1+min(bytes, 200<<10)/len(text))
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i, ".md")), []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
		bytes -= len(page)
	}
	return dir
}

// Fourteen megabytes of pages once kept the port shut for 24 seconds.
func TestALargeFolderOfPagesIsReadWhileVisitorsAreLetIn(t *testing.T) {
	for _, c := range []struct {
		what, folder string
		first, works bool
	}{
		{"the built-in pages", "", false, true},
		{"a few pages", folderOf(t, "Apples are red.\n\n", 100), true, true},
		{"a few pages without text", folderOf(t, "# \n", 100), true, false},
		{"many pages", folderOf(t, "Apples are red.\n\n", readFirst+1), false, true},
		{"many pages without text", folderOf(t, "# \n", readFirst+1), false, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			s := &system{Config: config.Config{BotKnowledge: c.folder}, log: zerolog.Nop()}
			// What is read with a context that has ended can't be read.
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := s.openPages(ended); (err != nil) != c.first {
				t.Errorf("read before the start goes on: %v (%v), want %v", err != nil, err, c.first)
			}
			o, err := s.openPages(t.Context())
			if err == nil {
				var folder *knowledge.Folder
				if folder, err = o.wait(t.Context()); err == nil && folder == nil || o.ready() != nil {
					t.Errorf("%v, %v; and once it is read: %v", folder, err, o.ready())
				}
			}
			if (err == nil) != c.works {
				t.Errorf("the pages can be used: %v (%v), want %v", err == nil, err, c.works)
			}
		})
	}
}

// Until the pages are read the worker says so, and a fault found late ends it like one that
// is found at the start.
func TestAWorkerThatReadsItsPagesSaysSo(t *testing.T) {
	o := &opening{read: make(chan struct{})}
	if err := o.ready(); !errors.Is(err, errReading) {
		t.Errorf("ready: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := o.wait(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("a stop while they are read: %v", err)
	}
	o.err = errors.New("BOT_KNOWLEDGE: no page")
	close(o.read)
	if _, err := o.wait(t.Context()); ExitCode(err) != 2 {
		t.Errorf("the exit code of %v is %d, want 2", err, ExitCode(err))
	}
}
