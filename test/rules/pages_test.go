package rules_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// tree holds everything that a page may refer to.
type tree struct {
	read   func(file string) (text string, ok bool) // a page's text
	exists func(path string) bool                   // a file or a folder
	tests  []string                                 // names of all Go tests
}

// A pageRule returns the faults of one page.
type pageRule func(page, text string, in tree) []string

func TestEveryLinkInThePagesWorks(t *testing.T)        { holdPages(t, brokenLinks) }
func TestEveryFileThatAPageNamesExists(t *testing.T)   { holdPages(t, missingFiles) }
func TestEveryTestThatAPageNamesExists(t *testing.T)   { holdPages(t, missingTests) }
func TestEveryPageThatTheCodeNamesExists(t *testing.T) { holdCode(t, missingPages) }

func TestThePageRulesFindTheirBreaches(t *testing.T) {
	in := tree{
		read: func(file string) (string, bool) {
			text, ok := map[string]string{
				"docs/a.md": "# A page\n\n## `setup`, and what it does\n\n## Twice\n\n## Twice\n\n```\n# no heading\n```\n",
			}[file]
			return text, ok
		},
		exists: func(p string) bool { return slices.Contains([]string{"docs/a.md", "gateway", "gateway/hub.go"}, p) },
		tests:  []string{"TestPromise2Once", "TestSetup"},
	}
	for _, c := range []struct {
		rule   pageRule
		text   string
		breach bool
	}{
		{brokenLinks, "[a](a.md) and [its part](a.md#setup-and-what-it-does)", false},
		{brokenLinks, "[the second](a.md#twice-1), [the folder](../gateway)", false},
		{brokenLinks, "[elsewhere](https://example.org/nothing.md#x)", false},
		{brokenLinks, "## Here\n\n[up](#here)", false},
		{brokenLinks, "`[a](gone.md)`", false},
		{brokenLinks, "[a](gone.md)", true},
		{brokenLinks, "[a](a.md#gone)", true},
		{brokenLinks, "[a](a.md#no-heading)", true},
		{brokenLinks, "[up](#here)", true},
		{missingFiles, "see `gateway/hub.go`, `gateway/{hub,hub}.go` and `go test ./gateway/...`", false},
		{missingFiles, "see `gateway/gone.go`", true},
		{missingFiles, "see `gateway/{hub,gone}.go`", true},
		{missingTests, "`TestSetup`, `TestPromise2…`", false},
		{missingTests, "`TestSet`", true},
		{missingTests, "`TestPromise3…`", true},
		{missingPages, "// docs/a.md#twice explains", false},
		{missingPages, "// docs/gone.md explains", true},
		{missingPages, "url: https://example.org/docs/a.md#gone", true},
	} {
		if faults := c.rule("docs/b.md", c.text, in); (len(faults) > 0) != c.breach {
			t.Errorf("%q: breach %v, the rule said %q", c.text, c.breach, faults)
		}
	}
}

// holdPages applies a rule to every Markdown page.
func holdPages(t *testing.T, rule pageRule) {
	hold(t, rule, func(name string) bool { return path.Ext(name) == ".md" })
}

// holdCode applies a rule to all other text files.
func holdCode(t *testing.T, rule pageRule) {
	kinds := []string{".go", ".js", ".yaml", ".yml", ".conf", ".sh", ".html", ".example", ""}
	hold(t, rule, func(name string) bool {
		return slices.Contains(kinds, path.Ext(name)) && name != "test/rules/pages_test.go"
	})
}

