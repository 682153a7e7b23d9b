package system_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parley-chat/parley/botworker"
	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/telemetry/telemetrytest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// ponderer thinks until it may answer.
type ponderer struct {
	thinking atomic.Int64
	may      chan struct{} // a token for each answer, or closed
}

func (p *ponderer) Think(ctx context.Context, q answer.Question, progress answer.Progress) (answer.Answer, error) {
	p.thinking.Add(1)
	defer p.thinking.Add(-1)
	select {
	case <-p.may:
		return echo{}.Think(ctx, q, progress)
	case <-ctx.Done():
		return answer.Answer{}, ctx.Err()
	}
}

// One address has many chats, which ask and leave. It gets all slots of a slow bot while
// nobody else is there, and not more than that; who comes from elsewhere asks at once, and
// is answered as soon as there is a slot, long before the rest of those chats.
func TestOneAddressLeavesTheBotToOthers(t *testing.T) {
	const slots, chats = 8, 40
	s := newSystem(t)
	s.history()
	bot := &ponderer{may: make(chan struct{})}
	s.run("botworker", func(conn *bus.Conn) func(context.Context) error {
		return botworker.New(botworker.Options{Version: "0.0.0", Workers: slots, Log: s.log}, conn, bot).Run
	})
	figures := prometheus.NewRegistry()
	g := s.gateway(behindProxy, func(o *gateway.Options) { o.Metrics = figures })
	figure := func(name string) float64 { return telemetrytest.Scrape(t, figures)[name] }
	bustest.Eventually(t, "the gateway to know the slots", func() bool { return figure("parley_gateway_bot_places") == slots })

	accepted := 0
	var refused talk.Frame
	for i := range chats {
		p := talktest.DialFrom(t, g.url, "192.0.2.1")
		p.Hello(fmt.Sprint("Hog ", i), "", 0)
		if f := try(p, "m1"); f.T == "ack" {
			accepted++
		} else {
			refused = f
		}
		p.Close()
	}
	bustest.Eventually(t, "all slots to be used", func() bool { return bot.thinking.Load() == slots })
	if accepted < slots || accepted > slots+slots/4 {
		t.Errorf("%d of %d questions were accepted, and the bot thinks about %d at once", accepted, chats, slots)
	}
	if !refused.Later("rate_limited") || refused.Message == "" || refused.Retry > 60_000 {
		t.Errorf("the others get %+v", refused)
	}

	var newcomers []*talktest.Client
	for i := range 3 {
		p := talktest.DialFrom(t, g.url, fmt.Sprint("198.51.100.", i+1))
		p.Hello(fmt.Sprint("Newcomer ", i), "", 0)
		if f := try(p, "m1"); f.T != "ack" {
			t.Fatalf("a newcomer from elsewhere: %+v", f)
		}
		newcomers = append(newcomers, p)
	}
	for range accepted + len(newcomers) {
		select {
		case bot.may <- struct{}{}:
		case <-t.Context().Done():
		}
	}
	for _, p := range newcomers {
		p.Event("reply", "How?")
	}
	// All questions are closed, those of visitors who have left as well.
	bustest.Eventually(t, "no question to be open", func() bool { return figure("parley_gateway_open_questions") == 0 })
	close(bot.may)
	p := talktest.DialFrom(t, g.url, "192.0.2.1")
	p.Hello("Another one", "", 0)
	p.Say("m1", "And now?")
	p.Event("reply", "And now?")
}

// An office behind one address: with a bot that is quick everybody is answered, though
// they are many times as many as the bot can think about at once.
func TestAnOfficeBehindOneAddressIsAnswered(t *testing.T) {
	const slots, people = 16, 150
	s := newSystem(t)
	s.history()
	s.run("botworker", func(conn *bus.Conn) func(context.Context) error {
		return botworker.New(botworker.Options{Version: "0.0.0", Workers: slots, Log: s.log}, conn, echo{}).Run
	})
	g := s.gateway(behindProxy)
	var clients []*talktest.Client
	for i := range people {
		p := talktest.DialFrom(t, g.url, "192.0.2.1")
		p.Hello(fmt.Sprint("Office ", i), "", 0)
		clients = append(clients, p)
	}
	for _, p := range clients {
		p.Send("t", "send", "id", "m1", "text", "How?")
	}
	for _, p := range clients {
		p.Do("t", "send", "id", "m1", "text", "How?") // who was refused comes again
		p.Event("reply", "How?")
	}
}
