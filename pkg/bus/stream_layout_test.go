package bus

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus/embedded"
)

// A folder of an earlier version, whose inputs are on subjects that nobody looks at any
// more, is refused in a sentence; one that is empty is taken over.
func TestChatsOfAnotherLayoutAreRefusedInASentence(t *testing.T) {
	t.Parallel()
	s, err := embedded.Start(embedded.Options{Dir: t.TempDir(), SyncInterval: time.Minute, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	connect := func() (*Conn, error) {
		return Connect(t.Context(), Options{InProcess: s, Name: "all", Streams: 2, Replicas: 1, Log: zerolog.Nop()})
	}
	c, err := connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	earlier := func() {
		t.Helper()
		old := c.chatStreamConfig(0)
		old.Metadata = nil
		if _, err := c.js.UpdateStream(t.Context(), old); err != nil {
			t.Fatal(err)
		}
	}
	earlier()
	second, err := connect()
	if err != nil {
		t.Fatalf("without a message: %v", err)
	}
	t.Cleanup(second.Close)
	there, err := c.js.Stream(t.Context(), chatStreamName(0))
	if err != nil || there.CachedInfo().Config.Metadata[layoutKey] != layout {
		t.Fatalf("an empty stream does not state its layout: %v", err)
	}
	if _, err := c.js.Publish(t.Context(), "chat.0.aaaaaaaaaaaaaaaa.in", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	earlier()
	_, err = connect()
	if other, is := errors.AsType[*LayoutError](err); !is || !strings.Contains(other.Sentence, "another version") {
		t.Errorf("with a message: %v", err)
	}
}
