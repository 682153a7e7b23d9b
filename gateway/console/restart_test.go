package console

import (
	"context"
	"slices"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/teams"
)

// NATS is down while the desk changes.
func TestTheDeskIsSeenAgainAfterARestartOfNATS(t *testing.T) {
	server := bustest.Start(t)
	conn, other := server.Connect("gateway"), server.Connect("escalation")
	ctx, cancel := context.WithCancel(context.Background())
	b, err := NewBoard(ctx, bus.NewRegions(conn, ""), teams.New(conn, "nothing"), func(chat.ID, frame.Signal) {}, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = b.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	bucket, err := bus.OpenBucket[desk.Entry](ctx, other, bus.DeskBucket)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		id := chat.NewID()
		put := func() bool { return bucket.Put(ctx, string(id), desk.Entry{Chat: id, Status: chat.Waiting}) == nil }
		bustest.Eventually(t, "the desk is written", put)
		bustest.Eventually(t, "the board shows it", func() bool {
			return slices.ContainsFunc(b.mirror.Entries(), func(e desk.Entry) bool { return e.Chat == id })
		})
		server.Restart()
	}
}
