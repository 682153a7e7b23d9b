package historyworker

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// A walk gets past events that don't fit into one answer, and loses none.
func TestAWalkHasAllThatIsStored(t *testing.T) {
	conn, db := bustest.Conn(t), newStore(t)
	run(t, conn, db, time.Hour)
	want := map[chat.ID]int{}
	for range 3 {
		id := chat.NewID()
		for i := range 60 {
			e := visitorSays(id, "", strings.Repeat("<", 4000))
			e.Seq, e.At = uint64(i+1), time.Now()
			if err := db.Put(t.Context(), []chat.Event{e}); err != nil {
				t.Fatal(err)
			}
			want[id]++
		}
	}
	got, last, calls := map[chat.ID]int{}, map[chat.ID]uint64{}, 0
	for req := (roles.WalkRequest{}); ; calls++ {
		reply := call(t, conn, roles.HistoryWalk, req)
		for _, e := range reply.Events {
			if got[e.Chat]++; e.Seq <= last[e.Chat] {
				t.Fatalf("event %d of a chat comes after %d", e.Seq, last[e.Chat])
			}
			last[e.Chat] = e.Seq
		}
		if req.After = reply.Next; req.After == "" {
			break
		}
	}
	for id, n := range want {
		if got[id] != n {
			t.Errorf("%d events of a chat of %d", got[id], n)
		}
	}
	if calls < 2 {
		t.Error("all fitted into one answer: the test shows nothing")
	}
}
