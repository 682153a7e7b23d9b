package console

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/teams"
)

func TestAFullDeskLocksNobodyOut(t *testing.T) {
	bc := bustest.Conn(t)
	b, err := NewBoard(t.Context(), bus.NewRegions(bc, ""), teams.New(bc, "nothing"), func(chat.ID, frame.Signal) {}, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	all, who := signedIn(t, bc, nil)
	for range 8000 { // more than a queue of frames may hold in bytes
		id := chat.NewID()
		b.mirror.List(desk.Entry{Chat: id, Name: strings.Repeat("<", 64), Status: chat.Waiting})
	}
	s, c := conntest.Pair(t)
	ann, _ := NewRevocation(all, b.Renamed).Keep(s, who)
	defer b.Attend(t.Context(), ann, s)()
	_ = c.SetReadDeadline(time.Now().Add(bustest.Patience))
	if _, _, err := c.ReadMessage(); err != nil {
		t.Errorf("a console that comes to a full desk reads %v", err)
	}
}

// A chat is taken from an agent who is not online at its home, so all agents of a gateway have
// to be there in time, however far away that is.
func TestAllAgentsOfAGatewayAreOnlineInARegionFarAway(t *testing.T) {
	eu, ap := bustest.Start(t), bustest.Start(t)
	home := eu.ConnectWith(bus.Options{Name: "gateway", Region: "eu", Log: zerolog.Nop()})
	there := ap.ConnectWith(bus.Options{Name: "gateway", Region: "ap", Log: zerolog.Nop()})
	if _, err := bus.OpenBucket[desk.Presence](t.Context(), there, bus.PresenceBucket); err != nil {
		t.Fatal(err)
	}
	link := bustest.NewLink(t, ap, 50*time.Millisecond)
	regions := bus.NewRegions(home, "eu", bus.Options{Name: "gateway", Region: "ap", InProcess: link, Replicas: 1, Log: zerolog.Nop()})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = regions.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	bustest.Eventually(t, "the other region", func() bool { return len(regions.Others()) == 1 })
	b, err := NewBoard(t.Context(), regions, teams.New(home, "nothing"), func(chat.ID, frame.Signal) {}, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	here := map[string]chat.Agent{} // one after the other they would take twice the time of a round
	for range 2 * int(presentEvery/(100*time.Millisecond)) {
		user := string(chat.NewID())
		here[user] = chat.Agent{User: user, Name: user}
	}
	if err := b.presentIn(t.Context(), regions.Others()[0], here); err != nil {
		t.Errorf("%d agents were not marked as online in time: %v", len(here), err)
	}
}
