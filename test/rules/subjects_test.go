package rules_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// subjectsFile is the one file that makes NATS subjects.
const subjectsFile = "pkg/bus/subjects.go"

// aSubject matches one of our subjects, or the beginning of one.
var aSubject = regexp.MustCompile(`^(chat|note|live|timer|dead|svc|signal)\.[^ ]*$`)

func TestOnlyOneFileMakesSubjects(t *testing.T) {
	found := 0
	for _, f := range goFiles(t) {
		if f.helpsTests() {
			continue
		}
		at := subjectLiterals(t, filepath.Join(root, f.path), nil)
		if f.path == subjectsFile {
			found = len(at)
			continue
		}
		for _, literal := range at {
			t.Errorf("%s:%s looks like a subject; make it in %s", f.path, literal, subjectsFile)
		}
	}
	if found < 10 {
		t.Errorf("only %d subjects were found in %s: the rule looks for the wrong thing", found, subjectsFile)
	}
}

func TestSubjectsAreFoundElsewhere(t *testing.T) {
	src := `package x
import "os/signal"
var a, b = fmt.Sprintf("chat.%d.>", 1), "timer." + kind
var fine = []string{" joined the chat.", "signal", "escalation.take", "live. Or so."}`
	if at := subjectLiterals(t, "x.go", src); len(at) != 2 {
		t.Errorf("found %q, want two subjects", at)
	}
}

// subjectLiterals returns the string literals of a Go file that look like subjects,
// with their lines. src is as in parser.ParseFile.
func subjectLiterals(t *testing.T, file string, src any) (at []string) {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		if text, err := strconv.Unquote(literal.Value); err == nil && aSubject.MatchString(text) {
			at = append(at, fmt.Sprintf("%d: %s", set.Position(literal.Pos()).Line, literal.Value))
		}
		return true
	})
	return at
}
