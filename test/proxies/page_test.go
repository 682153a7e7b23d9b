package proxies

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-chat/parley/test/internal/tree"
)

// block returns the n-th configuration in that language below a heading of
// docs/proxies.md, or before the first one.
func block(t *testing.T, heading, language string, n int) string {
	t.Helper()
	root, err := tree.Root()
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "proxies.md"))
	if err != nil {
		t.Fatal(err)
	}
	section, ok := string(page), true
	if heading != "" {
		_, section, ok = strings.Cut(section, "\n## "+heading+"\n")
	}
	if !ok {
		t.Fatalf("docs/proxies.md has no heading %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	found := regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(section, -1)
	if len(found) <= n {
		t.Fatalf("docs/proxies.md has %d blocks of %s below %q", len(found), language, heading)
	}
	return found[n][1]
}

// edit replaces each first text by the second. A text that is not there fails the test:
// then the page has changed.
func edit(t *testing.T, config string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(config, pairs[i]) {
			t.Fatalf("the page's lines have no %q:\n%s", pairs[i], config)
		}
		config = strings.ReplaceAll(config, pairs[i], pairs[i+1])
	}
	return config
}
