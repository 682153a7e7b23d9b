package botworker

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/settings"
)

// An admin renames the bot: its next replies have the new name, without a restart.
func TestTheBotGoesByTheNameThatAnAdminSet(t *testing.T) {
	server := bustest.Start(t)
	gateway := server.Connect("gateway")
	k := &thinker{began: make(chan struct{}, 1000), go1: make(chan struct{})}
	close(k.go1)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	running.Go(func() {
		_ = New(Options{Name: "Robi", Version: "0.0.0", Log: zerolog.Nop()}, server.Connect("bot"), k).Run(ctx)
	})
	// signed asks in a new chat, and returns the name at the reply.
	signed := func() string {
		name := ""
		id := chat.NewID()
		in(t, gateway, id, chat.Event{Kind: chat.Message, ID: "m", Text: "why?"}, nil)
		bustest.Eventually(t, "a reply", func() bool {
			out, err := gateway.RecentOut(t.Context(), id)
			for _, e := range out {
				if e.Kind == chat.Reply {
					name = e.From.Name
				}
			}
			return err == nil && name != ""
		})
		return name
	}
	if name := signed(); name != "Robi" {
		t.Fatalf("at first it is %q", name)
	}
	site := settings.New(gateway, settings.Settings{})
	if _, err := site.Change(t.Context(), settings.Settings{Bot: "Lumi"}, 0, "ada", time.Now()); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "it goes by its new name", func() bool { return signed() == "Lumi" })
}
