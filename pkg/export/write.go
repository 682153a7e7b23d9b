package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/moving"
	"github.com/parley-chat/parley/pkg/roles"
)

const (
	// partBytes is from which size on a part is ended.
	partBytes = 64 << 20
	// atOnce is how many chats are read at a time.
	atOnce = 8
	// listed is how many chats are asked for at a time.
	listed = 200
	// inMemory is how many events of one chat are held before they are written.
	inMemory = 20_000
	// overlap is by how much each look at what changed begins before the one that ended: clocks differ.
	overlap = time.Minute
	// looks bounds the looks at what changed meanwhile, in a Parley where people never stop.
	looks = 5
	// patience is for how long something is tried again that can't be done for the moment.
	patience = 5 * time.Minute
)

var waiting = backoff.Policy{Min: 100 * time.Millisecond, Max: 5 * time.Second}

// Writer writes the export of a region's chats and of what is kept beside them.
type Writer struct {
	Conn   *bus.Conn
	Folder string
	// Said, if not nil, is told after each part how far it is.
	Said func(Manifest)
	// PartBytes is from which size on a part is ended; 0: 64 MiB.
	PartBytes int64

	m Manifest
	// had has the chats that the next look will list again, with the last event that they had.
	had  map[chat.ID]uint64
	mu   sync.Mutex // guards what follows
	part *partWriter
}

// Write writes the folder, or completes one that was begun. All events that were accepted before it was
// called are in it, and those that were accepted meanwhile as far as they were seen: each chat has its
// events without a gap up to some point.
func (w *Writer) Write(ctx context.Context) (Manifest, error) {
	if err := w.begin(); err != nil || !w.m.Ended.IsZero() {
		return w.m, err
	}
	for range looks {
		began := time.Now().UTC()
		if w.m.Before.IsZero() {
			w.m.Before = began.Add(overlap)
		} else {
			began = began.Add(-overlap) // it goes on with one that was cut
		}
		n, err := w.look(ctx, began.Add(-overlap))
		if err != nil {
			w.drop()
			return w.m, err
		}
		w.m.Before, w.m.Since = time.Time{}, began.Add(-overlap)
		if err := w.endPart(); err != nil {
			return w.m, err
		}
		if n == 0 {
			break
		}
	}
	if err := w.entries(ctx); err != nil {
		w.drop()
		return w.m, err
	}
	w.m.Ended = time.Now().UTC()
	return w.m, w.endPart()
}

