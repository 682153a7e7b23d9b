package chat_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
)

func TestWhomANoteMentions(t *testing.T) {
	many := ""
	for i := range 30 {
		many += fmt.Sprintf("@a%d ", i)
	}
	for text, want := range map[string][]string{
		"":                                  nil,
		"nobody":                            nil,
		"@":                                 nil,
		"@grace":                            {"grace"},
		"Ask @grace, or @Linus.":            {"grace", "linus"},
		"(@ada.b) @ada.b again":             {"ada.b"},
		"mail ada@example.com or @@example": nil,
		"é@grace":                           nil,
		"@grace@linus":                      {"grace"},
		"line\n@grace: see above":           {"grace"},
		"@...":                              nil,
	} {
		if got := chat.Mentions(text); !slices.Equal(got, want) {
			t.Errorf("%q mentions %q, want %q", text, got, want)
		}
	}
	if got := chat.Mentions(many); len(got) != chat.MaxMentions || got[0] != "a0" {
		t.Errorf("of many: %q", got)
	}
	if got := chat.Mentions(strings.Repeat("@", 4000)); got != nil {
		t.Errorf("of nothing but @: %q", got)
	}
}
