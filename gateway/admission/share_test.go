package admission

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/config"
)

// fairSharePage shows the table of shares.
const fairSharePage = "../../docs/fair-share.md"

// row is a share as the page shows it.
func row(s Share) string {
	amount := number(s.Amount)
	if strings.HasPrefix(s.What, "bytes") && s.Amount >= 1e6 {
		amount = fmt.Sprintf("%gMB", float64(s.Amount)/1e6)
	}
	setting := ""
	if s.Setting != "" {
		setting = "`" + s.Setting + "`"
		switch {
		case s.times() > 1:
			setting = fmt.Sprintf("%d × %s", s.times(), setting)
		case s.part() > 1:
			setting += fmt.Sprintf(" ÷ %d", s.part())
		}
	}
	beyond := s.Beyond
	if s.Code != "" {
		beyond = fmt.Sprintf("`%s`: %s", s.Code, strings.ReplaceAll(s.Sentence, "%s", "…"))
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s %s | %s | %s |", s.Name, s.What, s.Of, amount, s.Per, setting, beyond)
}

func number(n int64) string {
	digits := fmt.Sprint(n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

func TestThePageOfFairSharingShowsTheTable(t *testing.T) {
	page, err := os.ReadFile(fairSharePage)
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for line := range strings.Lines(string(page)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "| `") && strings.Count(line, "|") == 7 {
			shown = append(shown, line)
		}
	}
	var want []string
	for _, s := range Shares {
		want = append(want, row(s))
		if !slices.Contains(shown, row(s)) {
			t.Errorf("%s lacks the row\n%s", fairSharePage, row(s))
		}
	}
	for _, line := range shown {
		if !slices.Contains(want, line) {
			t.Errorf("%s shows a row that is not in the table:\n%s", fairSharePage, line)
		}
	}
}

func TestEveryShareIsComplete(t *testing.T) {
	names := map[string]bool{}
	for _, s := range Shares {
		if s.Name == "" || names[s.Name] || s.What == "" || s.Of == "" || s.Amount <= 0 {
			t.Errorf("%+v: it needs a name of its own, what is counted, of whom, and how much", s)
		}
		names[s.Name] = true
		if (s.Code == "") != (s.Sentence == "") || (s.Code == "") == (s.Beyond == "") {
			t.Errorf("%s: a code with a sentence, or what happens without one", s.Name)
		}
		if s.Code != "" && codes.Sentence(s.Code) == "" {
			t.Errorf("%s: the code %q is not in the table of codes", s.Name, s.Code)
		}
		if s.Setting != "" && !slices.Contains(config.Settings(), s.Setting) {
			t.Errorf("%s: there is no setting %s", s.Name, s.Setting)
			continue
		}
		var preset config.Size
		if s.Setting != "" && (preset.UnmarshalText([]byte(config.Default(s.Setting))) != nil || s.Amount != int64(preset)*s.times()/s.part()) {
			t.Errorf("%s: %d is not what %s=%s makes it", s.Name, s.Amount, s.Setting, config.Default(s.Setting))
		}
	}
}
