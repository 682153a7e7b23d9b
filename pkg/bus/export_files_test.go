package bus

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// LeaveUpload leaves what processes that were killed may leave: a chunk without a description, a
// description without a chunk, and the mark of a Has.
func LeaveUpload(t testing.TB, f *Files, key FileKey) {
	t.Helper()
	if _, err := f.putChunk(t.Context(), newUpload(key, time.Now()), 0, []byte("left")); err != nil {
		t.Fatal(err)
	}
	ghost := key
	ghost.ID = "ghost-----------------"
	o := FileObject{FileKey: ghost, Size: 1, Hash: "aaaa", chunk: fileChunk, seqs: []uint64{1}, upload: newUpload(ghost, time.Now())}
	if _, err := f.describe(t.Context(), o, 0); err != nil {
		t.Fatal(err)
	}
	mark := key
	mark.ID = "mark------------------"
	if _, err := f.publish(t.Context(), nats.NewMsg(string(metaSubject(mark)))); err != nil {
		t.Fatal(err)
	}
}
