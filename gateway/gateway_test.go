package gateway

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// The hub is told that no bot is there: otherwise questions that still wait for one would
// no longer count after two minutes.
func TestTheHubKnowsThatNoBotIsThere(t *testing.T) {
	g := New(Options{Metrics: prometheus.NewRegistry(), Log: zerolog.Nop()}, bustest.Conn(t))
	if seen := g.liveOptions().BotSeen; seen == nil || seen() {
		t.Error("the hub takes it that a bot is there")
	}
}
