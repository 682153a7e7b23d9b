package historyworker

import (
	"fmt"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// What a page of 50 events costs, called through NATS: far below the floor (the
// store alone), at the end of a chat that is stored, and with part of it in the
// stream only.
func BenchmarkPage(b *testing.B) {
	conn, id, db := bustest.Conn(b), chat.NewID(), newStore(b)
	w, _ := run(b, conn, db, time.Hour)
	var seq uint64
	for i := range 1000 {
		seq = say(b, conn, id, fmt.Sprint(i))
	}
	stored(b, conn, id, seq)
	ask := func(name string, req roles.PageRequest) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if p := call(b, conn, roles.HistoryPage, req); len(p.Events) != 50 {
					b.Fatalf("%d events", len(p.Events))
				}
			}
		})
	}
	ask("older", roles.PageRequest{Chat: id, Limit: 50, Before: seq - 500})
	ask("last,stored", roles.PageRequest{Chat: id, Limit: 50})
	ask("last,stored,notes", roles.PageRequest{Chat: id, Limit: 50, Internal: true})
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			_, _ = w.floor(b.Context(), id)
		}
	})
	db.hold()
	for i := range 20 {
		say(b, conn, id, fmt.Sprint("more", i))
	}
	ask("last,20-in-stream", roles.PageRequest{Chat: id, Limit: 50})
	for i := range 400 {
		say(b, conn, id, fmt.Sprint("much", i))
	}
	ask("last,420-in-stream", roles.PageRequest{Chat: id, Limit: 50})
	db.release()
}
