package codes_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/codes"
)

func TestEveryCodeHasAStatusAndASentence(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var declared []string
	for _, decl := range file.Decls {
		if consts, ok := decl.(*ast.GenDecl); ok && consts.Tok == token.CONST {
			for _, spec := range consts.Specs {
				code, err := strconv.Unquote(spec.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				declared = append(declared, code)
			}
		}
	}
	for _, code := range declared {
		if s := codes.Sentence(code); !strings.HasSuffix(s, ".") {
			t.Errorf("the code %s has no sentence in the table, but %q", code, s)
		}
		if s := codes.Status(code); s < 400 || s > 599 {
			t.Errorf("the code %s has no status in the table, but %d", code, s)
		}
	}
	all := codes.All()
	slices.Sort(all)
	slices.Sort(declared)
	if !slices.Equal(all, declared) {
		t.Errorf("the table has %v, and %v are declared", all, declared)
	}
}
