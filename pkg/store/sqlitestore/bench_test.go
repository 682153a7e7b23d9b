package sqlitestore_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/store/sqlitestore"
)

// traffic makes batches of what visitors write and the bot replies, as the stream has it:
// 500 chats at a time, each of which ends after some 40 turns.
type traffic struct {
	open  []chat.ID
	turns []int // left
	ended []chat.ID
	seq   uint64
	rand  *rand.Rand
}

func newTraffic() *traffic {
	return &traffic{open: make([]chat.ID, 500), turns: make([]int, 500), rand: rand.New(rand.NewPCG(1, 2))}
}

var words = strings.Repeat("word ", 20)

func (t *traffic) batch(tb testing.TB, n int) []chat.Event {
	batch := make([]chat.Event, 0, n+1)
	for len(batch) < n {
		c := t.rand.IntN(len(t.open))
		if t.turns[c] == 0 {
			if t.open[c] != "" {
				t.ended = append(t.ended, t.open[c])
			}
			t.open[c], t.turns[c] = chat.NewID(), 20+t.rand.IntN(40)
		}
		t.turns[c]--
		t.seq += 2
		said := chat.Event{
			Chat: t.open[c], Seq: t.seq - 1, At: time.Unix(1_800_000_000, int64(t.seq)), Kind: chat.Message,
			ID: fmt.Sprintf("client-%016d", t.seq), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: words,
		}
		reply := chat.Event{
			Chat: said.Chat, Seq: t.seq, At: said.At, Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot}, Text: words,
			State: &chat.State{Status: chat.WithBot, AnsweredThrough: said.Seq, Visitor: "Ada"},
		}
		for _, e := range []chat.Event{said, reply} {
			raw, err := e.Encode()
			if err != nil {
				tb.Fatal(err)
			}
			e.Raw = string(raw)
			batch = append(batch, e)
		}
	}
	return batch
}

// fill opens a store that holds some events already.
func fill(b *testing.B, t *traffic, events int) *sqlitestore.Store {
	s := open(b, filepath.Join(b.TempDir(), "parley.db"))
	for int(t.seq) < events {
		if err := s.Put(b.Context(), t.batch(b, 2000)); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

// cpu is what this process has used.
func cpu() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func BenchmarkPut(b *testing.B) {
	for _, n := range []int{2, 50, 500, 1000, 2000} {
		b.Run(fmt.Sprintf("batches of %d", n), func(b *testing.B) {
			t := newTraffic()
			s := fill(b, t, 50_000)
			b.ReportAllocs()
			var used time.Duration
			for b.Loop() {
				b.StopTimer()
				batch := t.batch(b, n)
				b.StartTimer()
				began := cpu()
				if err := s.Put(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
				used += cpu() - began
			}
			events := float64(b.N * n)
			b.ReportMetric(float64(used.Nanoseconds())/1000/events, "cpu-µs/event")
			b.ReportMetric(events/b.Elapsed().Seconds(), "events/s")
		})
	}
}

var held = flag.Int("held", 50_000, "how many events the store of BenchmarkPage holds")

// A page of 50 of a chat that ended at some time, with the slowest hundredth.
func BenchmarkPage(b *testing.B) {
	t := newTraffic()
	s := fill(b, t, *held)
	b.ReportAllocs()
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		p, err := s.Page(b.Context(), store.PageQuery{Chat: t.ended[t.rand.IntN(len(t.ended))], Limit: 50})
		if err != nil || len(p.Events) < 40 {
			b.Fatalf("%d events: %v", len(p.Events), err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
