package identity

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// exampleCode returns the page's example in that language.
func exampleCode(t *testing.T, language string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "embedding.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindSubmatch(page)
	if found == nil {
		t.Fatalf("docs/embedding.md has no example in %s", language)
	}
	return string(found[1])
}

// Every example of docs/embedding.md makes a token that is accepted. A language that
// is not installed here is left out.
func TestTheExamplesForSitesAreAccepted(t *testing.T) {
	b := directory(t, bustest.Conn(t), Options{Mode: Signed, TokenKey: siteKey})
	for _, c := range []struct {
		language, program string
		arguments         []string
		file              string
		before, after     string
	}{
		{
			"go", "go", []string{"run"}, "example.go",
			"package main\n\nimport (\n\"crypto/hmac\"\n\"crypto/sha256\"\n\"encoding/base64\"\n\"encoding/json\"\n\"fmt\"\n\"os\"\n\"time\"\n)\n\n",
			"\nfunc main() { fmt.Println(parleyToken(\"4711\", \"Zoë\")) }\n",
		},
		{"js", "node", nil, "example.cjs", "", "\nconsole.log(parleyToken('4711', 'Zoë'));\n"},
		{"php", "php", nil, "example.php", "<?php\n", "\necho parley_token('4711', 'Zoë');\n"},
		{"python", "python3", nil, "example.py", "", "\nprint(parley_token('4711', 'Zoë'))\n"},
	} {
		t.Run(c.language, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.file)
			if err := os.WriteFile(path, []byte(c.before+exampleCode(t, c.language)+c.after), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := exec.LookPath(c.program); err != nil {
				t.Logf("not tried: %s is not installed here", c.program)
				return
			}
			cmd := exec.CommandContext(t.Context(), c.program, append(c.arguments, path)...)
			cmd.Env = append(os.Environ(), "TOKEN_KEY="+string(siteKey))
			token, err := cmd.Output()
			if err != nil {
				t.Fatalf("%s: %v", c.program, err)
			}
			if v := admit(t, b, "", strings.TrimSpace(string(token))); v.Name != "Zoë" {
				t.Errorf("the visitor is shown as %q", v.Name)
			}
		})
	}
}
