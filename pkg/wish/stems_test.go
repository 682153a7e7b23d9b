package wish

import (
	"strings"
	"testing"
)

// The table of stems finds in one pass what looking for each of them finds.
func TestTheStemsAreFoundAsIfEachWasLookedFor(t *testing.T) {
	if len(languages) >= bots {
		t.Fatalf("%d languages are more than a set can hold", len(languages))
	}
	for _, l := range languages {
		for _, p := range l.persons {
			if len(p) < 2 || l.tight && ascii(p) {
				t.Errorf("%q can't be found", p)
			}
		}
	}
	in := func(text string, parts []string) bool {
		for _, p := range parts {
			if strings.Contains(text, p) {
				return true
			}
		}
		return false
	}
	texts := []string{"", "a", " ", "no one", "a cs", "a person", "xpersonx", "i want a robo t", "an ai", "ai"}
	for _, l := range languages {
		for _, p := range l.persons {
			texts = append(texts, p, "x"+p+"x", "ж "+p, p[1:], p[:len(p)-1])
		}
	}
	for _, text := range texts {
		got := mentioned(text)
		for i, l := range languages {
			s := text
			if l.tight {
				s = squeezed(text)
			}
			if got.has(i) != in(s, l.persons) {
				t.Errorf("%q, language %d: %v", text, i, got.has(i))
			}
		}
		if got.bots() != in(text, ofBots) {
			t.Errorf("%q: bots %v", text, got.bots())
		}
	}
}
