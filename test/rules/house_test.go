package rules_test

import (
	"flag"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/roles"
)

// house is the tree that TestTheHouse measures. For another one, such as an earlier
// commit, the test only prints the numbers and asserts nothing.
var house = flag.String("house", root, "the tree that TestTheHouse measures")

// The limits for this repository.
const (
	maxNamingARole  = 20
	maxTouchingNote = 27 // since the escalation worker writes notes itself, and the console's words are two files
	maxUpInGateway  = 9
)

// TestTheHouse prints how well the subjects of the product keep to their places:
//
//	go test ./test/rules -run TestTheHouse -v [-house DIR]
//
// It counts the Go and JavaScript files of the product: no tests or packages that only
// tests import, no tools, nothing vendored, no docs, no manifests.
//
//   - A file names a role if its code (an identifier or a string, not an import) holds
//     the name of a role, or that of a role's durable consumer or service, and the file
//     is neither in the role's own folder nor in pkg/roles, which is the table. Then
//     the file may have to change with the role. Comments are counted separately: they
//     are only read.
//   - A file touches notes if "note" is a word of an identifier or of a string in it.
//     The level "note" of the operator page's problems doesn't count.
func TestTheHouse(t *testing.T) {
	var files []productFile
	walkIn(t, *house, func(name string) {
		if isProduct(name) {
			files = append(files, readProduct(t, name))
		}
	})
	naming := func(text func(productFile) string) []string {
		return matching(files, func(f productFile) bool { return namesARole(f.name, text(f)) })
	}
	named, inComments := naming(productFile.code), naming(productFile.all)
	notes := matching(files, func(f productFile) bool { return touchesNotes(f.code()) })
	t.Logf("%d files of the product", len(files))
	t.Logf("%d name a role outside its own folder:\n  %s", len(named), strings.Join(named, "\n  "))
	t.Logf("%d do if comments count", len(inComments))
	t.Logf("%d touch notes:\n  %s", len(notes), strings.Join(notes, "\n  "))
	up := arrowsOf(t)
	if *house != root {
		return
	}
	if n := len(named); n > maxNamingARole {
		t.Errorf("%d files name a role, at most %d may: read the table in pkg/roles instead", n, maxNamingARole)
	}
	if n := len(notes); n > maxTouchingNote {
		t.Errorf("%d files touch notes, at most %d may: ask pkg/chat who may see an event instead", n, maxTouchingNote)
	}
	if up > maxUpInGateway {
		t.Errorf("%d arrows of the gateway run back up, at most %d may", up, maxUpInGateway)
	}
}

// productFile is a file of the product, with its comments and without.
type productFile struct{ name, text, bare string }

func (f productFile) code() string { return f.bare }
func (f productFile) all() string  { return f.text }

func matching(files []productFile, is func(productFile) bool) (names []string) {
	for _, f := range files {
		if is(f) {
			names = append(names, f.name)
		}
	}
	slices.Sort(names)
	return names
}

// helpers are packages and folders that don't ship.
var helpers = regexp.MustCompile(`^(test|docs|k8s|web/(test|tools|vendor))/|(^|/)\w+test/|/eval/`)

func isProduct(name string) bool {
	return slices.Contains([]string{".go", ".js"}, path.Ext(name)) && !strings.HasSuffix(name, "_test.go") && !helpers.MatchString(name)
}

var (
	comments = regexp.MustCompile("(?s)(\"(?:\\\\.|[^\"\\\\\n])*\"|`[^`]*`|'(?:\\\\.|[^'\\\\\n])*')|//[^\n]*|/\\*.*?\\*/")
	imports  = regexp.MustCompile(`(?m)"github\.com/parley-chat/parley[^"]*"|^package .*|^import .* from .*`)
)

func readProduct(t *testing.T, name string) productFile {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(*house, name))
	if err != nil {
		t.Fatal(err)
	}
	text := imports.ReplaceAllString(string(src), "")
	return productFile{name: name, text: text, bare: comments.ReplaceAllString(text, "$1")}
}

// roleNames match the names of each role of the table, including its consumers' and its
// service's constants.
var roleNames = func() map[string]*regexp.Regexp {
	names := map[string]*regexp.Regexp{}
	for _, r := range roles.All() {
		prefixes := []string{r.Service}
		for _, w := range r.Work {
			prefixes = append(prefixes, w.Name)
		}
		names[r.Name] = regexp.MustCompile(`(?i)` + r.Name + `|` + r.One + `|(` + strings.Join(prefixes, `|`) + `)(consumer|service)`)
	}
	return names
}()

func namesARole(name, text string) bool {
	if within(name, "pkg/roles") {
		return false
	}
	for role, is := range roleNames {
		if !within(name, role) && is.MatchString(text) {
			return true
		}
	}
	return false
}

var (
	note      = regexp.MustCompile(`(^|[^A-Za-z])notes?([^a-z]|$)|Notes?([^a-z]|$)`)
	levelNote = regexp.MustCompile(`\bNote +Level|Level: Note\b|\bNote, Good\b|(!=|==|:) Note\b|level [!=]== 'note'|'good'\|'note'|note: '`)
)

func touchesNotes(text string) bool {
	return note.MatchString(levelNote.ReplaceAllString(text, ""))
}
