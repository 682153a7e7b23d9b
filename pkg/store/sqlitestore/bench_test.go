package sqlitestore_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
)

// traffic makes batches of visitors' words and the bot's replies, of 100 chats.
func traffic() func(n int) []chat.Event {
	ids := make([]chat.ID, 100)
	for i := range ids {
		ids[i] = chat.NewID()
	}
	text := strings.Repeat("word ", 20)
	seq := uint64(0)
	return func(n int) []chat.Event {
		batch := make([]chat.Event, n)
		for i := range batch {
			seq++
			e := chat.Event{
				Chat: ids[(seq/2)%100], Seq: seq, At: time.Unix(1_800_000_000, int64(seq)), Kind: chat.Message,
				ID: fmt.Sprintf("client-%d", seq), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: text,
			}
			if seq%2 == 1 {
				e.Kind, e.ID, e.From = chat.Reply, "", chat.Speaker{Role: chat.RoleBot}
				e.State = &chat.State{Status: chat.WithBot, AnsweredThrough: seq - 1, Visitor: "Ada"}
			}
			batch[i] = e
		}
		return batch
	}
}

func BenchmarkPut(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("batches of %d", n), func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "parley.db"))
			batch := traffic()
			for b.Loop() {
				if err := s.Put(b.Context(), batch(n)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

func BenchmarkPage(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "parley.db"))
	batch := traffic()
	var id chat.ID
	for range 20 {
		events := batch(1000)
		id = events[0].Chat
		if err := s.Put(b.Context(), events); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := s.Page(b.Context(), store.PageQuery{Chat: id, Limit: 50}); err != nil {
			b.Fatal(err)
		}
	}
}
