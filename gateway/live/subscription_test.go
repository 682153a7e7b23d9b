package live

import (
	"testing"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/chat"
)

// A client that came back while the history service was down once got the chat from
// its beginning, although it named the last event that it had.
func TestWithoutTheHistoryServiceTheStreamAloneResumes(t *testing.T) {
	h, conn := silentHub(t) // there is no history service
	s, client := conntest.Pair(t)
	id := chat.NewID()
	var all []chat.Event
	for i := range 60 {
		all = append(all, appendMessage(t, conn, id, i))
	}
	events, prev, err := h.lastEvents(t.Context(), &channel{id: id, from: &h.origin}, new(Reading), all[57].Seq, chat.RoleVisitor)
	if err != nil || len(events) != 2 || prev != all[57].Seq {
		t.Errorf("resumed with %d events after %d (%v), want 2 after %d", len(events), prev, err, all[57].Seq)
	}
	v, at, err := h.Subscribe(t.Context(), id, s, new(Reading), nil, all[57].Seq, false)
	if err != nil {
		t.Fatal(err)
	}
	// Stored between the look and the entry: neither lost nor shown twice.
	late := appendMessage(t, conn, id, 60)
	h.Live(late, all[59].Seq)
	if err := v.Join(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	expect(t, client, all[58].Seq, all[59].Seq, late.Seq)
}

func TestASinceBeyondTheEndIsIgnored(t *testing.T) {
	h, conn := silentHub(t)
	s, _ := conntest.Pair(t)
	id := chat.NewID()
	first := appendMessage(t, conn, id, 1)
	_, at, err := h.Subscribe(t.Context(), id, s, new(Reading), nil, first.Seq+1000, false)
	if err != nil || len(at.events) != 1 || at.prev != 0 {
		t.Errorf("%d events after %d, %v; want the one that there is", len(at.events), at.prev, err)
	}
}
