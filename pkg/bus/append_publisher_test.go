package bus_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// ends collects how appends ended.
type ends struct {
	mu   sync.Mutex
	list []end
}

type end struct {
	stored bus.Stored
	err    error
}

func (e *ends) done(s bus.Stored, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, end{s, err})
}

func (e *ends) all() []end { e.mu.Lock(); defer e.mu.Unlock(); return append([]end(nil), e.list...) }

func TestAppendsThatNobodyWaitsForEndOnceEachInTheOrderOfTheStream(t *testing.T) {
	c, id := bustest.Conn(t), chat.NewID()
	const appends = 300
	var got ends
	for i := range appends {
		if err := c.AppendInAsync(t.Context(), time.Minute, visitorSays(id, fmt.Sprint(i), "hello"), nil, got.done); err != nil {
			t.Fatal(err)
		}
	}
	bustest.Eventually(t, "all are stored", func() bool { return len(got.all()) >= appends })
	last := uint64(0)
	for i, e := range got.all() {
		if e.err != nil || e.stored.Seq <= last {
			t.Fatalf("the end %d is %+v, %v; the one before was %d", i, e.stored, e.err, last)
		}
		last = e.stored.Seq
	}
	if n := len(got.all()); n != appends || c.AppendsOpen() != 0 {
		t.Errorf("%d ends of %d appends, %d open", n, appends, c.AppendsOpen())
	}
}

