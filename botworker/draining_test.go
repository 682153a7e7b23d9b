package botworker

import (
	"context"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// A bot that stops still reports the slots of the replies that it finishes: otherwise
// these messages would count as waiting, and a rollout would shed new visitors.
func TestABotThatFinishesItsRepliesStillReportsItsSlots(t *testing.T) {
	server := bustest.Start(t)
	gateway, k := server.Connect("gateway"), &thinker{began: make(chan struct{}, 1000), go1: make(chan struct{})}
	ctx, tell := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = New(Options{Version: "0.0.0", Workers: 7, DrainTime: bustest.Patience, Log: zerolog.Nop()}, server.Connect("bot"), k).Run(ctx)
	}()
	defer func() { tell(); <-ended }()
	in(t, gateway, chat.NewID(), chat.Event{Kind: chat.Message, ID: "m", Text: "why?"}, nil)
	<-k.began

	tell()
	// From now on it takes nothing new: what arrives stays in the stream.
	bustest.Eventually(t, "it has stopped pulling", func() bool {
		in(t, gateway, chat.NewID(), chat.Event{Kind: chat.Message, ID: "m", Text: "and this?"}, nil)
		b, err := gateway.Backlog(t.Context(), "bot")
		return err == nil && b.Waiting > 0
	})
	bustest.Eventually(t, "it reports its slots", func() bool { // answers are waited for a second long
		list, err := gateway.Replicas(t.Context(), roles.Botworker.Service, nil)
		return err == nil && len(list) == 1 && list[0].Concurrency == 7
	})
	close(k.go1)
	select {
	case <-ended:
	case <-time.After(bustest.Patience):
		t.Fatal("it does not end with its last reply")
	}
	bustest.Eventually(t, "it is no longer listed", func() bool {
		list, err := gateway.Replicas(t.Context(), roles.Botworker.Service, nil)
		return err == nil && len(list) == 0
	})
}
