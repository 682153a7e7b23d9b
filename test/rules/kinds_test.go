package rules_test

import (
	"fmt"
	"regexp"
	"slices"
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

func TestAKindThatThePagesDoNotKnowIsNamed(t *testing.T) {
	const (
		union = `/** @typedef {'message'|'ask'|'reply'|'say'|'state'|'note'} Kind what an event is */`
		table = `const INTERNAL = { message: false, ask: false, reply: false, say: false, state: false, note: true };`
	)
	for _, c := range []struct {
		name, union, table string
		faults             int
	}{
		{"all are there", union, table, 0},
		{"empty files", "", "", 2 * len(chat.Kinds())},
		{"a kind is not in the union", `/** @typedef {'message'|'ask'|'reply'|'say'|'state'} Kind */`, table, 1},
		{"a kind is only in the union", `/** @typedef {'message'|'ask'|'reply'|'say'|'state'|'note'|'memo'} Kind */`, table, 1},
		{"a kind is not in the table", union, `INTERNAL = { message: false, ask: false, reply: false, say: false, state: false }`, 1},
		{"visitors would see notes as theirs", union, `INTERNAL = { message: false, ask: false, reply: false, say: false, state: false, note: false }`, 1},
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
		if want := fmt.Sprint(k.Leaf() == chat.LeafInternal); internal[string(k)] != want {
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
