package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/roles"
)

var stores = []string{"pkg/store/mongostore", "pkg/store/sqlitestore"}

// An importRule judges one import of one file. If the import breaks the rule, it returns
// what the rule says, else "".
type importRule func(f goFile, imported string) string

// importRules are the arrows of the architecture's picture.
var importRules = []importRule{
	coreIsStandardLibraryOnly,
	rolesAreStrangers,
	rolesKnowNoStore,
	pkgIsBelowTheRoles,
	onlyMainKnowsTheWiring,
	someRolesKnowNoNATS,
	librariesHaveOneDoor,
}

func TestEveryImportKeepsToTheArchitecture(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, imported := range f.imports {
			for _, rule := range importRules {
				if fault := rule(f, imported); fault != "" {
					t.Errorf("%s imports %s: %s", f.path, imported, fault)
				}
			}
		}
	}
}

// coreIsStandardLibraryOnly keeps the decisions free of everything that can fail. What
// they are written with, pkg/plainjson, is below them. Their tests may use what tests use.
func coreIsStandardLibraryOnly(f goFile, imported string) string {
	host, _, _ := strings.Cut(imported, "/")
	if f.isTest() || !strings.Contains(host, ".") {
		return ""
	}
	if within(f.folder(), "pkg/plainjson") || within(f.folder(), "pkg/chat") && ours(imported) != "pkg/plainjson" {
		return "pkg/chat imports the standard library and pkg/plainjson only, and that nothing but the standard library"
	}
	return ""
}

// rolesAreStrangers lets each role run alone: they meet only on the bus.
func rolesAreStrangers(f goFile, imported string) string {
	own := roleOf(f.folder())
	other := roleOf(ours(imported))
	if own != "" && other != "" && own != other {
		return "roles never import each other"
	}
	return ""
}

// rolesKnowNoStore leaves the choice of a store to app; a role's tests may open one.
func rolesKnowNoStore(f goFile, imported string) string {
	if roleOf(f.folder()) == "" || f.isTest() {
		return ""
	}
	for _, store := range stores {
		if within(ours(imported), store) {
			return "roles know the interface in pkg/store, never an implementation"
		}
	}
	return ""
}

func pkgIsBelowTheRoles(f goFile, imported string) string {
	if within(f.folder(), "pkg") && (roleOf(ours(imported)) != "" || imported == module) {
		return "pkg never imports a role"
	}
	return ""
}

// onlyMainKnowsTheWiring keeps the wiring of the parts out of the parts.
func onlyMainKnowsTheWiring(f goFile, imported string) string {
	if within(ours(imported), "app") && f.folder() != "." && !within(f.folder(), "app") {
		return "app is for main only"
	}
	return ""
}

// someRolesKnowNoNATS keeps a role that is apart from NATS so.
func someRolesKnowNoNATS(f goFile, imported string) string {
	if r, _ := roles.Named(roleOf(f.folder())); r.Apart && !f.isTest() && (within(ours(imported), "pkg/bus") || within(ours(imported), "pkg/settings")) {
		return "the role " + r.Name + " runs without NATS"
	}
	return ""
}

// doors are the folders that may import a library; all other code goes through them.
var doors = map[string][]string{
	"github.com/nats-io/nats.go":        {"pkg/bus", "test/load", "test/deploy", "test/managed"}, // these tests look from outside
	"github.com/nats-io/nats-server/v2": {"pkg/bus/embedded", "pkg/bus/bustest", "test/deploy", "test/managed", "test/load/internal/pipeline"},
	"github.com/gorilla/websocket":      {"gateway/conn"},
	"go.mongodb.org/mongo-driver":       {"pkg/store/mongostore", "pkg/files/gridfiles", "test/load"},
	"modernc.org/sqlite":                {"pkg/store/sqlitestore", "pkg/search/fts", "botworker/knowledge", "test/load"},
	"github.com/sashabaranov/go-openai": {"botworker/llm"},
	"github.com/caarlos0/env/v10":       {"pkg/config"},
	"github.com/evanw/esbuild":          {"web"},
	"github.com/FerretDB/FerretDB":      {"pkg/store/mongostore/ferrettest"},
	"go.opentelemetry.io":               {"pkg/telemetry"},
}

// openToTests are libraries that a test in any folder may use, to act as a client that
// is not ours.
var openToTests = []string{"github.com/gorilla/websocket"}

func librariesHaveOneDoor(f goFile, imported string) string {
	for library, folders := range doors {
		if !within(imported, library) || slices.Contains(openToTests, library) && f.helpsTests() {
			continue
		}
		if !slices.ContainsFunc(folders, func(folder string) bool { return within(f.folder(), folder) }) {
			return library + " is for " + strings.Join(folders, " and ") + " only"
		}
	}
	return ""
}

// ours returns an import's folder in this repository, or "" if it is not in it.
func ours(imported string) string {
	folder, _ := strings.CutPrefix(imported, module+"/")
	if folder == imported {
		return ""
	}
	return folder
}

// roleOf returns the role that a folder belongs to, or "". The folder web itself is what
// browsers load, for whoever serves it; the role is below it.
func roleOf(folder string) string {
	top, below, _ := strings.Cut(folder, "/")
	if r, ok := roles.Named(top); ok && r.Apart && below == "" {
		return ""
	}
	if _, ok := roles.Named(top); ok {
		return top
	}
	return ""
}
