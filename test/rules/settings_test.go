package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/config"
)

// settingsPage explains every setting in a table: name, default, meaning.
const settingsPage = "docs/settings.md"

var (
	settingRow = regexp.MustCompile("(?m)^\\| (?:\\*\\*)?`([A-Z_]+)`(?:\\*\\*)? \\|([^|]*)\\|([^|]*)\\|$")
	quoted     = regexp.MustCompile("^`([^`]+)`$")
)

// checkSettings compares the page with the settings that exist. A setting without a
// default has an empty cell there, or words for what happens.
func checkSettings(page string) (faults []string) {
	listed := map[string]bool{}
	for _, row := range settingRow.FindAllStringSubmatch(page, -1) {
		name, preset, meaning := row[1], strings.TrimSpace(row[2]), strings.TrimSpace(row[3])
		if !slices.Contains(config.Settings(), name) {
			faults = append(faults, fmt.Sprintf("there is no setting %s", name))
		}
		if listed[name] {
			faults = append(faults, fmt.Sprintf("%s is explained twice", name))
		}
		listed[name] = true
		if meaning == "" {
			faults = append(faults, fmt.Sprintf("%s has no meaning", name))
		}
		if help := config.Help(name); help == "" || !strings.HasPrefix(unmarked(meaning), help) {
			faults = append(faults, fmt.Sprintf("%s begins otherwise in parley help: %q", name, help))
		}
		value := ""
		if m := quoted.FindStringSubmatch(preset); m != nil {
			value = m[1]
		}
		if value != config.Default(name) {
			faults = append(faults, fmt.Sprintf("%s has the default %q, not %q", name, config.Default(name), value))
		}
	}
	for _, name := range config.Settings() {
		if !listed[name] {
			faults = append(faults, fmt.Sprintf("%s is not explained", name))
		}
	}
	return faults
}

var markedLink = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// unmarked is a cell without the marks of Markdown.
func unmarked(cell string) string {
	return strings.NewReplacer("`", "", "*", "").Replace(markedLink.ReplaceAllString(cell, "$1"))
}

func TestTheSettingsPageMatchesTheProgram(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, settingsPage))
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range checkSettings(string(page)) {
		t.Errorf("%s: %s", settingsPage, fault)
	}
	for what, change := range map[string][2]string{
		"STREAMS is not explained":                                                 {"| **`STREAMS`** |", "| STREAMS |"},
		"there is no setting STREAM":                                               {"`STREAMS`", "`STREAM`"},
		`STREAMS has the default "auto", not "9"`:                                  {"| `auto` |", "| `9` |"},
		`STREAMS has the default "auto", not ""`:                                   {"| `auto` |", "| |"},
		`NATS_URL has the default "", not "nats:/"`:                                {"| **`NATS_URL`** | |", "| **`NATS_URL`** | `nats:/` |"},
		"LLM_KEY has no meaning":                                                   {"API key, if the API needs one", ""},
		`LLM_KEY begins otherwise in parley help: "API key, if the API needs one"`: {"API key, if the API", "a key, if the API"},
		"LLM_KEY is explained twice":                                               {"`LLM_MODEL`", "`LLM_KEY`"},
	} {
		changed := strings.Replace(string(page), change[0], change[1], 1)
		if !slices.Contains(checkSettings(changed), what) {
			t.Errorf("%v goes unnoticed: %q", change, checkSettings(changed))
		}
	}
}
