package answer

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAPersonIsAnnouncedInEachLanguage(t *testing.T) {
	for code, say := range spoken {
		got := say.handing()
		if !strings.HasSuffix(say.failed, got) || utf8.RuneCountInString(got) < 5 || len(got) >= len(say.failed) || strings.HasPrefix(got, " ") {
			t.Errorf("%s: %q of %q", code, got, say.failed)
		}
	}
	if got := english.handing(); got != "I'm asking a person to take over." {
		t.Errorf("%q", got)
	}
	th, _, _ := model(t, stream(`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"name":"hand_over_to_person","arguments":"{}"}}]}}]}`))
	for text, want := range map[string]string{
		"Das ist nicht das, was ich wissen wollte, und ich habe keine Zeit dafür": "Ich bitte einen Menschen, zu übernehmen.",
		"Kann ich mit einem Menschen sprechen?":                                   "Ich bitte einen Menschen, zu übernehmen.",
		"I want to talk to a human being, not to you":                             "",
	} {
		if a := think(t, th, messages(text)); !a.Handover || want != "" && a.Text != want {
			t.Errorf("%q: %+v", text, a)
		}
	}
}
