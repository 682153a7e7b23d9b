package llm

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// Turns go first, then passages, then the beginning of the question.
func TestAPromptFitsIntoItsRoom(t *testing.T) {
	for name, letter := range map[string]string{"English": "words of it ", "Chinese": "长的问题", "Russian": "вопрос ", "emoji": "😀"} {
		long := strings.Repeat(letter, 400)
		d := Draft{Name: "Lumi", Question: []string{long, "the last words"}}
		for i := range 20 {
			d.Before = append(d.Before, Turn{Text: fmt.Sprint("asked", i, " ", long)}, Turn{Bot: true, Text: fmt.Sprint("said", i)})
		}
		for i := range 5 {
			d.Sources = append(d.Sources, Source{Page: fmt.Sprint("page", i), Text: clip(long, 150)})
		}
		last := 0
		for room := 450; room < 12_000; room += 50 {
			p := d.Prompt(room)
			n := p.Tokens()
			if n > room+perMessage || n < last*9/10 {
				t.Errorf("%s: %d tokens in a room for %d, %d before", name, n, room, last)
			}
			last = n
			end := p.Messages[len(p.Messages)-1]
			if !strings.HasSuffix(end.Text, "the last words") || end.Bot || p.Messages[0].Bot || !utf8.ValidString(end.Text) {
				t.Errorf("%s: the end of the question is missing from %.100q", name, end.Text)
			}
			if strings.Contains(end.Text, noPassages) && room >= 600 {
				t.Errorf("%s: nothing of the pages in a room for %d", name, room)
			}
			if len(p.Messages) > 1 && !strings.Contains(end.Text, "page4") && n < room-300 {
				t.Errorf("%s: turns took the room of passages, at %d", name, room)
			}
		}
		if p, all := d.Prompt(100_000), Build(d.Question, d.Before, d.Sources); len(p.Messages) != len(all.Messages) || p.Messages[0] != all.Messages[0] {
			t.Errorf("%s: something is left out without need", name)
		}
	}
	if p := (Draft{Question: []string{strings.Repeat("a ", 2000)}}).Prompt(1); len(p.Messages) != 1 || len(p.Messages[0].Text) < 100 {
		t.Errorf("nothing is left of the question: %.200v", p.Messages)
	}
}
