package bus

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// openPull returns pulls with room for four, one of which is open for two deliveries.
func openPull(got *[]string) *pulls {
	p := &pulls{conn: &Conn{}, room: make(chan struct{}, 4), messages: make(chan *nats.Msg, 16), check: time.NewTimer(time.Hour), checking: true}
	p.accept = func(_ context.Context, msg *nats.Msg) { *got = append(*got, string(msg.Data)) }
	p.inboxes[0] = pullInbox{sub: &nats.Subscription{}, reply: "inbox.2", left: 2, heard: time.Now(), ends: time.Now().Add(time.Hour)}
	p.inboxes[1].sub = &nats.Subscription{}
	p.room <- struct{}{}
	p.room <- struct{}{}
	return p
}

func report(on *nats.Subscription, subject, status, why string) *nats.Msg {
	return &nats.Msg{Sub: on, Subject: subject, Header: nats.Header{"Status": {status}, "Description": {why}}}
}

func TestWhatIsReportedOnAnEarlierPullDoesNotEndTheNextOne(t *testing.T) {
	var got []string
	p := openPull(&got)
	p.inboxes[0].heard = time.Time{}
	for _, late := range []*nats.Msg{report(p.inboxes[0].sub, "inbox.1", "408", ""), report(p.inboxes[0].sub, "inbox.1", "409", "Leadership Change"), report(p.inboxes[0].sub, "inbox.1", "100", "")} {
		if over, err := p.take(t.Context(), late); over || err != nil {
			t.Errorf("%v ends the pull: %v", late.Header, err)
		}
	}
	if !p.inboxes[0].heard.IsZero() || p.inboxes[0].left != 2 || len(p.room) != 2 {
		t.Errorf("the open pull is %+v, with %d tokens", p.inboxes[0], len(p.room))
	}
	if over, err := p.take(t.Context(), report(p.inboxes[0].sub, "inbox.2", "408", "")); !over || err != nil || len(p.room) != 0 {
		t.Errorf("its own end: over %v, %v, %d tokens", over, err, len(p.room))
	}
}

// A pull that was given up may bring something all the same. It was given to this replica,
// so nobody else has it before it lapses.
func TestALateDeliveryIsTakenIfThereIsRoom(t *testing.T) {
	var got []string
	p := openPull(&got)
	late := func() *nats.Msg {
		return &nats.Msg{Sub: p.inboxes[1].sub, Subject: "chat", Reply: "ack", Data: []byte("late")}
	}
	for range 2 {
		if over, err := p.take(t.Context(), late()); over || err != nil {
			t.Fatal(over, err)
		}
	}
	if len(got) != 2 || len(p.room) != 4 {
		t.Errorf("%v were taken, with %d tokens", got, len(p.room))
	}
	_, _ = p.take(t.Context(), late()) // given back: the room is full
	if len(got) != 2 || len(p.room) != 4 {
		t.Errorf("%v were taken into a full room, with %d tokens", got, len(p.room))
	}
	if p.inboxes[0].left != 2 {
		t.Errorf("the open pull brings %d more", p.inboxes[0].left)
	}
}

func TestAPullThatIsNotConfirmedIsGivenUp(t *testing.T) {
	var got []string
	p := openPull(&got)
	p.room <- struct{}{}
	p.room <- struct{}{} // no room to ask for more
	p.inboxes[0].heard = time.Now().Add(-2 * pullSign)
	p.messages <- &nats.Msg{Sub: p.inboxes[0].sub, Subject: "chat", Data: []byte("waits")}
	if over, err := p.overdue(t.Context()); over || err != nil || len(got) != 1 {
		t.Errorf("with a delivery that waited to be read: over %v, %v, %v", over, err, got)
	}
	p.inboxes[0].heard = time.Now().Add(-2 * pullSign)
	if over, err := p.overdue(t.Context()); !over || !errors.Is(err, jetstream.ErrNoHeartbeat) || p.open() || len(p.room) != 3 {
		t.Errorf("without any: over %v, %v, open %v, %d tokens", over, err, p.open(), len(p.room))
	}
	p = openPull(&got)
	p.inboxes[0].ends = time.Now()
	if over, err := p.overdue(t.Context()); !over || err != nil || p.open() {
		t.Errorf("one that the server did not end: over %v, %v, open %v", over, err, p.open())
	}
}

func TestEachPullEndsWithItsOwnReport(t *testing.T) {
	var got []string
	p := openPull(&got)
	p.inboxes[1].reply, p.inboxes[1].left = "other.3", 1
	p.room <- struct{}{}
	p.messages <- report(p.inboxes[1].sub, "other.3", "409", "Consumer Deleted")
	over, err := p.take(t.Context(), report(p.inboxes[0].sub, "inbox.2", "409", "Consumer Deleted"))
	if !over || !errors.Is(err, jetstream.ErrConsumerDeleted) || p.open() || len(p.room) != 0 {
		t.Errorf("both were deleted: over %v, %v, open %v, %d tokens", over, err, p.open(), len(p.room))
	}
}

// What was asked for ended with the connection, so it is asked for again at once.
func TestPullsEndWithTheConnection(t *testing.T) {
	var got []string
	p := openPull(&got)
	p.again = make(chan struct{}, 1)
	p.again <- struct{}{}
	p.messages <- &nats.Msg{Sub: p.inboxes[0].sub, Subject: "chat", Data: []byte("came before")}
	if err := p.step(t.Context()); err != nil {
		t.Fatal(err)
	}
	for p.open() { // either may come first
		if err := p.step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != 1 || len(p.room) != 1 || p.inboxes[0].sub != nil {
		t.Errorf("%v were taken, with %d tokens; the inbox is %+v", got, len(p.room), p.inboxes[0])
	}
}
