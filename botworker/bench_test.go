package botworker

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// replies passes on the replies of a chat.
type replies chan chat.Event

func (r replies) Live(e chat.Event, _ uint64) {
	if e.Kind == chat.Reply {
		r <- e
	}
}
func (r replies) Signal(chat.ID, bus.Signal) {}
func (r replies) Lost(chat.ID)               {}

// BenchmarkReply is one turn without a gateway: a message is appended with its hint, the bot
// receives it, stores its reply, and the reply's copy arrives. The server's work is in it.
func BenchmarkReply(b *testing.B) {
	server := bustest.Start(b)
	gateway, id, seen := server.Connect("gateway"), chat.NewID(), make(replies, 1)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	feed := gateway.NewFeed(seen)
	running.Go(func() { _ = feed.Run(ctx) })
	if err := errors.Join(feed.Follow(id), feed.Followed(ctx)); err != nil {
		b.Fatal(err)
	}
	bot := New(Options{Version: "0.0.0", Log: zerolog.Nop()}, server.Connect("bot"), thinkerFunc(func(answer.Question) {}))
	running.Go(func() { _ = bot.Run(ctx) })
	var hint *bus.Hint
	n := 0
	turn := func() {
		n++
		_, err := gateway.AppendIn(ctx, chat.Event{
			Chat: id, Kind: chat.Message, ID: strconv.Itoa(n), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: "How long does it take?",
		}, hint)
		if err != nil {
			b.Fatal(err)
		}
		reply := <-seen
		hint = &bus.Hint{Snapshot: bus.Snapshot{Out: reply.Seq, State: *reply.State}, Input: reply.State.AnsweredThrough}
	}
	turn()
	b.ReportAllocs()
	for b.Loop() {
		turn()
	}
}
