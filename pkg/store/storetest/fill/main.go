// Command fill writes chats into a SQLite store, as if they had taken place long ago, so
// that what depends on how much is stored can be measured. It is for tests.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store/sqlitestore"
)

const (
	perChat  = 50   // events of one chat
	perBatch = 5000 // events of one call of Put
	words    = "These words are about as long as what people write to a bot, which is a sentence or two, and now and then more than that."
)

func main() {
	path := flag.String("file", "", "the store, which is created if it does not exist")
	events := flag.Int("events", 1_000_000, "how many events")
	flag.Parse()
	if err := fill(context.Background(), *path, *events); err != nil {
		fmt.Fprintln(os.Stderr, "fill:", err)
		os.Exit(1)
	}
}

func fill(ctx context.Context, path string, events int) (err error) {
	s, err := sqlitestore.Open(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	began := time.Now().Add(-90 * 24 * time.Hour)
	for n := 0; n < events; {
		var batch []chat.Event
		for len(batch) < perBatch && n < events {
			id := chat.NewID()
			for i := uint64(1); i <= perChat && n < events; i++ {
				batch = append(batch, event(id, i, began.Add(time.Duration(n)*time.Second)))
				n++
			}
		}
		if err := s.Put(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

// event is one of a chat in which a visitor and the bot take turns.
func event(id chat.ID, i uint64, at time.Time) chat.Event {
	e := chat.Event{Chat: id, Seq: i, At: at, Kind: chat.Message, ID: fmt.Sprintf("m%d", i), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: words}
	if i%2 == 0 {
		e.Kind, e.ID, e.From = chat.Reply, "", chat.Speaker{Role: chat.RoleBot, Name: "Parley bot"}
		e.State = &chat.State{Status: chat.WithBot, AnsweredThrough: i - 1, Visitor: "Ada"}
	}
	return e
}
