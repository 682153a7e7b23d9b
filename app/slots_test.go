package app

import (
	"testing"

	"github.com/parley-chat/parley/botworker"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/roles"
)

// A bot that quotes is not bound by how many answers a model may think of at once.
func TestABotWithoutAModelHasMoreSlots(t *testing.T) {
	for _, model := range []bool{false, true} {
		settings, want := []string(nil), botworker.Quoting
		if model {
			settings, want = []string{"LLM_URL=http://127.0.0.1:1/v1", "LLM_MODEL=m"}, 128
		}
		server := bustest.Start(t)
		c := server.Connect("gateway")
		bot := program(t.Context(), t, append(settings, "NATS_URL="+door(t, server)), "botworker")
		if err := bot.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = bot.Process.Kill(); _ = bot.Wait() })
		bustest.Eventually(t, "the bot to report its slots", func() bool {
			list, err := c.Replicas(t.Context(), roles.Botworker.Service, nil)
			if err != nil || len(list) != 1 {
				return false
			}
			if list[0].Concurrency != want {
				t.Fatalf("with a model (%v): %d slots, want %d", model, list[0].Concurrency, want)
			}
			return true
		})
	}
}
