package live

import (
	"testing"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/chat"
)

// Two tabs are shown a chat at once. One has read the chat before a message, the other one
// after it, and is done first, while the message's live copy is still on its way.
func TestWhoReadEarlierMissesNothingOfWhatAnotherRead(t *testing.T) {
	h, conn := silentHub(t)
	id := chat.NewID()
	first := appendMessage(t, conn, id, 1)
	slow, slowClient := conntest.Pair(t)
	v, at, err := h.Subscribe(t.Context(), id, slow, new(Reading), nil, first.Seq, false)
	if err != nil {
		t.Fatal(err)
	}
	second := appendMessage(t, conn, id, 2)
	quick, quickClient := conntest.Pair(t)
	enter(t, h, id, quick)
	h.Live(second, first.Seq)
	if err := v.Join(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	third := appendMessage(t, conn, id, 3)
	h.Live(third, second.Seq)
	expect(t, quickClient, first.Seq, second.Seq, third.Seq)
	expect(t, slowClient, second.Seq, third.Seq)
}
