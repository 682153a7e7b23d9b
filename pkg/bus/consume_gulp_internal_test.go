package bus

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// While no pull is open an event costs nothing, so one that found everything rests.
func TestAGulpThatFoundAllRests(t *testing.T) {
	var got []string
	for name, c := range map[string]struct {
		last func(p *pulls) *nats.Msg
		rest bool
	}{
		"it ended before it was full": {func(p *pulls) *nats.Msg { return report(p.inboxes[0].sub, "inbox.2", "404", "No Messages") }, true},
		"it brought all it had room for": {func(p *pulls) *nats.Msg {
			p.inboxes[0].left = 1
			return &nats.Msg{Sub: p.inboxes[0].sub, Subject: "chat", Reply: "ack", Data: []byte("the last")}
		}, false},
	} {
		p := openPull(&got)
		p.gulps(time.Hour)
		if over, err := p.take(t.Context(), c.last(p)); !over || err != nil {
			t.Fatalf("%s: over %v, %v", name, over, err)
		}
		ended, end := context.WithCancel(t.Context())
		end()
		if rested := p.rest(ended) != nil; rested != c.rest {
			t.Errorf("%s: it rests: %v", name, rested)
		}
	}
}
