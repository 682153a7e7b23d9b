package bus

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus/embedded"
)

// said is a log that may be read while it is written.
type said struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *said) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Split(strings.TrimSpace(s.text.String()), "\n")
}

// Streams that deliver nothing while NATS is up are logged in one line that names
// them, however many they are, and in one when all are heard again.
func TestSilentStreamsAreLoggedTogether(t *testing.T) {
	t.Parallel()
	s, err := embedded.Start(embedded.Options{Dir: t.TempDir(), SyncInterval: time.Minute, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	log := &said{}
	c, err := Connect(t.Context(), Options{InProcess: s, Name: "bot", Streams: 4, Replicas: 1, Log: zerolog.New(log).Level(zerolog.InfoLevel)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- c.Consume(ctx, Consumer{Name: "bot", Filter: AllMessages, Workers: 1}, func(context.Context, Delivery) error { return nil })
	}()
	t.Cleanup(func() { stop(); <-done })
	for _, name := range c.chatStreams()[1:] {
		if err := c.js.DeleteStream(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	until := func(text string) {
		t.Helper()
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for deadline := time.Now().Add(3 * time.Minute); !strings.Contains(strings.Join(log.lines(), "\n"), text); <-tick.C {
			if time.Now().After(deadline) {
				t.Fatalf("%q is not said in %v", text, log.lines())
			}
		}
	}
	until("is down")
	if err := c.setUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	until("consumer bot is back")
	var first struct {
		Message string
		Of      []string
	}
	// On a slow machine it takes so long that the outage is mentioned again.
	lines := slices.DeleteFunc(log.lines(), func(line string) bool { return strings.Contains(line, "is still down") })
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil || len(lines) != 2 {
		t.Fatalf("it says %v", lines)
	}
	if !strings.HasPrefix(first.Message, "A stream of the consumer bot is down: its events wait") || strings.Join(first.Of, " ") != "CHAT_1 CHAT_2 CHAT_3" {
		t.Errorf("it says %+v", first)
	}
}
