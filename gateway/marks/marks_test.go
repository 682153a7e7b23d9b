package marks

import (
	"context"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

const id = chat.ID("aaaabbbbccccdddd")

// open returns marks that are not written before Run.
func open(t *testing.T, conn *bus.Conn) *Marks {
	t.Helper()
	m, err := New(t.Context(), conn, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// run writes marks until stop, which returns once everything is written.
func run(t *testing.T, m *Marks) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := m.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	return func() { cancel(); <-ended }
}

func TestAnotherGatewayKnowsWhatWasRead(t *testing.T) {
	conn := bustest.Conn(t)
	here, there := open(t, conn), open(t, conn)
	defer run(t, here)()
	here.Has(id, chat.RoleVisitor, 7)
	bustest.Eventually(t, "the mark at another gateway", func() bool { return there.Of(t.Context(), id, chat.RoleVisitor) == 7 })
	if got := there.Of(t.Context(), id, chat.RoleAgent); got != 0 {
		t.Fatalf("the other side has read up to %d, want nothing", got)
	}
}

func TestAChatCostsOneWriteInTenSeconds(t *testing.T) {
	conn := bustest.Conn(t)
	here, there := open(t, conn), open(t, conn)
	here.every = time.Hour
	stop := run(t, here)
	here.Has(id, chat.RoleAgent, 1)
	bustest.Eventually(t, "the first mark to be known as written", func() bool {
		here.mu.Lock()
		defer here.mu.Unlock()
		return here.held[key(id, chat.RoleAgent)].written == 1
	})
	for seq := uint64(2); seq <= 50; seq++ {
		here.Has(id, chat.RoleAgent, seq)
	}
	if due := here.due(time.Now()); len(due) != 0 {
		t.Fatalf("%v are written again within the time", due)
	}
	if got := here.Of(t.Context(), id, chat.RoleAgent); got != 50 {
		t.Fatalf("this gateway says %d, want 50", got)
	}
	stop() // the end writes what is left
	_, revision, err := there.bucket.Get(t.Context(), key(id, chat.RoleAgent))
	if got := there.Of(t.Context(), id, chat.RoleAgent); got != 50 || err != nil || revision != 2 {
		t.Fatalf("the bucket has %d after %d writes (%v), want 50 after 2", got, revision, err)
	}
}

func TestAMarkNeverGoesBack(t *testing.T) {
	m := open(t, bustest.Conn(t))
	m.Has(id, chat.RoleAgent, 9)
	m.Has(id, chat.RoleAgent, 3)
	if got := m.Of(t.Context(), id, chat.RoleAgent); got != 9 {
		t.Fatalf("the mark is %d, want 9", got)
	}
}

func TestWhatIsHeldIsBounded(t *testing.T) {
	m := open(t, bustest.Conn(t))
	for i := range most + 10 {
		m.Has(chat.NewID(), chat.RoleVisitor, uint64(i+1))
	}
	if len(m.held) != most {
		t.Fatalf("%d marks are held, want %d", len(m.held), most)
	}
	if n := len(m.due(time.Now())); n != aTurn {
		t.Fatalf("%d are written in a row, want %d", n, aTurn)
	}
	for _, h := range m.held {
		h.written = h.seq
	}
	m.due(time.Now())
	if len(m.held) != 0 {
		t.Fatalf("%d marks that were written are still held", len(m.held))
	}
}
