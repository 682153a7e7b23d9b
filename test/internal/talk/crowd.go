package talk

import (
	"context"
	"fmt"
	"time"
)

// pace is the time between two messages of one visitor of a crowd.
const pace = 500 * time.Millisecond

// Crowd returns visitors whose names begin with the prefix. Each begins at another
// one of the gateways.
func Crowd(size int, prefix string, gateways func() []string) (all []*Visitor) {
	for i := range size {
		all = append(all, &Visitor{Name: fmt.Sprintf("%s %d", prefix, i), Gateways: gateways, First: i})
	}
	return all
}

// With keeps visitors connected while do runs.
func With(ctx context.Context, visitors []*Visitor, do func(ctx context.Context) error) error {
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

// While makes visitors talk to the bot, each twice a second, while do runs, and then
// checks what they saw, as Settle does.
func While(ctx context.Context, limit time.Duration, visitors []*Visitor, do func(ctx context.Context) error) (f Figures, err error) {
	err = With(ctx, visitors, func(ctx context.Context) error {
		speaking, quiet := context.WithCancel(ctx)
		spoken := make(chan struct{})
		go func() { defer close(spoken); speak(speaking, visitors) }()
		err := do(ctx)
		quiet()
		<-spoken
		if err == nil {
			f, err = Settle(ctx, limit, visitors)
		}
		return err
	})
	return f, err
}

// speak makes all visitors speak, one after the other, until the context ends.
func speak(ctx context.Context, visitors []*Visitor) {
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
