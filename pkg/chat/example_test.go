package chat_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// The life of a chat: a visitor asks for a person, one agent takes the chat and
// another one can't, and the first hands it back to the bot.
func ExampleState_Apply() {
	var s chat.State // of a new chat, which is with the bot
	noon := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	grace, alan := chat.Agent{User: "grace", Name: "Grace"}, chat.Agent{User: "alan", Name: "Alan"}
	for _, step := range []chat.Step{
		{Kind: chat.StateChange, Reason: chat.Escalated, At: noon},
		{Kind: chat.StateChange, Reason: chat.Taken, By: grace, At: noon.Add(time.Minute)},
		{Kind: chat.StateChange, Reason: chat.Taken, By: alan, At: noon.Add(time.Minute)},
		{Kind: chat.Reply, AnsweredThrough: 1},
		{Kind: chat.StateChange, Reason: chat.Returned, By: grace, At: noon.Add(time.Hour)},
	} {
		next, err := s.Apply(step)
		var taken *chat.TakenError
		switch {
		case errors.As(err, &taken):
			fmt.Printf("%s: refused, %s has it\n", s.Is(), taken.By.Name)
		case err != nil:
			fmt.Printf("%s: refused, %v\n", s.Is(), err)
		default:
			fmt.Println(s.Is(), "→", next.Is())
			s = next
		}
	}
	// Output:
	// bot → waiting
	// waiting → live
	// live: refused, Grace has it
	// live: refused, the chat is not with the bot
	// live → bot
}