func TestAnAppendIsTriedForAsLongAsItMayTakeAndNoLonger(t *testing.T) {
	c, id := bustest.Conn(t), chat.NewID()
	if err := c.RemoveStream(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	var got ends
	if err := c.AppendInAsync(t.Context(), 300*time.Millisecond, visitorSays(id, "m", "hello"), nil, got.done); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "its time is over", func() bool { return len(got.all()) == 1 })
	if e := got.all()[0]; !errors.Is(e.err, bus.ErrUnavailable) {
		t.Errorf("it ended with %+v, %v", e.stored, e.err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var withdrawn ends
	if err := c.AppendInAsync(ctx, 0, visitorSays(id, "m", "hello"), nil, withdrawn.done); err != nil {
		t.Fatal(err)
	}
	cancel()
	bustest.Eventually(t, "its context is over", func() bool { return len(withdrawn.all()) == 1 })
	if n := c.AppendsOpen(); n != 0 {
		t.Errorf("%d appends are still tried", n)
	}
}

func TestATableThatIsFullRefusesAppends(t *testing.T) {
	c, id := bustest.Conn(t), chat.NewID()
	if err := c.RemoveStream(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	c.MostAppends(1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got ends
	if err := c.AppendInAsync(ctx, 0, visitorSays(id, "first", "hello"), nil, got.done); err != nil {
		t.Fatal(err)
	}
	if err := c.AppendInAsync(ctx, 0, visitorSays(id, "second", "hello"), nil, got.done); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("one too many: %v", err)
	}
	waits, end := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer end()
	if _, err := c.AppendIn(waits, visitorSays(id, "third", "hello"), nil); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("one too many that waits: %v", err)
	}
	cancel()
	bustest.Eventually(t, "the first one has ended", func() bool { return len(got.all()) == 1 })
	if n := c.AppendsOpen(); n != 0 {
		t.Errorf("%d appends are still tried", n)
	}
}

func TestATryEndsWithTheConnection(t *testing.T) {
	way := &cable{to: bustest.Start(t)}
	c, err := bus.Connect(t.Context(), bus.Options{Name: "writer", InProcess: way, Streams: 2, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	ended := make(chan error, 1)
	go func() { ended <- c.PublishUnheard(t.Context(), time.Hour) }()
	bustest.Eventually(t, "it is on its way", func() bool { return c.AppendsOpen() == 1 })
	way.set(true)
	if err := <-ended; !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("it ended with %v", err)
	}
	// What may be tried again is, and is stored once there is a connection.
	var got ends
	if err := c.AppendInAsync(t.Context(), 0, visitorSays(chat.NewID(), "m", "hello"), nil, got.done); err != nil {
		t.Fatal(err)
	}
	way.set(false)
	bustest.Eventually(t, "it is stored", func() bool { return len(got.all()) == 1 })
	if e := got.all()[0]; e.err != nil || e.stored.Seq == 0 {
		t.Errorf("it ended with %+v, %v", e.stored, e.err)
	}
}

func TestATryEndsWithItsTimeAndWithItsContext(t *testing.T) {
	c := bustest.Conn(t)
	if err := c.PublishUnheard(t.Context(), 50*time.Millisecond); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("after its time it ended with %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.PublishUnheard(ctx, time.Hour) }()
	bustest.Eventually(t, "it is on its way", func() bool { return c.AppendsOpen() == 1 })
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled, it ended with %v", err)
	}
}

func TestAppendsEndWithTheConnection(t *testing.T) {
	c := bustest.Start(t).Connect("short")
	ended := make(chan error, 1)
	go func() { ended <- c.PublishUnheard(t.Context(), time.Hour) }()
	bustest.Eventually(t, "it is on its way", func() bool { return c.AppendsOpen() == 1 })
	c.Close()
	if err := <-ended; !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("it ended with %v", err)
	}
	soon, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	if _, err := c.AppendIn(soon, visitorSays(chat.NewID(), "m", "hello"), nil); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("after that one ends with %v", err)
	}
}

func TestAcknowledgmentsAreReadByHandAsTheyAreOtherwise(t *testing.T) {
	for data, want := range map[string]bus.Stored{
		`{"stream":"CHAT_0","seq":7}`:                    {Seq: 7},
		`{"stream":"CHAT_0","seq":71,"duplicate": true}`: {Seq: 71, Duplicate: true},
		`{"stream":"CHAT_0","seq":1234567890123456789}`:  {Seq: 1234567890123456789},
	} {
		if got, ok := bus.ParsePlainAck([]byte(data)); !ok || got != want {
			t.Errorf("%s by hand is %+v, %v", data, got, ok)
		}
		if got, err := bus.ParseAck(&nats.Msg{Data: []byte(data)}); err != nil || got != want {
			t.Errorf("%s is %+v, %v", data, got, err)
		}
	}
	for _, data := range []string{``, `{}`, `{"stream":"","seq":7}`, `{"stream":"CHAT_0","seq":}`, `{"stream":"CHAT_0","seq":7,"more":1}`,
		`{"stream":"CHAT_0","domain":"hub","seq":7}`, `{"error":{"code":503,"err_code":10077},"stream":"CHAT_0","seq":0}`, `{"stream":"CHAT_0","seq":18446744073709551615}`, `{"stream":"CHAT\"_0","seq":7}`} {
		if got, ok := bus.ParsePlainAck([]byte(data)); ok {
			t.Errorf("%s by hand is %+v", data, got)
		}
	}
	if got, err := bus.ParseAck(&nats.Msg{Data: []byte(`{"stream":"CHAT_0", "domain":"hub", "seq":7}`)}); err != nil || got.Seq != 7 {
		t.Errorf("another form is %+v, %v", got, err)
	}
	var api *jetstream.APIError
	if _, err := bus.ParseAck(&nats.Msg{Data: []byte(`{"error":{"code":503,"err_code":10077},"stream":"CHAT_0","seq":0}`)}); !errors.As(err, &api) || api.ErrorCode != 10077 {
		t.Errorf("a refusal is %v", err)
	}
	if _, err := bus.ParseAck(&nats.Msg{Header: nats.Header{"Status": {"503"}}}); !errors.Is(bus.Translate(err), bus.ErrUnavailable) {
		t.Errorf("nobody there is %v", err)
	}
	for _, data := range []string{``, `{}`, `?`} {
		if _, err := bus.ParseAck(&nats.Msg{Data: []byte(data)}); err == nil {
			t.Errorf("%q is an acknowledgment", data)
		}
	}
}
