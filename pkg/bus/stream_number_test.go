package bus

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus/embedded"
	"github.com/parley-chat/parley/pkg/chat"
)

func connectFor(t *testing.T, s *embedded.Server, streams int, adopt bool) (*Conn, error) {
	c, err := Connect(t.Context(), Options{InProcess: s, Name: "all", Streams: streams, AdoptStreams: adopt, Replicas: 1, Log: zerolog.Nop()})
	if err == nil {
		t.Cleanup(c.Close)
	}
	return c, err
}

func startEmpty(t *testing.T) *embedded.Server {
	t.Helper()
	s, err := embedded.Start(embedded.Options{Dir: t.TempDir(), SyncInterval: time.Minute, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Whoever leaves the number of streams open finds each chat where it is stored, whatever the
// settings make the number for fresh chats; even if an earlier version created the streams,
// which did not state it.
func TestChatsThatExistDecideHowManyStreamsThereAre(t *testing.T) {
	t.Parallel()
	s := startEmpty(t)
	first, err := connectFor(t, s, 3, true)
	if err != nil || first.opts.Streams != 3 {
		t.Fatalf("without any: %v", err)
	}
	id := chat.NewID()
	stored, err := first.AppendIn(t.Context(), chat.Event{Chat: id, Kind: chat.Message, ID: "1", From: chat.Speaker{Role: chat.RoleVisitor}, Text: "hi"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, stating := range []bool{true, false} {
		for i := range 3 {
			cfg := first.chatStreamConfig(i)
			if !stating {
				delete(cfg.Metadata, streamsKey)
			}
			if _, err := first.js.UpdateStream(t.Context(), cfg); err != nil {
				t.Fatal(err)
			}
		}
		for _, fresh := range []int{1, 8} {
			c, err := connectFor(t, s, fresh, true)
			if err != nil {
				t.Fatalf("stating %v, with %d for fresh chats: %v", stating, fresh, err)
			}
			if events, err := c.Inputs(t.Context(), id, 0, stored.Seq, 10); err != nil || len(events) != 1 {
				t.Errorf("stating %v, with %d for fresh chats: %d events, %v", stating, fresh, len(events), err)
			}
		}
		_, err = connectFor(t, s, 8, false)
		if other, is := errors.AsType[*LayoutError](err); !is || !strings.Contains(other.Sentence, "set STREAMS=3") {
			t.Errorf("with a number that was set: %v", err)
		}
	}
}

// Processes that begin at once on an empty server agree on a number, even if they would
// choose different ones.
func TestProcessesThatBeginAtOnceAgreeOnTheStreams(t *testing.T) {
	t.Parallel()
	s := startEmpty(t)
	var beginning sync.WaitGroup
	numbers := make([]int, 12)
	for i := range numbers {
		beginning.Go(func() {
			c, err := connectFor(t, s, 1+i%4*3, true)
			if err != nil {
				t.Error(err)
				return
			}
			numbers[i] = c.opts.Streams
		})
	}
	beginning.Wait()
	for _, n := range numbers {
		if n == 0 || n != numbers[0] {
			t.Fatalf("the processes count %s streams", fmt.Sprint(numbers))
		}
	}
}
