package historyworker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/store"
)

// A chat of 1,000 events of which the store has the first part, other chats in
// between: pages lead back to its beginning without a gap.
func TestPagesLeadBackToTheBeginning(t *testing.T) {
	conn, id, other, db := bustest.Conn(t), chat.NewID(), chat.NewID(), newStore(t)
	run(t, conn, db, time.Hour)
	var all, visible []uint64
	for i := range 1000 {
		if i == 600 {
			stored(t, conn, id, all[len(all)-1])
			db.hold()
		}
		if i%10 == 3 {
			all = append(all, note(t, conn, id, fmt.Sprint(i)))
			continue
		}
		seq := say(t, conn, id, fmt.Sprint(i))
		all, visible = append(all, seq), append(visible, seq)
		if i%7 == 0 {
			say(t, conn, other, fmt.Sprint(i))
		}
	}
	check := func(t *testing.T) {
		for _, limit := range []int{50, 200} {
			if got := walk(t, conn, id, limit, chat.RoleVisitor); !slices.Equal(got, visible) {
				t.Errorf("pages of %d: %d events, want %d", limit, len(got), len(visible))
			}
			if got := walk(t, conn, id, limit, chat.RoleAgent); !slices.Equal(got, all) {
				t.Errorf("pages of %d with notes: %d events, want %d", limit, len(got), len(all))
			}
		}
	}
	t.Run("partly stored", check)
	db.release()
	stored(t, conn, id, all[len(all)-1])
	t.Run("stored", check)
}

// Two replicas may store a stream's batches in any order. A page must not show
// what the store has beyond an event that is in neither part of the page yet.
func TestAPageHasNoGapIfTheStoreIsAhead(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	run(t, conn, db, time.Hour)
	first := say(t, conn, id, "1")
	stored(t, conn, id, first)
	later := visitorSays(id, "later", "another replica's batch")
	later.Seq, later.At = first+5, time.Now()
	if err := db.Put(t.Context(), []chat.Event{later}); err != nil {
		t.Fatal(err)
	}
	if got := seqs(call(t, conn, roles.HistoryPage, roles.PageRequest{Chat: id, Limit: 10}).Events); !slices.Equal(got, []uint64{first}) {
		t.Errorf("the page shows %v, want %d only", got, first)
	}
}

func TestAPageOfTheLongestTextsFitsIntoOneAnswer(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	run(t, conn, db, time.Hour)
	var want []uint64
	for i := range 60 {
		text := strings.Repeat([]string{"<", "\U0001F469", "\u2028"}[i%3], chat.MaxText)
		s, err := conn.AppendIn(t.Context(), visitorSays(id, fmt.Sprint(i), text), nil)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, s.Seq)
	}
	if got := walk(t, conn, id, 200, chat.RoleVisitor); !slices.Equal(got, want) {
		t.Errorf("%d events, want %d", len(got), len(want))
	}
}

func TestFindKnowsWhatTheVisitorSent(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	w, _ := run(t, conn, db, time.Nanosecond)
	inStore := say(t, conn, id, "stored")
	stored(t, conn, id, inStore)
	db.hold()
	inStream := say(t, conn, id, "fresh")
	note(t, conn, id, "a-note")

	check := func(t *testing.T) {
		for clientID, want := range map[string]uint64{"stored": inStore, "fresh": inStream, "never": 0, "a-note": 0} {
			if got := call(t, conn, roles.HistoryFind, roles.FindRequest{Chat: id, ID: clientID}); got.Seq != want {
				t.Errorf("%q is found at %d, want %d", clientID, got.Seq, want)
			}
		}
	}
	t.Run("in the stream", check)
	db.down.Store(true)
	t.Run("in the stream, store down", check)
	db.down.Store(false)
	db.release()
	last := say(t, conn, id, "last")
	stored(t, conn, id, last)
	w.purge(t.Context())
	if gone, err := conn.PurgedThrough(t.Context(), id); err != nil || gone != last {
		t.Fatalf("purged up to %d (%v), want %d", gone, err, last)
	}
	t.Run("purged from the stream", check)
	db.down.Store(true)
	if got, err := bus.Call(t.Context(), conn, roles.HistoryFind, roles.FindRequest{Chat: id, ID: "never"}); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("store down, stream purged: %+v, %v; nobody can know", got, err)
	}
}

func TestChatsAreListed(t *testing.T) {
	conn, first, second, db := bustest.Conn(t), chat.NewID(), chat.NewID(), newStore(t)
	run(t, conn, db, time.Hour)
	stored(t, conn, first, say(t, conn, first, "1"))
	stored(t, conn, second, change(t, conn, second, chat.Escalated))
	list := call(t, conn, roles.HistoryChats, roles.ChatsRequest{Limit: 1})
	if len(list.Chats) != 1 || list.Chats[0].Chat != second || list.Chats[0].Status != chat.Waiting || !list.More {
		t.Errorf("first piece: %+v", list)
	}
	list = call(t, conn, roles.HistoryChats, roles.ChatsRequest{Limit: 10, Before: list.Chats[0].At})
	if len(list.Chats) != 1 || list.Chats[0].Chat != first || list.Chats[0].Name != "Ada" || list.More {
		t.Errorf("second piece: %+v", list)
	}
}

