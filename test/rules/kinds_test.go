package rules_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
)

var (
	kindUnion    = regexp.MustCompile(`@typedef \{((?:'\w+'\|?)+)\} Kind\b`)
	kindOfUnion  = regexp.MustCompile(`'(\w+)'`)
	kindTable    = regexp.MustCompile(`INTERNAL = \{([^}]*)\}`)
	kindInternal = regexp.MustCompile(`(\w+): (true|false)`)
)

func TestThePagesKnowEveryKind(t *testing.T) {
	protocol, _ := read("web/shared/protocol.js")
	rows, _ := read("web/shared/rows.js")
	for _, fault := range kindsOfThePages(protocol, rows) {
		t.Error(fault)
	}
}

// kindLists are the rows of pages that list all kinds: what begins them, up to the list.
var kindLists = map[string]string{
	"docs/glossary.md": `\| \*\*kind\*\* \|`,
	"docs/metrics.md":  `\| .parley_bus_append_seconds. \|`,
}

func TestThePagesOfTheDocsListEveryKind(t *testing.T) {
	for file := range kindLists {
		text, _ := read(file)
		for _, fault := range unlistedKinds(file, text) {
			t.Error(fault)
		}
	}
}

func TestAKindThatAPageOfTheDocsDoesNotListIsNamed(t *testing.T) {
	for file := range kindLists {
		text, _ := read(file)
		if faults := unlistedKinds(file, ""); len(faults) != len(chat.Kinds()) {
			t.Errorf("an empty %s: %q", file, faults)
		}
		row := regexp.MustCompile(`(?m)^` + kindLists[file] + `.*`).FindString(text)
		for _, k := range chat.Kinds() {
			// The kind may be named elsewhere on the page: its row counts.
			without := strings.Replace(text, row, strings.ReplaceAll(row, "`"+string(k)+"`", ""), 1)
			if faults := unlistedKinds(file, without); len(faults) != 1 || !strings.Contains(faults[0], "the kind "+string(k)) {
				t.Errorf("%s without %s: %q", file, k, faults)
			}
		}
	}
}

// unlistedKinds says which kinds a page's list does not have.
func unlistedKinds(file, text string) (faults []string) {
	row := regexp.MustCompile(`(?m)^` + kindLists[file] + `.*`).FindString(text)
	for _, k := range chat.Kinds() {
		if !strings.Contains(row, "`"+string(k)+"`") {
			faults = append(faults, fmt.Sprintf("%s does not list the kind %s: add it to the row that lists the others", file, k))
		}
	}
	return faults
}

func TestAKindThatThePagesDoNotKnowIsNamed(t *testing.T) {
	const (
		union = `/** @typedef {'message'|'ask'|'reply'|'say'|'state'|'note'|'card'} Kind what an event is */`
		table = `const INTERNAL = { message: false, ask: false, reply: false, say: false, state: false, note: true, card: true };`
	)
	for _, c := range []struct {
		name, union, table string
		faults             int
	}{
		{"all are there", union, table, 0},
		{"empty files", "", "", 2 * len(chat.Kinds())},
		{"a kind is not in the union", `/** @typedef {'message'|'ask'|'reply'|'say'|'state'|'card'} Kind */`, table, 1},
		{"a kind is only in the union", `/** @typedef {'message'|'ask'|'reply'|'say'|'state'|'note'|'card'|'memo'} Kind */`, table, 1},
		{"a kind is not in the table", union, `INTERNAL = { message: false, ask: false, reply: false, say: false, state: false, card: true }`, 1},
		{"visitors would see notes as theirs", union, `INTERNAL = { message: false, ask: false, reply: false, say: false, state: false, note: false, card: true }`, 1},
	} {
		if faults := kindsOfThePages(c.union, c.table); len(faults) != c.faults {
			t.Errorf("%s: want %d faults, got %q", c.name, c.faults, faults)
		}
	}
}

// kindsOfThePages says where the pages' kinds are not those of the table in pkg/chat.
func kindsOfThePages(protocol, rows string) (faults []string) {
	var union []string
	if m := kindUnion.FindStringSubmatch(protocol); m != nil {
		for _, kind := range kindOfUnion.FindAllStringSubmatch(m[1], -1) {
			union = append(union, kind[1])
		}
	}
	internal := map[string]string{}
	if m := kindTable.FindStringSubmatch(rows); m != nil {
		for _, entry := range kindInternal.FindAllStringSubmatch(m[1], -1) {
			internal[entry[1]] = entry[2]
		}
	}
	for _, k := range chat.Kinds() {
		if !slices.Contains(union, string(k)) {
			faults = append(faults, fmt.Sprintf("web/shared/protocol.js does not know the kind %s: add it to the typedef Kind", k))
		}
		if want := fmt.Sprint(k.Leaf().Internal()); internal[string(k)] != want {
			faults = append(faults, fmt.Sprintf("web/shared/rows.js does not say of the kind %s whether it is for agents only: INTERNAL needs %s: %s", k, k, want))
		}
	}
	for _, name := range union {
		if chat.Kind(name).Check() != nil {
			faults = append(faults, fmt.Sprintf("web/shared/protocol.js has a kind %s that pkg/chat/kind.go does not have", name))
		}
	}
	return faults
}
