package live

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// hubOfTwo is a hub in eu that hears nothing live, and has chats of ap, too.
func hubOfTwo(t *testing.T) (h *Hub, eu, ap *bus.Conn, end func()) {
	t.Helper()
	here, there := bustest.Start(t), bustest.Start(t)
	eu = here.ConnectWith(bus.Options{Name: "gateway", Region: "eu", Log: zerolog.Nop()})
	ap = there.ConnectWith(bus.Options{Name: "gateway", Region: "ap", Log: zerolog.Nop()})
	regions := bus.NewRegions(eu, "eu", bus.Options{Name: "gateway", Region: "ap", InProcess: there, Replicas: 1, Log: zerolog.Nop()})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = regions.Run(ctx) }()
	serving, end := context.WithCancel(ctx)
	h = NewHub(serving, eu, Options{Regions: regions, Log: zerolog.Nop()})
	t.Cleanup(func() { end(); h.running.Wait(); stop(); <-ended })
	bustest.Eventually(t, "the other region", func() bool { return len(regions.Others()) == 1 })
	return h, eu, ap, end
}

// A read of a far chat takes a round trip, or hangs: the comparison of the chats at home must
// not wait for hundreds of them.
func TestChatsOfEachRegionAreComparedWithTheirStreamsByThemselves(t *testing.T) {
	h, eu, ap, _ := hubOfTwo(t)
	h.auditEvery = 20 * time.Millisecond
	h.running.Go(func() { h.audit(&h.origin) })
	for home, conn := range map[chat.Region]*bus.Conn{"eu": eu, "ap": ap} {
		s, client := conntest.Pair(t)
		id := chat.NewIDAt(home)
		first := appendMessage(t, conn, id, 1)
		v := enter(t, h, id, s)
		from := v.channel.from
		from.feed.Unfollow(id)
		lost := appendMessage(t, conn, id, 2)
		expect(t, client, first.Seq, lost.Seq) // the audit found it
		if list := h.shownFrom(from); len(list) != 1 || list[0].id != id {
			t.Errorf("with the chat of %s %d are compared", home, len(list))
		}
	}
}

// A hello may come in the very last moment.
func TestAHubThatHasEndedBeginsNothing(t *testing.T) {
	h, _, _, end := hubOfTwo(t)
	end()
	if err := h.Run(); err != nil {
		t.Fatal(err)
	}
	s, _ := conntest.Pair(t)
	if _, _, err := h.Subscribe(t.Context(), chat.NewIDAt("ap"), s, new(Reading), nil, 0, true); !errors.Is(err, bus.ErrUnavailable) || len(h.afar) > 0 {
		t.Errorf("a hub that has ended follows another region: %v", err)
	}
}
