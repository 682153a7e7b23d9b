package roles_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/roles"
)

func TestEveryRowOfTheTableIsFilledIn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	once := func(kind, name string) {
		t.Helper()
		if name == "" || seen[kind+name] {
			t.Errorf("the %s %q is empty or stands twice in the table", kind, name)
		}
		seen[kind+name] = true
	}
	for _, r := range roles.All() {
		once("name", r.Name)
		once("service", r.Service)
		once("singular", r.One)
		once("plural", r.Many)
		once("loss", r.Lost)
		once("loss here", r.LostHere)
		if r.Needs == "" {
			t.Errorf("the help can't say what %s needs", r.Name)
		}
		for _, w := range r.Work {
			once("work", w.Key)
			once("workers", w.Workers)
			once("one that waits", w.Waits[0])
			once("many that wait", w.Waits[1])
			if w.Name == "" {
				t.Errorf("%s: the work %s names no consumer", r.Name, w.Key)
			}
			if found, ok := roles.WithConsumer(w.Name); !ok || found.Name != r.Name {
				t.Errorf("the consumer %s is of %s, and %q was found", w.Name, r.Name, found.Name)
			}
		}
	}
}

func TestCallsAreNamedAfterTheServiceThatAnswers(t *testing.T) {
	t.Parallel()
	// Each call stands in the file of the service that answers it.
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		calls, faults := callsIn(t, file, string(src))
		found += len(calls)
		for _, fault := range faults {
			t.Error(fault)
		}
	}
	if found < 10 {
		t.Errorf("only %d calls were found; the test looks for something else", found)
	}
	if service := roles.Historyworker.Service; !strings.HasPrefix(bus.StoredState.Name, service+".") {
		t.Errorf("%s is not a call of the service %s", bus.StoredState.Name, service)
	}
}

func TestAWrongNameOfACallIsFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, call string
		faults     int
	}{
		{"escalation.go", `bus.Endpoint[A, B]{Name: "escalation.take"}`, 0},
		{"escalation.go", `&bus.Endpoint[A, B]{Name: "escalation.take"}`, 0},
		{"escalation.go", `bus.Endpoint[A, B]{Name: "history.page"}`, 1},
		{"escalation.go", `bus.Endpoint[A, B]{Name: "escalate"}`, 1},
		{"escalation.go", `bus.Endpoint[A, B]{Name: "escalation."}`, 1},
		{"escalation.go", `bus.Endpoint[A, B]{Name: take}`, 1},
		{"escalation.go", `bus.Endpoint[A, B]{}`, 1},
		{"stranger.go", `bus.Endpoint[A, B]{Name: "stranger.take"}`, 1},
	} {
		calls, faults := callsIn(t, c.file, "package roles\n\nvar Call = "+c.call)
		if len(calls) != 1 || len(faults) != c.faults {
			t.Errorf("%s in %s: the calls %q and the faults %q, want %d", c.call, c.file, calls, faults, c.faults)
		}
	}
}

// callsIn returns the names of all calls in a file, and what is wrong with them.
func callsIn(t *testing.T, file, src string) (calls, faults []string) {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	service := strings.TrimSuffix(file, ".go")
	ast.Inspect(parsed, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || !isEndpoint(lit.Type) {
			return true
		}
		name, at := "", set.Position(lit.Pos())
		for _, field := range lit.Elts {
			if kv, ok := field.(*ast.KeyValueExpr); ok {
				if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Name" {
					if value, ok := kv.Value.(*ast.BasicLit); ok {
						name, _ = strconv.Unquote(value.Value)
					}
				}
			}
		}
		calls = append(calls, name)
		if !slices.Contains(roles.Services(), service) {
			faults = append(faults, fmt.Sprintf("%s: no service is called %s: a call stands in the file of the service that answers", at, service))
		} else if method, ok := strings.CutPrefix(name, service+"."); !ok || method == "" {
			faults = append(faults, fmt.Sprintf("%s: the call %q is not named after its service: its Name is a string that begins with %s.", at, name, service))
		}
		return true
	})
	return calls, faults
}

// isEndpoint reports whether a type is bus.Endpoint, of whatever request and reply.
func isEndpoint(of ast.Expr) bool {
	generic, ok := of.(*ast.IndexListExpr)
	if !ok {
		return false
	}
	sel, ok := generic.X.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Endpoint"
}
