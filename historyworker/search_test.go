package historyworker

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// Sixty bytes ask for this, so it must not read all of a chat that the store is behind
// with, however long it is.
func TestASearchForAnIDReadsNoMoreThanItMust(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	db.hold()
	run(t, conn, db, time.Hour)
	const texts = 1500
	var early uint64
	for n := range texts {
		e := chat.Event{Chat: id, Kind: chat.Message, ID: fmt.Sprint(n), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: strings.Repeat("x", 4000)}
		got, err := conn.AppendIn(t.Context(), e, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n == 10 {
			early = got.Seq
		}
	}
	never := call(t, conn, roles.HistoryFind, roles.FindRequest{Chat: id, ID: "never"})
	if never.Seq != 0 || never.Read == 0 || never.Read > texts*4000*3/4 {
		t.Errorf("%+v: it should read a part of %d bytes, and say how much", never, texts*4000)
	}
	if got := call(t, conn, roles.HistoryFind, roles.FindRequest{Chat: id, ID: "10"}); got.Seq != early {
		t.Errorf("found at %d, want %d", got.Seq, early)
	}
	db.release()
}