func hold(t *testing.T, rule pageRule, concerns func(name string) bool) {
	t.Helper()
	in := tree{
		read: func(file string) (string, bool) {
			text, err := os.ReadFile(filepath.Join(root, file))
			return string(text), err == nil
		},
		exists: func(p string) bool {
			_, err := os.Stat(filepath.Join(root, p))
			return err == nil
		},
	}
	var names []string
	walk(t, func(name string) {
		if strings.HasSuffix(name, "_test.go") {
			text, _ := in.read(name)
			for _, m := range testFunc.FindAllStringSubmatch(text, -1) {
				in.tests = append(in.tests, m[1])
			}
		}
		if concerns(name) {
			names = append(names, name)
		}
	})
	if len(names) < 20 {
		t.Fatalf("only %d files were found; the rule looks at the wrong place", len(names))
	}
	for _, name := range names {
		text, _ := in.read(name)
		for _, fault := range rule(name, text, in) {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

var (
	testFunc  = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	fence     = regexp.MustCompile("(?s)```.*?```")
	codeSpan  = regexp.MustCompile("`[^`\n]+`")
	mdLink    = regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)\s]*))?\)`)
	mdHeading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	mentioned = regexp.MustCompile(`\bdocs/[\w/-]+\.md(?:#([\w-]+))?`)
	namedFile = regexp.MustCompile(`^(?:app|gateway|botworker|escalation|historyworker|pkg|test|web|k8s|docs)/[\w./{},-]+$`)
	namedTest = regexp.MustCompile(`\bTest[A-Z]\w*…?`)
	braces    = regexp.MustCompile(`^(.*)\{(.*)\}(.*)$`)
	markup    = strings.NewReplacer("`", "", "*", "")
)

func brokenLinks(page, text string, in tree) (faults []string) {
	for _, m := range mdLink.FindAllStringSubmatch(codeSpan.ReplaceAllString(fence.ReplaceAllString(text, ""), ""), -1) {
		to, anchor := m[1], m[2]
		if strings.Contains(to, "://") || strings.HasPrefix(to, "mailto:") {
			continue
		}
		target, targetText := page, text
		if to != "" {
			target = path.Join(path.Dir(page), to)
			if !in.exists(target) {
				faults = append(faults, to+" does not exist")
				continue
			}
			targetText, _ = in.read(target)
		}
		if anchor != "" && !slices.Contains(anchorsOf(targetText), anchor) {
			faults = append(faults, target+" has no heading #"+anchor)
		}
	}
	return faults
}

// missingFiles checks the paths in a page's `code spans`, which are relative to the
// root. A trailing "/..." is Go's package pattern, braces stand for several files, and
// the files that hold secrets are in nobody's tree.
func missingFiles(_, text string, in tree) (faults []string) {
	for _, span := range codeSpan.FindAllString(fence.ReplaceAllString(text, ""), -1) {
		name := strings.Trim(span, "`")
		if !namedFile.MatchString(name) || strings.Contains(name, "/secrets/") {
			continue
		}
		files := []string{name}
		if m := braces.FindStringSubmatch(name); m != nil {
			files = nil
			for _, one := range strings.Split(m[2], ",") {
				files = append(files, m[1]+one+m[3])
			}
		}
		for _, file := range files {
			if !in.exists(strings.TrimSuffix(file, "/...")) {
				faults = append(faults, file+" does not exist")
			}
		}
	}
	return faults
}

// missingTests checks the names of tests; "…" stands for the rest of a name.
func missingTests(_, text string, in tree) (faults []string) {
	for _, name := range namedTest.FindAllString(text, -1) {
		start, cut := strings.CutSuffix(name, "…")
		if !slices.ContainsFunc(in.tests, func(test string) bool {
			return test == name || cut && strings.HasPrefix(test, start)
		}) {
			faults = append(faults, "there is no "+name)
		}
	}
	return faults
}

func missingPages(_, text string, in tree) (faults []string) {
	for _, m := range mentioned.FindAllStringSubmatch(text, -1) {
		file, _, _ := strings.Cut(m[0], "#")
		page, ok := in.read(file)
		switch {
		case !ok:
			faults = append(faults, file+" does not exist")
		case m[1] != "" && !slices.Contains(anchorsOf(page), m[1]):
			faults = append(faults, file+" has no heading #"+m[1])
		}
	}
	return faults
}

// anchorsOf returns the anchors that GitHub gives a page's headings.
func anchorsOf(text string) (anchors []string) {
	for _, m := range mdHeading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		anchor := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r):
				return unicode.ToLower(r)
			}
			return -1
		}, markup.Replace(m[1]))
		again, n := anchor, 0
		for slices.Contains(anchors, again) {
			n++
			again = anchor + "-" + string(rune('0'+n))
		}
		anchors = append(anchors, again)
	}
	return anchors
}