func (w *Writer) begin() error {
	if err := os.MkdirAll(filepath.Join(w.Folder, filesFolder), 0o700); err != nil {
		return err
	}
	m, err := Load(w.Folder)
	switch {
	case err == nil && m.Region != w.Conn.Region():
		return fmt.Errorf("the export in %s is of the region %q, and this is %q: choose another folder", w.Folder, m.Region, w.Conn.Region())
	case err == nil:
		w.m = m
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	w.m = Manifest{Version: version, Highest: make([]uint64, 1+bus.MaxMoves), Region: w.Conn.Region(), Began: time.Now().UTC()}
	return w.m.save(w.Folder)
}

// look writes the chats that were written to before m.Before and not before m.Since, the latest
// first, and returns how many. The next look begins at that time: what it will list again is
// remembered, so that it is written again only if something was said since.
func (w *Writer) look(ctx context.Context, next time.Time) (n int, err error) {
	before := w.had
	w.had = map[chat.ID]uint64{}
	for {
		list, err := patiently(ctx, func() (roles.ChatsReply, error) {
			return bus.Ask(ctx, w.Conn, roles.HistoryChats, roles.ChatsRequest{Before: w.m.Before, Limit: listed})
		})
		if err != nil {
			return n, fmt.Errorf("list the chats: %w", err)
		}
		g, one := errgroup.WithContext(ctx)
		g.SetLimit(atOnce)
		more := list.More && len(list.Chats) > 0
		for _, c := range list.Chats {
			if c.At.Before(w.m.Since) {
				more = false
				break
			}
			if !c.At.Before(next) {
				w.had[c.Chat] = c.Seq
			}
			if seq, known := before[c.Chat]; known && seq == c.Seq {
				continue
			}
			n++
			g.Go(func() error { return w.chat(one, c.Chat) })
		}
		if err := g.Wait(); err != nil {
			return n, err
		}
		if !more {
			return n, nil
		}
		w.m.Before = list.Chats[len(list.Chats)-1].At
		if w.part != nil && w.part.Bytes >= w.partBytes() {
			if err := w.endPart(); err != nil {
				return n, err
			}
		}
	}
}

func (w *Writer) partBytes() int64 {
	if w.PartBytes > 0 {
		return w.PartBytes
	}
	return partBytes
}

// chat writes a chat's events and the files that they name.
func (w *Writer) chat(ctx context.Context, id chat.ID) error {
	return Chat(ctx, w.Conn, id, func(events []chat.Event) error {
		var files []fileRecord
		for i := range events {
			for _, f := range events[i].Files() {
				had, err := w.file(ctx, id, f)
				if err != nil {
					return fmt.Errorf("export file %s of chat %s: %w", f.ID, id, err)
				}
				files = append(files, had...)
			}
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		for i := range files {
			if err := w.write(record{File: &files[i]}); err != nil {
				return err
			}
		}
		for i := range events {
			w.m.raise(events[i].Seq)
			if err := w.write(record{Event: &events[i]}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Chat calls f with all events of a chat that the stream had acknowledged when it was called. Most chats
// come at once, in their order; one that is very long comes in pieces, the last piece first.
func Chat(ctx context.Context, conn *bus.Conn, id chat.ID, f func([]chat.Event) error) error {
	var pages [][]chat.Event
	held := 0
	give := func() error {
		events := make([]chat.Event, 0, held)
		for i := len(pages) - 1; i >= 0; i-- {
			events = append(events, pages[i]...)
		}
		pages, held = nil, 0
		return f(events)
	}
	for before := uint64(0); ; {
		page, err := patiently(ctx, func() (roles.PageReply, error) {
			return roles.AskPage(ctx, conn, chat.RoleAgent, roles.PageRequest{Chat: id, Before: before, Limit: roles.MaxImport})
		})
		if err != nil {
			return fmt.Errorf("read chat %s: %w", id, err)
		}
		pages, held = append(pages, page.Events), held+len(page.Events)
		if page.Prev == 0 || len(page.Events) == 0 {
			return give()
		}
		if before = page.Prev + 1; held >= inMemory {
			if err := give(); err != nil {
				return err
			}
		}
	}
}

// write appends a record; the caller holds the lock.
func (w *Writer) write(r record) (err error) {
	if w.part == nil {
		if w.part, err = newPart(w.Folder, fmt.Sprintf("part-%06d.ndjson", len(w.m.Parts)+1)); err != nil {
			return err
		}
	}
	return w.part.write(r)
}

// endPart completes the part that is being written, if there is one, and notes it, and how far the
// export is.
func (w *Writer) endPart() error {
	if w.part != nil {
		part, err := w.part.end()
		if w.part = nil; err != nil {
			return fmt.Errorf("write the part %s: %w", part.Name, err)
		}
		w.m.Parts = append(w.m.Parts, part)
	}
	if err := w.m.save(w.Folder); err != nil {
		return err
	}
	if w.Said != nil {
		w.Said(w.m)
	}
	return nil
}

// drop removes the part that is being written.
func (w *Writer) drop() {
	if w.part != nil {
		w.part.drop()
		w.part = nil
	}
}

// entries writes what the buckets have.
func (w *Writer) entries(ctx context.Context) error {
	for _, name := range buckets {
		bucket, err := bus.OpenBucket[json.RawMessage](ctx, w.Conn, name)
		if err != nil {
			return err
		}
		watch, stop := context.WithCancel(ctx)
		var failed error
		err = bucket.Watch(watch, func(e bus.Entry[json.RawMessage]) {
			switch {
			case e.Current || failed != nil:
				stop()
			case !e.Gone:
				failed = w.write(record{Entry: &entry{Bucket: name, Key: e.Key, Value: e.Value}})
			}
		})
		stop()
		if err := errors.Join(err, failed, ctx.Err()); err != nil {
			return fmt.Errorf("export the bucket %s: %w", name, err)
		}
	}
	return nil
}

// file writes the bytes of a file and of its small picture, and returns their descriptions. One that is
// lost has none.
func (w *Writer) file(ctx context.Context, id chat.ID, f chat.File) (had []fileRecord, err error) {
	keys := []bus.FileKey{{Chat: id, ID: f.ID}}
	if f.Thumb {
		keys = append(keys, bus.FileKey{Chat: id, ID: f.ID, Thumb: true})
	}
	for _, key := range keys {
		r, err := patiently(ctx, func() (fileRecord, error) { return w.copyFile(ctx, key) })
		if errors.Is(err, bus.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !key.Thumb && r.Hash != f.Hash {
			continue // another one, which no event names
		}
		had = append(had, r)
	}
	return had, nil
}

// copyFile copies the bytes below their hash, unless they are there already.
func (w *Writer) copyFile(ctx context.Context, key bus.FileKey) (fileRecord, error) {
	o, content, err := moving.OpenFile(ctx, w.Conn, key)
	if err != nil {
		return fileRecord{}, err
	}
	r := fileRecord{Chat: key.Chat, ID: key.ID, Thumb: key.Thumb, As: o}
	if info, err := os.Stat(w.pathOf(o.Hash)); err == nil {
		r.Size, r.Hash = info.Size(), o.Hash
		return r, nil
	}
	r.Size, r.Hash, err = storeFile(w.Folder, content)
	return r, err
}

func (w *Writer) pathOf(hash string) string { return filepath.Join(w.Folder, filesFolder, hash) }

// patiently repeats what can't be done for the moment, for a while.
func patiently[T any](ctx context.Context, act func() (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for try := 1; ; try++ {
		answer, err := act()
		if !errors.Is(err, bus.ErrUnavailable) || waiting.Wait(ctx, try) != nil {
			return answer, err
		}
	}
}
