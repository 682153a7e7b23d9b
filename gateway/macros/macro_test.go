package macros_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/gateway/macros"
	"github.com/parley-chat/parley/pkg/settings"
)

func TestPlaceholdersAreReadAsTheConsoleReadsThem(t *testing.T) {
	raw, err := os.ReadFile("testdata/placeholders.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Text, Wrong string }
	if err := json.Unmarshal(raw, &cases); err != nil || len(cases) == 0 {
		t.Fatal(err)
	}
	for _, c := range cases {
		err := macros.CheckPlaceholders(c.Text)
		if (err != nil) != (c.Wrong != "") || err != nil && !strings.Contains(err.Error(), c.Wrong) {
			t.Errorf("%q: %v, want %q in it", c.Text, err, c.Wrong)
		}
	}
}

func TestWhatIsNoMacroIsRefusedAtItsField(t *testing.T) {
	long := strings.Repeat("é", 4001)
	for name, c := range map[string]struct {
		field string
		m     macros.Macro
	}{
		"no title":           {"title", macros.Macro{Text: "x"}},
		"a long title":       {"title", macros.Macro{Title: long[:122], Text: "x"}},
		"nothing to do":      {"text", macros.Macro{Title: "x", Text: " \n"}},
		"a long text":        {"text", macros.Macro{Title: "x", Text: long}},
		"a text of bytes":    {"text", macros.Macro{Title: "x", Text: "\xff"}},
		"a broken one":       {"text", macros.Macro{Title: "x", Text: "Hi {frist name}"}},
		"10,000 tags":        {"tags", macros.Macro{Title: "x", Tags: slices.Repeat([]string{"a"}, 10_000)}},
		"a tag of 4,000":     {"tags", macros.Macro{Title: "x", Tags: []string{long}}},
		"an empty tag":       {"tags", macros.Macro{Title: "x", Tags: []string{"\u200d"}}},
		"passed on to none":  {"to", macros.Macro{Title: "x", Then: macros.ThenPass}},
		"passed on to two":   {"to", macros.Macro{Title: "x", Then: macros.ThenPass, To: "ada", ToTeam: "billing2"}},
		"a long account":     {"to", macros.Macro{Title: "x", Then: macros.ThenPass, To: long}},
		"a team of 4,000":    {"team", macros.Macro{Title: "x", Text: "x", Team: long}},
		"broken at its end":  {"text", macros.Macro{Title: "x", Text: "Hi {visitor"}},
		"an end of its kind": {"then", macros.Macro{Title: "x", Then: "delete"}},
	} {
		_, err := macros.Check(c.m)
		var wrong settings.Problems
		if !errors.As(err, &wrong) || !slices.Equal(slices.Collect(maps.Keys(wrong)), []string{c.field}) || !strings.HasSuffix(err.Error(), ".") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := macros.CheckID("settings.x"); err == nil {
		t.Error("an id leads to another key")
	}
}

func TestAMacroIsKeptClean(t *testing.T) {
	m, err := macros.Check(macros.Macro{Title: " Refund \u0007 done ", Text: "\r\nHi {First Name}\n", Tags: []string{" refund ", "Refund"}, Then: macros.ThenClose})
	if err != nil || m.Title != "Refund done" || m.Text != "Hi {First Name}" || !slices.Equal(m.Tags, []string{"refund"}) || !m.Removable {
		t.Errorf("%+v, %v", m, err)
	}
}
