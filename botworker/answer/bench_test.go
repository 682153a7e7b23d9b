package answer_test

import (
	"context"
	"testing"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/pkg/chat"
)

// BenchmarkThink is all that the bot does of its own for an answer without a model.
func BenchmarkThink(b *testing.B) {
	ix, err := knowledge.Load(context.Background(), knowledge.Builtin())
	if err != nil {
		b.Fatal(err)
	}
	thinker := answer.FromKnowledge(ix)
	for _, of := range []struct {
		name  string
		texts []string
	}{
		{"greeting", []string{"Hello there!"}},
		{"thanks", []string{"thank you very much, that is great"}},
		{"person", []string{"can I talk to a human please"}},
		{"found", []string{"How do I run more than one gateway?"}},
		{"declined", []string{"Which colors do your sneakers have?"}},
		{"german", []string{"Wie kann ich mit einem Menschen sprechen lassen, wenn die Seite offline ist?"}},
		{"russian", []string{"Где моя посылка, я жду уже неделю"}},
		{"burst", []string{"hello", "how do I run it with docker", "and where are the settings?"}},
	} {
		var inputs []chat.Event
		for i, t := range of.texts {
			inputs = append(inputs, chat.Event{Kind: chat.Message, Seq: uint64(i + 1), Text: t})
		}
		q := answer.Question{Chat: "aaaaaaaaaaaaaaaa", Bot: "Robi", Inputs: inputs}
		think := func(b *testing.B) {
			if _, err := thinker.Think(context.Background(), q, nil); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(of.name, func(b *testing.B) {
			think(b) // what is made when it is first needed is there
			b.ReportAllocs()
			for b.Loop() {
				think(b)
			}
		})
	}
}
