package rules_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the path with which all our own imports begin.
const module = "github.com/parley-chat/parley"

// root is the repository's root, relative to this folder.
const root = "../.."

// goFile is a Go file of the repository.
type goFile struct {
	path    string // from the root, with slashes
	imports []string
	sleeps  []call
	skips   []call
}

// call is a place where something is called.
type call struct {
	in   string // the function that calls
	line int
}

// folder is the package's path from the root; "." for the root itself.
func (f goFile) folder() string { return filepath.ToSlash(filepath.Dir(f.path)) }

func (f goFile) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

// helpsTests reports whether the file belongs to a package that only tests import.
func (f goFile) helpsTests() bool {
	return f.isTest() || strings.HasSuffix(f.folder(), "test") || within(f.folder(), "test")
}

// within reports whether a path is the folder or lies in it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// walk calls visit for every file of ours: nothing vendored, generated or fetched.
func walk(t *testing.T, visit func(path string)) {
	t.Helper()
	walkIn(t, root, visit)
}

// walkIn is walk for another tree.
func walkIn(t *testing.T, root string, visit func(path string)) {
	t.Helper()
	foreign := []string{".git", "node_modules", "vendor", "testdata", "data"}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains(foreign, d.Name()) {
			return filepath.SkipDir
		}
		if d.Type().IsRegular() {
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			visit(filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// goFiles reads every Go file, whatever its build tags and whichever module it is in.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	walk(t, func(path string) {
		if strings.HasSuffix(path, ".go") {
			files = append(files, readGo(t, path))
		}
	})
	if len(files) < 50 {
		t.Fatalf("only %d Go files were found; the rules look at the wrong place", len(files))
	}
	return files
}

func readGo(t *testing.T, path string) goFile {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return parseGo(t, path, string(src))
}

func parseGo(t *testing.T, path, src string) goFile {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, path, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	f := goFile{path: path}
	for _, spec := range parsed.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		f.imports = append(f.imports, name)
	}
	for _, decl := range parsed.Decls {
		in := ""
		if fn, ok := decl.(*ast.FuncDecl); ok {
			in = fn.Name.Name
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			at := call{in: in, line: set.Position(sel.Pos()).Line}
			of, _ := sel.X.(*ast.Ident)
			switch name := sel.Sel.Name; {
			case of != nil && of.Name == "time" && name == "Sleep":
				f.sleeps = append(f.sleeps, at)
			case of != nil && (name == "Skip" || name == "Skipf" || name == "SkipNow"):
				f.skips = append(f.skips, at)
			}
			return true
		})
	}
	return f
}
