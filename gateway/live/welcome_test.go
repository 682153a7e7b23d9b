package live

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// A position in the queue, or a signal, that comes while a client's place in the chat is
// looked up must not reach it before the frame that says which chat it is shown.
func TestNoFrameOfTheChatComesBeforeTheWelcome(t *testing.T) {
	for who, agent := range map[string]*chat.Agent{"visitor": nil, "agent": {User: "ann"}} {
		t.Run(who, func(t *testing.T) {
			h, conn := silentHub(t)
			id := chat.NewID()
			appendMessage(t, conn, id, 1)
			sock, client := conntest.Pair(t)
			v, at, err := h.Subscribe(t.Context(), id, sock, new(Reading), agent, 0, false)
			if err != nil {
				t.Fatal(err)
			}
			say := func() {
				h.SendToVisitors(id, frame.Queue(1, 1, 0))
				for _, what := range []bus.SignalKind{bus.Typing, bus.Read, bus.Delta} {
					h.Signal(id, bus.Signal{What: what, From: chat.Speaker{Role: chat.RoleBot}})
				}
			}
			say()
			v.Welcome([]byte(`"welcome"`))
			if err := v.Join(t.Context(), at); err != nil {
				t.Fatal(err)
			}
			say()
			_ = client.SetReadDeadline(time.Now().Add(bustest.Patience))
			var got []string
			for len(got) == 0 || !strings.Contains(got[len(got)-1], `"delta"`) {
				_, data, err := client.ReadMessage()
				if err != nil {
					t.Fatalf("after %q: %v", got, err)
				}
				got = append(got, string(data))
			}
			if got[0] != `"welcome"` || !strings.Contains(got[1], `"event"`) {
				t.Errorf("the client was sent %q, want the welcome, the event, and only then signals", got)
			}
			if signals := map[string]int{"visitor": 4, "agent": 3}[who]; len(got) != 2+signals {
				t.Errorf("%d frames: %q; want %d signals after the event", len(got), got, signals)
			}
		})
	}
}
