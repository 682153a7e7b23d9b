package rules_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// graph has an arrow from each room to the rooms that it uses.
type graph map[string]map[string]bool

func (g graph) add(from, to string) {
	if from == to {
		return
	}
	for _, room := range []string{from, to} {
		if g[room] == nil {
			g[room] = map[string]bool{}
		}
	}
	g[from][to] = true
}

func (g graph) arrows() (n int) {
	for _, to := range g {
		n += len(to)
	}
	return n
}

// arrowsOf prints rooms and arrows, and returns how many run back up in the gateway.
//
// A room is a package below gateway, a package below pkg, or any other top-level folder
// with everything in it. An arrow is an import. It runs back up if it leads to a higher
// layer, or from a room to the folder that contains it. Circles are rooms that reach
// themselves. Within the package gateway itself a room is a file; an arrow leads to a
// file whose declarations it uses, and the arrows that run back up are those that would
// have to be cut to leave no circle.
func arrowsOf(t *testing.T) (upInGateway int) {
	whole, inGateway := graph{}, graph{}
	walkIn(t, *house, func(name string) {
		if !isProduct(name) || filepath.Ext(name) != ".go" {
			return
		}
		folder := filepath.ToSlash(filepath.Dir(name))
		for _, imported := range importsOf(t, name) {
			if imported == module || ours(imported) != "" {
				to := strings.TrimPrefix(strings.TrimPrefix(imported, module), "/")
				whole.add(room(folder), room(to))
				if within(folder, "gateway") && within(to, "gateway") {
					inGateway.add(folder, to)
				}
			}
		}
	})
	files := fileArrows(t, filepath.Join(*house, "gateway"))
	up, upRooms, upFiles := whole.up(), inGateway.up(), files.feedback()
	t.Logf("the whole: %d rooms, %d arrows, %d run back up %v, circles %v", len(whole), whole.arrows(), len(up), up, whole.circles())
	t.Logf("the gateway's rooms: %d, %d arrows, %d run back up %v, circles %v", len(inGateway), inGateway.arrows(), len(upRooms), upRooms, inGateway.circles())
	t.Logf("the package gateway: %d files with %d arrows, %d run back up", len(files), files.arrows(), upFiles)
	if *house == root && len(up)+len(whole.circles())+len(inGateway.circles()) > 0 {
		t.Errorf("arrows that run back up: %v; circles: %v, %v", up, whole.circles(), inGateway.circles())
	}
	return len(upRooms) + upFiles
}

// room returns the room that a folder belongs to; "." is main.
func room(folder string) string {
	parts := strings.Split(folder, "/")
	switch {
	case folder == "" || folder == ".":
		return "."
	case len(parts) > 1 && (parts[0] == "pkg" || parts[0] == "gateway"):
		return parts[0] + "/" + parts[1]
	default:
		return parts[0]
	}
}

// layer is higher the nearer a room is to main.
func layer(room string) int {
	switch {
	case room == ".":
		return 4
	case room == "app":
		return 3
	case roleOf(room) != "":
		return 2
	case room == "pkg/roles" || room == "pkg/moving" || room == "pkg/export": // the latter two call what the first lists
		return 1
	default:
		return 0
	}
}

// up lists the arrows that run back up.
func (g graph) up() (list []string) {
	for from, all := range g {
		for to := range all {
			if layer(to) > layer(from) || to != "." && strings.HasPrefix(from, to+"/") {
				list = append(list, from+" → "+to)
			}
		}
	}
	slices.Sort(list)
	return list
}

// circles lists the rooms from which an arrow leads, over others, back to them.
func (g graph) circles() (list []string) {
	for start := range g {
		seen, next := map[string]bool{}, slices.Collect(maps.Keys(g[start]))
		for len(next) > 0 {
			at := next[0]
			next = next[1:]
			if !seen[at] {
				seen[at] = true
				next = slices.AppendSeq(next, maps.Keys(g[at]))
			}
		}
		if seen[start] {
			list = append(list, start)
		}
	}
	slices.Sort(list)
	return list
}

// feedback counts the arrows that run back in an order that has few of them (by Eades,
// Lin and Smyth): first what nothing uses, last what uses nothing, and in between
// whatever uses most and is used least.
func (g graph) feedback() (back int) {
	left := map[string]bool{}
	for room := range g {
		left[room] = true
	}
	uses := func(room string) (n int) {
		for to := range g[room] {
			if left[to] {
				n++
			}
		}
		return n
	}
	used := func(room string) (n int) {
		for from := range left {
			if g[from][room] {
				n++
			}
		}
		return n
	}
	var first, last []string
	for len(left) > 0 {
		rooms := slices.Sorted(maps.Keys(left))
		if i := slices.IndexFunc(rooms, func(r string) bool { return uses(r) == 0 }); i >= 0 {
			last = append([]string{rooms[i]}, last...)
			delete(left, rooms[i])
			continue
		}
		next := slices.MaxFunc(rooms, func(a, b string) int { return uses(a) - used(a) - uses(b) + used(b) })
		first = append(first, next)
		delete(left, next)
	}
	order := slices.Concat(first, last)
	for from, all := range g {
		for to := range all {
			if slices.Index(order, to) < slices.Index(order, from) {
				back++
			}
		}
	}
	return back
}

func importsOf(t *testing.T, name string) (list []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(*house, name), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, imported)
	}
	return list
}

// noImports leaves imported packages unknown: the arrows within one need none.
type noImports struct{}

func (noImports) Import(string) (*types.Package, error) { return nil, errors.New("not looked at") }

// fileArrows has an arrow from each file of a package to every other file of which it
// uses a declaration, a method or a field.
func fileArrows(t *testing.T, dir string) graph {
	t.Helper()
	set := token.NewFileSet()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: noImports{}, Error: func(error) {}}
	pkg, _ := conf.Check(dir, set, files, info) // fails at the imports
	g := graph{}
	for id, obj := range info.Uses {
		field := false
		if v, ok := obj.(*types.Var); ok {
			field = v.IsField()
		}
		_, method := obj.(*types.Func)
		if obj.Pkg() == pkg && (field || method || obj.Parent() == pkg.Scope()) {
			g.add(filepath.Base(set.Position(id.Pos()).Filename), filepath.Base(set.Position(obj.Pos()).Filename))
		}
	}
	return g
}
