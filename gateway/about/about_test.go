package about

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

const id = chat.ID("aaaabbbbccccdddd")

// open returns a keeper that writes nothing before Run, and how much it dropped.
func open(t *testing.T, conn *bus.Conn) (*Keeper, *atomic.Int64) {
	t.Helper()
	var dropped atomic.Int64
	k, err := New(t.Context(), conn, func() { dropped.Add(1) }, nil, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	return k, &dropped
}

// run writes until stop, which returns once everything is written.
func run(t *testing.T, k *Keeper) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := k.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	return func() { cancel(); <-ended }
}

func TestAnotherGatewayKnowsWhatAPageSaid(t *testing.T) {
	conn := bustest.Conn(t)
	here, _ := open(t, conn)
	there, _ := open(t, conn)
	stop := run(t, here)
	if got := there.Of(t.Context(), id); got != nil {
		t.Fatalf("of somebody who never came: %+v", got)
	}
	here.Came(id, shop, nil)
	bustest.Eventually(t, "what the page said", func() bool {
		got := there.Of(t.Context(), id)
		return got != nil && got.About() == shop && got.Visits == 1
	})
	moved := shop
	moved.Page = "https://shop.example/checkout"
	here.Came(id, moved, nil)
	bustest.Eventually(t, "the page that the visitor went to", func() bool { return there.Of(t.Context(), id).About() == moved })
	here.Came(id, shop, nil)
	stop() // the end writes what is left
	if got := there.Of(t.Context(), id); got.About() != shop {
		t.Fatalf("after the end: %+v", got)
	}
}

