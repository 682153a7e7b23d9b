package rules_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/parley-chat/parley/pkg/codes"
)

// clientPages are the pages for authors of clients.
func clientPages(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, page := range []string{"docs/protocol.md", "docs/agent-protocol.md"} {
		text, ok := read(page)
		if !ok {
			t.Fatalf("there is no %s", page)
		}
		all.WriteString(text)
	}
	return all.String()
}

func TestEveryErrorCodeIsDocumented(t *testing.T) {
	pages := clientPages(t)
	for _, code := range codes.All() {
		if !strings.Contains(pages, "`"+code+"`") {
			t.Errorf("the error code %s is neither in docs/protocol.md nor in docs/agent-protocol.md: say what it means", code)
		}
	}
}

// No code is written as a string, so that none exists outside the table.
func TestErrorCodesAreTakenFromTheTable(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.helpsTests() || within(f.folder(), "pkg/codes") {
			continue
		}
		text, _ := read(f.path)
		for _, fault := range writtenCodes(t, f.path, text) {
			t.Errorf("%s: the error code %s is written out; take it from pkg/codes", f.path, fault)
		}
	}
}

func TestAWrittenErrorCodeIsFound(t *testing.T) {
	found := writtenCodes(t, "x.go", `package x
var a = bus.Refusal{Code: "not_found"}
func f() { refuse("origin", "No."); frame.Refuse(codes.BadFrame, "No.") }`)
	if len(found) != 2 {
		t.Errorf("found %q, want two", found)
	}
}

// writtenCodes finds string literals where a refusal's code belongs.
func writtenCodes(t *testing.T, name, text string) (found []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	literal := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			found = append(found, lit.Value)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Code" {
				literal(n.Value)
			}
		case *ast.CallExpr:
			called := ""
			switch fun := n.Fun.(type) {
			case *ast.Ident:
				called = fun.Name
			case *ast.SelectorExpr:
				called = fun.Sel.Name
			}
			if strings.EqualFold(called, "refuse") && len(n.Args) > 0 {
				literal(n.Args[0])
			}
		}
		return true
	})
	return found
}

// closeCodes are those of gorilla/websocket that the gateway may use.
var closeCodes = map[string]int{
	"CloseServiceRestart": websocket.CloseServiceRestart, "CloseTryAgainLater": websocket.CloseTryAgainLater,
	"ClosePolicyViolation": websocket.ClosePolicyViolation,
}

var ending = regexp.MustCompile(`Ending\{(?:websocket\.(\w+)|(\d+)),`)

// A client acts on the code with which its connection was closed.
func TestEveryCloseCodeIsDocumented(t *testing.T) {
	sent := map[int]bool{websocket.CloseMessageTooBig: true} // by the library, at the read limit
	for _, f := range goFiles(t) {
		if !within(f.folder(), "gateway") || f.helpsTests() {
			continue
		}
		text, _ := read(f.path)
		for _, m := range ending.FindAllStringSubmatch(text, -1) {
			code, known := closeCodes[m[1]]
			if m[2] != "" {
				code, _ = strconv.Atoi(m[2])
			} else if !known {
				t.Errorf("%s: the number of websocket.%s is not known here; add it to closeCodes", filepath.ToSlash(f.path), m[1])
			}
			sent[code] = true
		}
	}
	if len(sent) < 5 {
		t.Errorf("only the close codes %v were found in the gateway; this test looks at the wrong place", sent)
	}
	pages := clientPages(t)
	for code := range sent {
		if !regexp.MustCompile(`(?m)^\| `+strconv.Itoa(code)+` \|`).MatchString(pages) && !strings.Contains(pages, "Close code "+strconv.Itoa(code)) {
			t.Errorf("the close code %d is neither in docs/protocol.md nor in docs/agent-protocol.md: say what a client does after it", code)
		}
	}
}
