package compose

import (
	"regexp"
	"strings"
	"testing"

	"github.com/parley-chat/parley/test/compose/internal/composefile"
)

// dockerfile returns the instructions, each on one line.
func dockerfile(t *testing.T) []string {
	t.Helper()
	var all []string
	text := regexp.MustCompile(`\\\n\s*`).ReplaceAllString(read(t, "Dockerfile"), " ")
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	return all
}

// What cmd/up checks in the built image, as far as the Dockerfile shows it.
func TestTheDockerfile(t *testing.T) {
	text := strings.Join(dockerfile(t), "\n")
	for _, want := range []string{
		"\nFROM scratch\n", "\nUSER 10001:10001\n", "CMD [\"/parley\", \"health\"]", "\nENTRYPOINT [\"/parley\"]\n",
		"CGO_ENABLED=0", "-trimpath", "-buildid=", "-X main.version=$VERSION", "org.opencontainers.image.version",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the Dockerfile has no %q", want)
		}
	}
	// Docker 20.10 without BuildKit knows none of these.
	for _, lacks := range []string{"# syntax", "--mount", "--link", "<<"} {
		if strings.Contains(text, lacks) {
			t.Errorf("the Dockerfile has %q", lacks)
		}
	}
	builder, err := composefile.BuilderImage(read(t, "Dockerfile"))
	if err != nil || !regexp.MustCompile(`^golang:\d+\.\d+\.\d+-alpine$`).MatchString(builder) {
		t.Errorf("the builder is %q: %v", builder, err)
	}
	// The linker sets only variables, and ignores other names silently.
	if !regexp.MustCompile(`(?m)^var version = `).MatchString(read(t, "main.go")) {
		t.Error("main.go has no variable version, which VERSION sets")
	}
	goLine := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "go.mod"))
	if goLine == nil || !strings.HasPrefix(builder, "golang:"+goLine[1]+".") {
		t.Errorf("the builder is %q, go.mod wants %q", builder, goLine)
	}
}

// Secrets and data never get into a build: the ignore file lets in by name only.
func TestTheBuildSeesNoSecret(t *testing.T) {
	var lets []string
	first := ""
	for line := range strings.Lines(read(t, ".dockerignore")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if first == "" {
			first = line
		}
		if name, ok := strings.CutPrefix(line, "!"); ok {
			lets = append(lets, name)
		}
	}
	if first != "*" {
		t.Errorf(".dockerignore begins with %q, not with *", first)
	}
	if got := strings.Join(lets, " "); got != "go.mod go.sum main.go app gateway botworker escalation historyworker pkg web" {
		t.Errorf(".dockerignore lets in %s", got)
	}
}

func TestTheBuilderImageIsReadWithItsArguments(t *testing.T) {
	got, err := composefile.BuilderImage("# x\nARG V=1.2\nFROM golang:${V}-alpine AS build\nFROM scratch\n")
	if err != nil || got != "golang:1.2-alpine" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := composefile.BuilderImage("ARG V=1\n"); err == nil {
		t.Error("a Dockerfile without FROM is taken")
	}
}
