package admission

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
)

// A bot counts as seen only while it answers and says how much it can do: exactly then an
// address has a share of its slots, and not of what may wait for a bot.
func TestABotThatStoppedAnsweringIsNotSeen(t *testing.T) {
	a := New(Options{})
	if a.BotSeen() {
		t.Error("a bot is seen before any answered")
	}
	bot := []bus.Replica{{ID: "b", Concurrency: 8}}
	a.shedder.bot.answered(bot, time.Now())
	if !a.BotSeen() {
		t.Error("a bot that answered is not seen")
	}
	a.shedder.bot.answered(bot, time.Now().Add(-2*heardFor))
	if a.BotSeen() {
		t.Error("a bot that answers no more is seen")
	}
}
