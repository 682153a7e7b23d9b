package main

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/test/internal/talk"
)

const (
	// answerLimit is how long an answer may take while processes die, and the bot then
	// works off what came meanwhile.
	answerLimit = 4 * time.Minute
	crowd       = 20
	pace        = 500 * time.Millisecond // between two messages of one visitor
)

// gateways are the addresses of the way in, one through each node.
func (r *run) gateways() (urls []string) {
	for _, f := range r.forwards {
		urls = append(urls, f.URL)
	}
	return urls
}

// with runs visitors while do is done.
func (r *run) with(ctx context.Context, visitors []*talk.Visitor, do func(ctx context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{}, len(visitors))
	for _, v := range visitors {
		go func() { defer func() { done <- struct{}{} }(); v.Run(ctx) }()
	}
	err := do(ctx)
	stop()
	for range visitors {
		<-done
	}
	return err
}

// conversation is a visitor's with the bot and with a person.
func (r *run) conversation(ctx context.Context) error {
	ada := &talk.Visitor{Name: "Ada", Gateways: r.gateways()}
	r.first = ada
	return r.with(ctx, []*talk.Visitor{ada}, func(ctx context.Context) error {
		ada.Say("m1", "What is Parley?")
		if _, err := talk.Settle(ctx, answerLimit, []*talk.Visitor{ada}); err != nil {
			return err
		}
		admin, err := talk.SignIn(ctx, r.gateways()[1], "admin", r.password)
		if err != nil {
			return err
		}
		defer admin.Close()
		ada.Escalate("e1")
		chat := ada.Chat()
		steps := []func() error{
			func() error { return admin.Waiting(chat) },
			func() error { return admin.Do("open", chat, "") },
			func() error { return admin.Do("take", chat, "") },
			func() error { return admin.Do("say", chat, "Hello, I am a person.") },
			func() error {
				return ada.Sees(ctx, answerLimit, "the agent's words", func(f talk.Frame) bool { return f.Kind == "say" && f.Text == "Hello, I am a person." })
			},
			func() error { ada.Say("m2", "Thank you, person."); return admin.Hears("Thank you, person.") },
			func() error { return admin.Do("return", chat, "") },
			func() error {
				return ada.Sees(ctx, answerLimit, "the bot come back", func(f talk.Frame) bool { return f.Kind == "state" && f.Status == "bot" && f.Seq > 0 })
			},
			func() error { ada.Say("m3", "How do I run it?"); return nil },
		}
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		if _, err := talk.Settle(ctx, answerLimit, []*talk.Visitor{ada}); err != nil {
			return err
		}
		r.say("A conversation through the Service: bot, escalation, a person, bot again.")
		return nil
	})
}

// newcomer comes now, through any node, and returns how long the answer took.
func (r *run) newcomer(ctx context.Context) (took time.Duration, err error) {
	r.newcomers++ // nobody gets a name that somebody has
	v := &talk.Visitor{Name: fmt.Sprintf("newcomer %d", r.newcomers), Gateways: r.gateways()}
	began := time.Now()
	err = r.with(ctx, []*talk.Visitor{v}, func(ctx context.Context) error {
		v.Say("m1", "How do I start Parley?")
		_, err := talk.Settle(ctx, answerLimit, []*talk.Visitor{v})
		took = time.Since(began)
		return err
	})
	return took, err
}

// underLoad has a crowd talk to the bot while do is done, and checks what they saw.
// Where the gateways die, all of the crowd have to have come back.
func (r *run) underLoad(ctx context.Context, prefix string, gatewaysDie bool, do func(ctx context.Context) error) error {
	var visitors []*talk.Visitor
	for i := range crowd {
		urls := r.gateways()
		first := i % len(urls)
		visitors = append(visitors, &talk.Visitor{Name: fmt.Sprintf("%s %d", prefix, i), Gateways: append(urls[first:], urls[:first]...)})
	}
	r.say("%d visitors talk to the bot, each twice a second, while", crowd)
	return r.with(ctx, visitors, func(ctx context.Context) error {
		speaking, quiet := context.WithCancel(ctx)
		spoken := make(chan struct{})
		go func() { defer close(spoken); speak(speaking, visitors) }()
		err := do(ctx)
		quiet()
		<-spoken
		if err != nil {
			return err
		}
		figures, err := talk.Settle(ctx, answerLimit, visitors)
		if err != nil {
			return err
		}
		if gatewaysDie && figures.Returns < crowd {
			return fmt.Errorf("gateways died, and only %d connections were made again", figures.Returns)
		}
		r.say("Nothing was lost, doubled or out of order: %v.", figures)
		return nil
	})
}

// speak has all visitors speak, one after the other, until the context ends.
func speak(ctx context.Context, visitors []*talk.Visitor) {
	tick := time.NewTicker(pace / time.Duration(len(visitors)))
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			visitors[n%len(visitors)].Say(fmt.Sprintf("m%d", n), fmt.Sprintf("Message %d: how do I start Parley?", n))
		}
	}
}
