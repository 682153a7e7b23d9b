package live

import (
	"testing"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/chat"
)

// clusteredHub is a silent hub whose copies cross several NATS servers.
func clusteredHub(t *testing.T) (*Hub, func(id chat.ID, n int) chat.Event, func(id chat.ID, through uint64) chat.Event) {
	h, conn := silentHub(t)
	h.clustered = func() bool { return true }
	return h, func(id chat.ID, n int) chat.Event { return appendMessage(t, conn, id, n) },
		func(id chat.ID, through uint64) chat.Event { return appendReply(t, conn, id, through) }
}

// Between two nodes of a cluster the copy of a reply was lost, and the visitor
// wrote the next message, which was shown as if nothing had come in between. (The
// torture test found it: one in 15,000 messages, while routes were cut.)
func TestALostReplyIsReadBeforeTheMessageThatFollowsIt(t *testing.T) {
	h, says, replies := clusteredHub(t)
	s, client := conntest.Pair(t)
	id := chat.NewID()
	first := says(id, 1)
	enter(t, h, id, s)
	second := says(id, 2)
	h.Live(second, first.Seq)
	lost := replies(id, second.Seq)
	third := says(id, 3)
	h.Live(third, second.Seq) // does not reveal the reply
	expect(t, client, first.Seq, second.Seq, lost.Seq, third.Seq)
}

// Events that come while the leader is asked wait, and are checked too.
func TestEventsThatComeDuringTheCheckWait(t *testing.T) {
	h, says, replies := clusteredHub(t)
	s, client := conntest.Pair(t)
	id, other := chat.NewID(), chat.NewID()
	first := says(id, 1)
	enter(t, h, id, s)
	want := []uint64{first.Seq}
	for n := 2; n < 30; n++ {
		says(other, n) // so that the chat's sequences are not consecutive
		m := says(id, n)
		want = append(want, m.Seq)
		h.Live(m, want[len(want)-2])
		r := replies(id, m.Seq)
		want = append(want, r.Seq)
		if n%3 != 0 { // else it is lost
			h.Live(r, 0)
		}
	}
	end := says(id, 30)
	h.Live(end, 0)
	expect(t, client, append(want, end.Seq)...)
}

// A joining subscriber holds events; those may have a gap before them as well.
func TestALossDuringAJoinIsRead(t *testing.T) {
	h, says, replies := clusteredHub(t)
	s, client := conntest.Pair(t)
	id := chat.NewID()
	first := says(id, 1)
	v, at, err := h.Subscribe(t.Context(), id, s, new(Reading), nil, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	lost := replies(id, first.Seq)
	second := says(id, 2)
	h.Live(second, first.Seq)
	if err := v.Join(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	expect(t, client, first.Seq, lost.Seq, second.Seq)
}
