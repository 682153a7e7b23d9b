package answer

import (
	"strings"
	"testing"

	"github.com/parley-chat/parley/botworker/knowledge"
)

// What a visitor can cost the bot with one message of the greatest length.
func BenchmarkTheLongestQuestions(b *testing.B) {
	ix, err := knowledge.Load(b.Context(), knowledge.Builtin())
	if err != nil {
		b.Fatal(err)
	}
	th := FromKnowledge(ix)
	for name, text := range map[string]string{
		"short": "how do I scale the gateway?", "brackets": strings.Repeat("(", 4000), "words": strings.Repeat("gateway scale bot ", 222), "letters": strings.Repeat("a", 4000),
		"one letter words": strings.Repeat("a b c ", 666), "pairs": strings.Repeat("[](", 1333), "dots": strings.Repeat("a.", 2000), "questions": strings.Repeat("why? ", 800), "quotes": strings.Repeat(`"a" `, 1000),
		"mails": strings.Repeat("a@b.c ", 666), "numbers": strings.Repeat("12 ", 1333), "cjk": strings.Repeat("字", 4000), "different": different(),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				think(b, th, messages(text))
			}
		})
	}
}

func different() string {
	var s strings.Builder
	for i := 0; s.Len() < 3990; i++ {
		s.WriteString(string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676%26)) + " ")
	}
	return s.String()
}
