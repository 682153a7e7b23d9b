package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors has, for each image that Parley builds on or runs beside, the oldest version of
// each line that it may name, and the worst of what is wrong with older ones. A line that
// is not named here is not maintained.
var floors = map[string][]floor{
	"mongo":                {{"8.0", "8.0.23", "CVE-2025-14847 lets strangers read the server's memory (to 8.0.16), CVE-2026-6914 stops it (to 8.0.20)"}},
	"nats":                 {{"2.12", "2.12.6", "GO-2026-4841 stops the server without a password"}, {"2.14", "2.14.0", ""}, {"2.15", "2.15.0", ""}},
	"grafana/grafana":      {{"13.2", "13.2.1", "CVE-2026-12704, CVE-2026-14199, CVE-2026-17183; 12.1 to 12.4.1 run foreign code by CVE-2026-27876"}},
	"prom/prometheus":      {{"3.13", "3.13.2", "CVE-2026-56852 in a library"}},
	"jaegertracing/jaeger": {{"2.20", "2.20.0", "CVE-2025-15467 in the OpenSSL of 2.14 and older"}},
	"golang":               {{"1.26", "1.26.10", "fifteen holes of the standard library that 1.26.9 mends, GO-2026-6600 among them"}},
	"parley":               nil, // our own
}

type floor struct{ line, oldest, why string }

// fault says what is wrong with an image; empty if nothing is.
func fault(image string) string {
	name, tag, tagged := strings.Cut(image, ":")
	tag, _, _ = strings.Cut(tag, "@") // a digest may follow
	lines, known := floors[name]
	if !known {
		return fmt.Sprintf("%s is not in the list of images whose holes are known", image)
	}
	if name == "parley" {
		return ""
	}
	version, _, _ := strings.Cut(strings.TrimPrefix(tag, "v"), "-")
	parts := numbers(version)
	if !tagged || len(parts) != 3 {
		return fmt.Sprintf("%s does not name one version", image)
	}
	for _, l := range lines {
		if !strings.HasPrefix(version+".", l.line+".") {
			continue
		}
		if slices.Compare(parts, numbers(l.oldest)) < 0 {
			return fmt.Sprintf("%s is older than %s: %s", image, l.oldest, l.why)
		}
		return ""
	}
	return fmt.Sprintf("%s is of a line that is not maintained, or not looked at yet", image)
}

// numbers returns the numbers of a version, nil if it is none.
func numbers(version string) []int {
	var list []int
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil
		}
		list = append(list, n)
	}
	return list
}

var (
	imageLine = regexp.MustCompile(`(?m)^\s*(?:- )?image:\s*"?([a-z0-9./_-]+(?::[A-Za-z0-9._@:-]+)?)"?\s*(?:#.*)?$`)
	fromLine  = regexp.MustCompile(`(?m)^FROM\s+(\S+)`)
	argLine   = regexp.MustCompile(`(?m)^ARG\s+(\w+)=(\S+)`)
	runLine   = regexp.MustCompile(`\b((?:mongo|nats|golang|grafana/grafana|prom/prometheus|jaegertracing/jaeger):v?\d+\.[A-Za-z0-9._-]*)`)
)

// imagesIn returns the images that a file names.
func imagesIn(file, text string) (images []string) {
	switch {
	case filepath.Base(file) == "Dockerfile":
		for _, arg := range argLine.FindAllStringSubmatch(text, -1) {
			text = strings.ReplaceAll(text, "${"+arg[1]+"}", arg[2])
		}
		for _, m := range fromLine.FindAllStringSubmatch(text, -1) {
			if m[1] != "scratch" {
				images = append(images, m[1])
			}
		}
	case filepath.Ext(file) == ".md":
		for _, m := range runLine.FindAllStringSubmatch(text, -1) {
			images = append(images, m[1])
		}
	default:
		for _, m := range imageLine.FindAllStringSubmatch(text, -1) {
			images = append(images, m[1])
		}
	}
	return images
}

// Whoever starts Parley by its files is given no program with a hole that is known.
func TestNoImageHasAKnownHole(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	for _, pattern := range []string{"Dockerfile", "docker-compose.yml", "README.md", "docs/*.md", "k8s/*/*.yaml", "k8s/*/*/*.yaml"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", pattern, files, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, image := range imagesIn(file, string(data)) {
				name, _, _ := strings.Cut(image, ":")
				found[name] = true
				if why := fault(image); why != "" {
					t.Errorf("%s: %s", file, why)
				}
			}
		}
	}
	for name := range floors {
		if !found[name] {
			t.Errorf("no file names the image %s: the test looks for something else, or it may go from the list", name)
		}
	}
}

func TestAnImageWithAKnownHoleIsFound(t *testing.T) {
	t.Parallel()
	for image, want := range map[string]string{
		"mongo:8.0.12": "CVE-2025-14847", "mongo:8.0": "one version", "mongo": "one version", "mongo:latest": "one version", "mongo:7.0.40": "not maintained",
		"mongo:8.0.30": "", "mongo:8.0.30@sha256:0123": "", "nats:2.15.2-alpine": "", "nats:2.12.5": "GO-2026-4841", "grafana/grafana:12.1.0": "not maintained",
		"golang:1.26.8-alpine": "standard library", "golang:1.26.11-alpine": "", "prom/prometheus:v3.13.5": "", "redis:8.0.0": "not in the list", "parley:local": "",
	} {
		if got := fault(image); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", image, got, want)
		}
	}
	for file, c := range map[string]struct{ text, want string }{
		"Dockerfile":         {"ARG V=1.26.8\nFROM golang:${V}-alpine AS build\nFROM scratch\n", "golang:1.26.8-alpine"},
		"docker-compose.yml": {"services:\n  x:\n    image: mongo:8.0.12 # a comment\n", "mongo:8.0.12"},
		"pods.yaml":          {"containers:\n  - image: \"mongo:8.0.12\"\n", "mongo:8.0.12"},
		"page.md":            {"docker run --rm mongo:8.0.12 tar\n", "mongo:8.0.12"},
	} {
		if got := imagesIn(file, c.text); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %q", file, got)
		}
	}
}

// Whoever builds Parley by the image or by go.mod gets the same standard library.
func TestOneToolchainBuildsParley(t *testing.T) {
	t.Parallel()
	read := func(file, pattern string) string {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		m := regexp.MustCompile(pattern).FindSubmatch(data)
		if m == nil {
			t.Fatalf("%s has nothing like %s", file, pattern)
		}
		return string(m[1])
	}
	want := read("Dockerfile", `(?m)^ARG GO_VERSION=(\S+)$`)
	modules, err := filepath.Glob(filepath.Join(root, "test", "*", "go.mod"))
	if err != nil || len(modules) == 0 {
		t.Fatal(modules, err)
	}
	for _, file := range append(modules, filepath.Join(root, "go.mod")) {
		rel, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(rel, `(?m)^toolchain go(\S+)$`); got != want {
			t.Errorf("%s: %s, and the image is built with %s", rel, got, want)
		}
	}
}
