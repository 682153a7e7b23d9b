package answer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/pkg/chat"
)

func shopPages(t *testing.T) *knowledge.Index {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"delivery.md": "# Delivery\n\n## Abroad\n\nNorway costs ten euros, Germany five.\n\n## At home\n\nThe same day.",
		"parking.md":  "# Parking\n\nThe car park is behind the house.",
		"pets.md":     "# Dogs\n\nDogs are welcome.",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ix, err := knowledge.LoadFolder(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return ix
}

// Two questions in one message are both answered.
func TestTwoQuestionsInOneMessageAreBothAnswered(t *testing.T) {
	th := FromKnowledge(shopPages(t))
	for _, text := range []string{"Where can I park and are dogs welcome?", "can i park? are dogs welcome?", "parking / dogs"} {
		if a := think(t, th, messages(text)); !strings.Contains(a.Text, "car park") || !strings.Contains(a.Text, "are welcome") {
			t.Errorf("%q: %s", text, a.Text)
		}
	}
}

// "And to Germany?" is about what the visitor asked before.
func TestAQuestionGoesOnWithTheOneBefore(t *testing.T) {
	q := messages("and to germany by express?")
	before := chat.Event{Chat: q.Chat, Seq: 1, Kind: chat.Message, Text: "what does delivery to norway cost"}
	th := FromKnowledge(shopPages(t))
	alone := think(t, th, q)
	q.Before = []chat.Event{before}
	if a := think(t, th, q); !strings.Contains(a.Text, "Germany five") {
		t.Errorf("%s\nwithout the one before: %s", a.Text, alone.Text)
	}
	if got := q.askedBefore(); got != before.Text {
		t.Errorf("asked before: %q", got)
	}
}
