package historyworker

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/files"
	"github.com/parley-chat/parley/pkg/files/diskfiles"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/telemetry"
	"github.com/parley-chat/parley/pkg/telemetry/telemetrytest"
)

// flakyFiles is a real file store that can be down.
type flakyFiles struct {
	files.Store
	down  atomic.Bool
	tried atomic.Int64
}

func (f *flakyFiles) Look(ctx context.Context, key files.Key) (files.File, error) {
	if f.down.Load() {
		f.tried.Add(1)
		return files.File{}, &store.DownError{Sentence: "the disk is away"}
	}
	return f.Store.Look(ctx, key)
}

// filing is a worker with stores, and what puts files as gateways do.
type filing struct {
	t     *testing.T
	conn  *bus.Conn
	store *flaky
	kept  *flakyFiles
	from  *bus.Files
	w     *Worker

	figures *prometheus.Registry
}

func newFiling(t *testing.T) *filing {
	t.Helper()
	conn, db := bustest.Conn(t), newStore(t)
	kept, err := diskfiles.Open(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	from, err := conn.OpenFiles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f := &filing{t: t, conn: conn, store: db, kept: &flakyFiles{Store: kept}, from: from, figures: telemetry.NewRegistry("historyworker", "0.0.0")}
	f.w, _ = runWith(t, conn, db, f.kept, Options{Metrics: f.figures, Log: zerolog.Nop()})
	return f
}

func (f *filing) upload(id chat.ID, size int, internal bool) (chat.File, []byte) {
	f.t.Helper()
	key := bus.FileKey{Chat: id, ID: (rand.Text())[:chat.FileIDLength]}
	content := []byte(rand.Text())
	content = bytes.Repeat(content, size/len(content)+1)[:size]
	o, err := f.from.Put(f.t.Context(), bus.FileObject{FileKey: key, Internal: internal, Name: "a.png", Type: "image/png", Width: 3, Height: 2}, bytes.NewReader(content))
	if err != nil {
		f.t.Fatal(err)
	}
	return chat.File{ID: key.ID, Name: "a.png", Type: "image/png", Size: o.Size, Hash: o.Hash}, content
}

func (f *filing) thumb(id chat.ID, of *chat.File) []byte {
	f.t.Helper()
	of.Thumb = true
	content := []byte("a small picture of " + of.ID)
	if _, err := f.from.Put(f.t.Context(), bus.FileObject{FileKey: bus.FileKey{Chat: id, ID: of.ID, Thumb: true}, Type: "image/png", Of: of.Hash}, bytes.NewReader(content)); err != nil {
		f.t.Fatal(err)
	}
	return content
}

func (f *filing) say(id chat.ID, clientID string, sent ...chat.File) uint64 {
	f.t.Helper()
	e := visitorSays(id, clientID, "look at this")
	e.Parts = &chat.Parts{Files: sent}
	stored, err := f.conn.AppendIn(f.t.Context(), e, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	return stored.Seq
}

func (f *filing) stored(id chat.ID, seq uint64) bool {
	e, err := f.store.Store.Page(f.t.Context(), store.PageQuery{Chat: id, Limit: 10, Reader: chat.RoleAgent})
	for _, e := range e.Events {
		if err == nil && e.Seq == seq {
			return true
		}
	}
	return false
}

func (f *filing) waiting() int {
	f.t.Helper()
	keys, err := f.from.Keys(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	return len(keys)
}

// missing is what the worker says of files that are nowhere.
func (f *filing) missing() int {
	f.t.Helper()
	return int(telemetrytest.Scrape(f.t, f.figures)["parley_history_files_missing_total"])
}

// read reads a file as gateways do.
func (f *filing) read(id chat.ID, fileID string, thumb bool) (all []byte, about roles.FileReply) {
	f.t.Helper()
	for {
		part, err := bus.Ask(f.t.Context(), f.conn, roles.HistoryFile, roles.FileRequest{Chat: id, ID: fileID, Thumb: thumb, Offset: int64(len(all)), Length: 1 << 30})
		if err != nil {
			f.t.Fatal(err)
		}
		all = append(all, part.Data...)
		if len(part.Data) == 0 || int64(len(all)) >= part.Size {
			return all, part
		}
	}
}

func TestAMessagesFilesAreInTheFileStoreAndLeaveNATS(t *testing.T) {
	f, id := newFiling(t), chat.NewID()
	sent, want := f.upload(id, 700_000, false)
	small := f.thumb(id, &sent)
	seq := f.say(id, "1", sent)
	bustest.Eventually(t, "the message is stored and its files left NATS", func() bool { return f.stored(id, seq) && f.waiting() == 0 })
	if got, about := f.read(id, sent.ID, false); !bytes.Equal(got, want) || about.Hash != sent.Hash || about.Type != "image/png" || about.Internal {
		t.Errorf("the file has %d bytes of %d, or others, and is %+v", len(got), len(want), about.Type)
	}
	if got, _ := f.read(id, sent.ID, true); !bytes.Equal(got, small) {
		t.Errorf("the small picture is %q", got)
	}
	private, _ := f.upload(id, 10, true)
	if _, err := f.conn.Append(t.Context(), chat.Event{Chat: id, Kind: chat.Note, ID: "2", From: chat.Speaker{Role: chat.RoleAgent, User: "grace"}, Text: "for us", Parts: &chat.Parts{Files: []chat.File{private}}}); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the note's file left NATS", func() bool { return f.waiting() == 0 })
	if _, about := f.read(id, private.ID, false); !about.Internal {
		t.Error("the file of a note is not for agents only")
	}
	if used, err := f.from.Used(t.Context()); err != nil || used != 0 {
		t.Errorf("%d bytes are left in NATS, %v", used, err)
	}
	var no *bus.Refusal
	if _, err := bus.Ask(t.Context(), f.conn, roles.HistoryFile, roles.FileRequest{Chat: chat.NewID(), ID: sent.ID, Length: 1}); !errors.As(err, &no) || no.Code != "not_found" {
		t.Errorf("the file of another chat: %v", err)
	}
}

// In this order the worker may die at any point.
func TestAFileLeavesNATSOnlyWhenItsMessageIsStored(t *testing.T) {
	f, id := newFiling(t), chat.NewID()
	f.store.full.Store(true)
	sent, want := f.upload(id, 200_000, false)
	seq := f.say(id, "1", sent)
	bustest.Eventually(t, "the store refuses the message", func() bool { return f.store.refused.Load() > 0 })
	if _, err := f.kept.Look(t.Context(), files.Key{Chat: id, ID: sent.ID}); err != nil {
		t.Errorf("the file store was not asked before the store: %v", err)
	}
	if f.waiting() != 1 {
		t.Error("the file has left NATS before its message is stored")
	}
	f.store.full.Store(false)
	bustest.Eventually(t, "the message is stored and its file left NATS", func() bool { return f.stored(id, seq) && f.waiting() == 0 })
	if got, _ := f.read(id, sent.ID, false); !bytes.Equal(got, want) {
		t.Error("other bytes")
	}
}

func TestMessagesWaitWhileTheFileStoreIsAway(t *testing.T) {
	f, id := newFiling(t), chat.NewID()
	f.kept.down.Store(true)
	sent, want := f.upload(id, 1000, false)
	seq := f.say(id, "1", sent)
	bustest.Eventually(t, "the message waits", func() bool { return f.kept.tried.Load() >= 3 })
	if f.stored(id, seq) {
		t.Error("the message is stored without its file")
	}
	f.kept.down.Store(false)
	bustest.Eventually(t, "the message is stored and its file left NATS", func() bool { return f.stored(id, seq) && f.waiting() == 0 })
	if got, _ := f.read(id, sent.ID, false); !bytes.Equal(got, want) {
		t.Error("other bytes")
	}
	if n := f.missing(); n != 0 {
		t.Errorf("%d files are missed", n)
	}
}

func TestAMessageWhoseFileIsNowhereIsStored(t *testing.T) {
	f, id := newFiling(t), chat.NewID()
	sent, _ := f.upload(id, 1000, false)
	if err := f.from.Delete(t.Context(), bus.FileKey{Chat: id, ID: sent.ID}); err != nil {
		t.Fatal(err)
	}
	seq := f.say(id, "1", sent)
	bustest.Eventually(t, "the message is stored", func() bool { return f.stored(id, seq) })
	if f.missing() == 0 {
		t.Error("nobody is told")
	}
	if used, err := f.from.Used(t.Context()); err != nil || used != 0 {
		t.Errorf("%d bytes are left in NATS, %v", used, err)
	}
}

// What was moved may be uploaded again under the same id with other bytes, and named.
func TestBytesOfAStoredFileAreNotExchanged(t *testing.T) {
	f, id := newFiling(t), chat.NewID()
	sent, want := f.upload(id, 1000, false)
	f.say(id, "1", sent)
	bustest.Eventually(t, "the file left NATS", func() bool { return f.waiting() == 0 })
	o, err := f.from.Put(t.Context(), bus.FileObject{FileKey: bus.FileKey{Chat: id, ID: sent.ID}, Type: "image/png"}, bytes.NewReader([]byte("other")))
	if err != nil {
		t.Fatal(err)
	}
	other := sent
	other.Hash, other.Size = o.Hash, o.Size
	seq := f.say(id, "2", other)
	bustest.Eventually(t, "the second message is stored", func() bool { return f.stored(id, seq) && f.waiting() == 0 })
	if got, _ := f.read(id, sent.ID, false); !bytes.Equal(got, want) {
		t.Errorf("the file is %q now", got)
	}
}

func TestWhatNoMessageNamesIsRemovedUnlessOneMayWait(t *testing.T) {
	f, id := newFiling(t), chat.NewID()
	f.upload(id, 1000, false)
	now := time.Now()
	f.w.sweepFiles(t.Context(), now)
	if f.waiting() != 1 {
		t.Error("it is removed at once")
	}
	f.store.hold()
	named, want := f.upload(id, 300_000, false)
	seq := f.say(id, "1", named)
	bustest.Eventually(t, "the message waits", func() bool {
		oldest, err := f.conn.OldestWaiting(t.Context(), roles.Storing.Durable)
		return err == nil && !oldest.IsZero()
	})
	f.w.sweepFiles(t.Context(), now.Add(2*unnamedAfter))
	if f.waiting() != 2 {
		t.Error("it is removed while a message may name it")
	}
	f.store.release()
	bustest.Eventually(t, "the message is stored", func() bool {
		oldest, err := f.conn.OldestWaiting(t.Context(), roles.Storing.Durable)
		return f.stored(id, seq) && err == nil && oldest.IsZero()
	})
	f.w.sweepFiles(t.Context(), now.Add(2*unnamedAfter))
	if n := f.waiting(); n != 0 {
		t.Errorf("%d files are left", n)
	}
	if got, _ := f.read(id, named.ID, false); !bytes.Equal(got, want) {
		t.Error("other bytes")
	}
}