func TestAVisitThatSaysNothingNewIsNotWritten(t *testing.T) {
	conn := bustest.Conn(t)
	k, _ := open(t, conn)
	now := noon
	k.now = func() time.Time { return now }
	turn := func() uint64 {
		t.Helper()
		if _, err := k.turn(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, revision, err := k.bucket.Get(t.Context(), string(id))
		if err != nil {
			t.Fatal(err)
		}
		return revision
	}
	k.Came(id, shop, nil)
	first := turn()
	for range 20 {
		now = now.Add(20 * time.Second)
		k.Came(id, shop, nil)
		k.Went(id)
		if turn() != first {
			t.Fatalf("written again at %v", now)
		}
	}
	now = now.Add(time.Hour)
	k.Came(id, shop, nil)
	if turn() != first+1 || k.Of(t.Context(), id).Visits != 2 {
		t.Fatalf("after an hour: %+v", k.Of(t.Context(), id))
	}
}

func TestNewsAreBoundedAndWhatIsDroppedIsCounted(t *testing.T) {
	k, dropped := open(t, bustest.Conn(t))
	for range most + 10 {
		k.Came(chat.NewID(), shop, nil)
	}
	if len(k.news) != most || dropped.Load() != 10 {
		t.Fatalf("%d wait and %d were dropped, want %d and 10", len(k.news), dropped.Load(), most)
	}
	for waiting := range k.news {
		k.Went(waiting) // of a chat that waits there is always room for more
		break
	}
	if dropped.Load() != 10 {
		t.Error("news of a chat that waits were dropped")
	}
}

// Whoever has the browser forgotten is forgotten here, too, also by a gateway that was
// about to write.
func TestWhoeverIsForgottenIsNotWrittenDownAgain(t *testing.T) {
	conn := bustest.Conn(t)
	here, _ := open(t, conn)
	there, _ := open(t, conn)
	here.Came(id, shop, nil)
	if _, err := here.turn(t.Context()); err != nil {
		t.Fatal(err)
	}
	here.Came(id, frame.About{Language: "de"}, nil)
	there.Went(id)
	if err := here.Forget(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	for _, k := range []*Keeper{here, there} {
		if _, err := k.turn(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := here.Of(t.Context(), id); got != nil {
		t.Fatalf("still known: %+v", got)
	}
	// And where nothing was known, nothing is written.
	other := chat.NewID()
	if err := here.Forget(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if _, err := here.bucket.Create(t.Context(), string(other), frame.Known{}); err != nil {
		t.Fatal(err)
	}
	if _, revision, err := here.bucket.Get(t.Context(), string(other)); err != nil || revision != 3 {
		t.Fatalf("revision %d, %v: more was written than the first visit, its removal and this", revision, err)
	}
}

// Two gateways may write of one visitor at once: neither undoes what the other did.
func TestAWriteRestsOnWhatWasRead(t *testing.T) {
	conn := bustest.Conn(t)
	here, _ := open(t, conn)
	there, _ := open(t, conn)
	if _, err := here.bucket.Create(t.Context(), string(id), knownAt(noon, 3)); err != nil {
		t.Fatal(err)
	}
	here.now = func() time.Time { return noon.Add(2 * time.Hour) }
	between := func(act func()) {
		t.Helper()
		here.onRead = func() { here.onRead = nil; act() }
		here.Came(id, shop, nil)
		if _, err := here.turn(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	between(func() {
		if err := there.bucket.Put(t.Context(), string(id), knownAt(noon.Add(time.Hour), 4)); err != nil {
			t.Error(err)
		}
	})
	if got := here.Of(t.Context(), id); got.Visits != 5 {
		t.Fatalf("%d visits, want 5", got.Visits)
	}
	here.now = func() time.Time { return noon.Add(4 * time.Hour) }
	between(func() {
		if err := there.Forget(t.Context(), id); err != nil {
			t.Error(err)
		}
	})
	if got := here.Of(t.Context(), id); got != nil {
		t.Fatalf("written again after it was forgotten: %+v", got)
	}
}

func TestTheSitesOfAListAreReadOnceInAWhile(t *testing.T) {
	k, _ := open(t, bustest.Conn(t))
	k.Came(id, shop, nil)
	if _, err := k.turn(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := chat.NewID()
	k.sites = sites{}
	var reads atomic.Int64
	k.sites.of = func(ctx context.Context, id chat.ID) (string, error) { reads.Add(1); return k.look(ctx, id) }
	for range 5 {
		if got := k.Sites(t.Context(), []chat.ID{id, other}); len(got) != 1 || got[id] != "shop.example" {
			t.Fatalf("%v", got)
		}
	}
	if n := reads.Load(); n != 2 {
		t.Fatalf("%d reads, want one for each chat", n)
	}
	if k.sites.all(t.Context(), []chat.ID{id, other}, time.Now().Add(time.Minute)); reads.Load() != 3 {
		t.Fatalf("%d reads: a chat without a site is looked up again, the other one is not", reads.Load())
	}
	for range mostSites + 1 {
		k.sites.is(chat.NewID(), "x.example")
	}
	if n := len(k.sites.known); n > mostSites {
		t.Fatalf("%d sites are remembered", n)
	}
}

// What the site signs is handed on once, again only if it changes, and what fails at the next
// time; what the page says is written all the same.
func TestWhatTheSiteSignsIsHandedOnOnce(t *testing.T) {
	k, _ := open(t, bustest.Conn(t))
	now := noon
	k.now = func() time.Time { return now }
	var written []string
	var fails error
	k.vouch = func(_ context.Context, _ chat.ID, edit chat.CardEdit) error {
		written = append(written, edit.Set[0].Value)
		return fails
	}
	came := func(plan string, want int) {
		t.Helper()
		k.Came(id, shop, &chat.CardEdit{Set: []chat.Attribute{{Key: "plan", Value: plan, By: chat.SignedBySite}}})
		if _, err := k.turn(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(written) != want {
			t.Fatalf("handed on: %q, want %d", written, want)
		}
	}
	fails = bus.ErrUnavailable
	came("pro", 1)
	if got := k.Of(t.Context(), id); got == nil || got.About() != shop {
		t.Fatalf("what the page said: %+v", got)
	}
	came("pro", 1) // nobody is asked so soon
	fails, now = nil, now.Add(vouchAgain)
	came("pro", 2)
	came("pro", 2)
	came("free", 3)
	fails = bus.Refuse(codes.RateLimited)
	came("pro", 4)
	came("pro", 5)
	fails = bus.Refuse(codes.BadText)
	came("pro", 6)
	came("pro", 6)
	if got := k.Of(t.Context(), id); got.Signed != "" {
		t.Errorf("consoles are told %q", got.Signed)
	}
}

// A crowd whose pages say much does not take all memory.
func TestAttributesThatWaitAreBounded(t *testing.T) {
	k, dropped := open(t, bustest.Conn(t))
	large := shop
	large.Attributes = frame.Attributes(make([]byte, 8<<10))
	for range 3 * mostBytes / (8 << 10) {
		k.Came(chat.NewID(), large, nil)
	}
	if k.bytes > mostBytes || dropped.Load() != 2*mostBytes/(8<<10) {
		t.Fatalf("%d bytes wait and %d were dropped", k.bytes, dropped.Load())
	}
	for waiting := range k.news {
		k.pick(waiting)
	}
	if k.bytes != 0 {
		t.Errorf("%d bytes are counted of nothing", k.bytes)
	}
}
