package talk

import (
	"context"
	"time"
)

// Conversation is a visitor's conversation with the bot, with an agent, and with the bot
// again. signIn opens the agent's console. Each answer may take as long as the limit.
func Conversation(ctx context.Context, limit time.Duration, v *Visitor, signIn func(context.Context) (*Agent, error)) error {
	return With(ctx, []*Visitor{v}, func(ctx context.Context) error {
		v.Say("m1", "What is Parley?")
		if _, err := Settle(ctx, limit, []*Visitor{v}); err != nil {
			return err
		}
		agent, err := signIn(ctx)
		if err != nil {
			return err
		}
		defer agent.Close()
		v.Escalate("e1")
		chat := v.Chat()
		steps := []func() error{
			func() error { return agent.Waiting(ctx, chat) },
			func() error { return agent.Act(ctx, "open", chat, "") },
			func() error { return agent.Act(ctx, "take", chat, "") },
			func() error { return agent.Act(ctx, "say", chat, "Hello, I am a person.") },
			func() error {
				return v.Sees(ctx, limit, "the agent's words", func(f Frame) bool { return f.Kind == "say" && f.Text == "Hello, I am a person." })
			},
			func() error { v.Say("m2", "Thank you, person."); return agent.Hears(ctx, "Thank you, person.") },
			func() error { return agent.Act(ctx, "return", chat, "") },
			func() error {
				return v.Sees(ctx, limit, "the bot come back", func(f Frame) bool { return f.Kind == "state" && f.Status == "bot" && f.Seq > 0 })
			},
			func() error { v.Say("m3", "How do I run it?"); return nil },
		}
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		_, err = Settle(ctx, limit, []*Visitor{v})
		return err
	})
}
