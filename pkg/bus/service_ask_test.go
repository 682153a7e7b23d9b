package bus_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// If the replica dies, or is stopping, another one answers.
func TestAnUnansweredQuestionIsAskedOnceMore(t *testing.T) {
	for name, first := range map[string]func(context.Context) error{
		"the replica hangs":       func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
		"the replica is stopping": func(context.Context) error { return fmt.Errorf("%w", bus.ErrUnavailable) },
	} {
		t.Run(name, func(t *testing.T) {
			server := bustest.Start(t)
			var asked atomic.Int32
			answerWith(t, server, bus.Handle(roles.HistoryFind, func(ctx context.Context, _ roles.FindRequest) (roles.FindReply, error) {
				if asked.Add(1) == 1 {
					return roles.FindReply{}, first(ctx)
				}
				return roles.FindReply{Seq: 7}, nil
			}))
			got, err := bus.Ask(t.Context(), server.Connect("gateway"), roles.HistoryFind, roles.FindRequest{Chat: chat.NewID(), ID: "m"})
			if err != nil || got.Seq != 7 || asked.Load() != 2 {
				t.Errorf("%+v, %v, asked %d times", got, err, asked.Load())
			}
		})
	}
}

// A refusal is an answer, and what is down is asked twice, not forever.
func TestAQuestionIsNotAskedAgainWithoutNeed(t *testing.T) {
	no := &bus.Refusal{Code: "bad_request", Message: "No."}
	for name, c := range map[string]struct {
		err  error
		want int32
	}{"refused": {no, 1}, "never there": {bus.ErrUnavailable, 2}} {
		t.Run(name, func(t *testing.T) {
			server := bustest.Start(t)
			var asked atomic.Int32
			answerWith(t, server, bus.Handle(roles.HistoryFind, func(context.Context, roles.FindRequest) (roles.FindReply, error) {
				asked.Add(1)
				return roles.FindReply{}, c.err
			}))
			_, err := bus.Ask(t.Context(), server.Connect("gateway"), roles.HistoryFind, roles.FindRequest{Chat: chat.NewID(), ID: "m"})
			var refusal *bus.Refusal
			if errors.As(err, &refusal) != (c.want == 1) || err == nil || asked.Load() != c.want {
				t.Errorf("%v, asked %d times, want %d", err, asked.Load(), c.want)
			}
		})
	}
}

// An append that is never answered is tried again soon, one that is slow less
// and less often.
func TestAnAppendWaitsLongerWithEachTry(t *testing.T) {
	for try, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 100: 4 * time.Second} {
		if got := bus.AppendTime(try); got != want {
			t.Errorf("try %d: %v, want %v", try, got, want)
		}
	}
}

func answerWith(t *testing.T, server *bustest.Server, h bus.Handling) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	conn, done := server.Connect("history"), make(chan error, 1)
	go func() { done <- conn.Serve(ctx, "history", "0.0.0", h) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	bustest.Eventually(t, "the service is there", func() bool { return conn.Served("history") })
}