func TestBadRequestsAreRefusedWithASentence(t *testing.T) {
	conn, id := bustest.Conn(t), chat.NewID()
	run(t, conn, newStore(t), time.Hour)
	long := strings.Repeat("x", chat.MaxClientID+1)
	for what, ask := range map[string]func() error{
		"no chat":          func() error { return fail(t, conn, roles.HistoryPage, roles.PageRequest{Limit: 1}) },
		"a wildcard":       func() error { return fail(t, conn, roles.HistoryPage, roles.PageRequest{Chat: "*", Limit: 1}) },
		"no limit":         func() error { return fail(t, conn, roles.HistoryPage, roles.PageRequest{Chat: id}) },
		"a negative limit": func() error { return fail(t, conn, roles.HistoryPage, roles.PageRequest{Chat: id, Limit: -1}) },
		"a large limit":    func() error { return fail(t, conn, roles.HistoryPage, roles.PageRequest{Chat: id, Limit: 201}) },
		"last of no chat":  func() error { return fail(t, conn, bus.StoredState, bus.StateRequest{Chat: ">"}) },
		"find in no chat":  func() error { return fail(t, conn, roles.HistoryFind, roles.FindRequest{Chat: "x", ID: "1"}) },
		"find no id":       func() error { return fail(t, conn, roles.HistoryFind, roles.FindRequest{Chat: id}) },
		"find a long id":   func() error { return fail(t, conn, roles.HistoryFind, roles.FindRequest{Chat: id, ID: long}) },
		"chats, no limit":  func() error { return fail(t, conn, roles.HistoryChats, roles.ChatsRequest{}) },
		"chats, too many":  func() error { return fail(t, conn, roles.HistoryChats, roles.ChatsRequest{Limit: 201}) },
	} {
		var no *bus.Refusal
		if err := ask(); !errors.As(err, &no) || no.Code != codes.BadRequest || no.Message == "" {
			t.Errorf("%s: %v, want a refusal", what, err)
		}
	}
	for _, before := range []uint64{1, 1 << 63, 1<<64 - 1} {
		call(t, conn, roles.HistoryPage, roles.PageRequest{Chat: id, Limit: 1, Before: before})
	}
}

func fail[Req, Resp any](t *testing.T, conn *bus.Conn, ep bus.Endpoint[Req, Resp], req Req) error {
	_, err := bus.Call(t.Context(), conn, ep, req)
	return err
}

// An event of a later version is in no page, and neither hides nor holds up what is
// around it. It is not stored here: a replica that knows it will do that.
func TestAnEventOfAnUnknownKindIsInNoPage(t *testing.T) {
	server, id, db := bustest.Start(t), chat.NewID(), newStore(t)
	conn := server.Connect("history")
	run(t, conn, db, time.Hour)
	before := say(t, conn, id, "before")
	stored(t, conn, id, before)
	unknown := []uint64{server.AppendUnknown(id, chat.LeafMessage, "psst"), server.AppendUnknown(id, chat.LeafInternal, "psst")}
	after := say(t, conn, id, "after")
	bustest.Eventually(t, "what follows is stored", func() bool {
		seq, err := db.Find(t.Context(), id, chat.RoleVisitor, "after")
		return err == nil && seq.Seq == after
	})
	for _, reader := range []chat.Role{chat.RoleVisitor, chat.RoleAgent} {
		for _, limit := range []int{1, 10} {
			if got := walk(t, conn, id, limit, reader); !slices.Equal(got, []uint64{before, after}) {
				t.Errorf("pages of %d for the %s: %v, want %d and %d", limit, reader, got, before, after)
			}
		}
	}
	if floor, err := conn.Acknowledged(t.Context(), id, roles.Storing.Name); err != nil || floor >= unknown[0] {
		t.Errorf("the floor is %d (%v): the unknown events count as stored", floor, err)
	}
}

// What is only in the stream may be in the store under another sequence, and the store is
// asked that for many events at once.
func TestAPageAsksTheStoreOnceForWhatIsInTheStream(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	run(t, conn, db, time.Hour)
	stored(t, conn, id, say(t, conn, id, "stored"))
	db.hold()
	for i := range 30 {
		say(t, conn, id, fmt.Sprint(i))
	}
	if got := walk(t, conn, id, 50, chat.RoleVisitor); len(got) != 31 {
		t.Errorf("%d events, want 31", len(got))
	}
	if n := db.asked.Load(); n != 1 {
		t.Errorf("the store was asked %d times", n)
	}
	db.release()
}

// Older pages cost NATS nothing: the stream is needed only above what was once the floor.
func TestAnOlderPageNeedsNoStream(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	run(t, conn, db, time.Hour)
	var last uint64
	for i := range 20 {
		last = say(t, conn, id, fmt.Sprint(i))
	}
	stored(t, conn, id, last)
	w := New(Options{}, conn, db, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	older := roles.PageRequest{Chat: id, Limit: 5, Before: last}
	if _, err := w.page(t.Context(), older, chat.RoleVisitor); err != nil {
		t.Fatal(err)
	}
	w.store = patient{db} // which the end of the context does not concern, other than NATS
	if p, err := w.page(ctx, older, chat.RoleVisitor); err != nil || len(p.Events) != 5 {
		t.Errorf("%d events, %v", len(p.Events), err)
	}
	if _, err := w.page(ctx, roles.PageRequest{Chat: id, Limit: 5}, chat.RoleVisitor); err == nil {
		t.Error("the last page was given without asking NATS")
	}
}

// patient reads pages even if the context has ended.
type patient struct{ store.Store }

func (p patient) Page(ctx context.Context, q store.PageQuery) (store.Page, error) {
	return p.Store.Page(context.WithoutCancel(ctx), q)
}
