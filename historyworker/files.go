package historyworker

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/files"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/store"
)

const (
	// filesAtOnce is how many files of a batch are copied at once.
	filesAtOnce = 4
	// A copy may take fileTime, and the time for its bytes at slowest fileSpeed a second.
	fileTime  = time.Minute
	fileSpeed = 256 << 10
	// damagedTries is how often a file is read whose bytes are not those of its description.
	damagedTries = 3
)

// fileMover brings files from the object store FILES into the file store. Its methods may be called
// concurrently.
type fileMover struct {
	worker *Worker
	to     files.Store

	mu   sync.Mutex // guards what follows
	from *bus.Files // nil before it was needed
}

// named is a file that an event names.
type named struct {
	chat.File
	key      files.Key
	internal bool
}

// namedBy returns the files, and their small pictures, that events name; nil for most batches.
func namedBy(events []chat.Event) (list []named) {
	for i := range events {
		e := &events[i]
		for _, f := range e.Files() {
			n := named{f, files.Key{Chat: e.Chat, ID: f.ID}, !e.Kind.VisibleTo(chat.RoleVisitor)}
			list = append(list, n)
			if f.Thumb {
				n.key.Thumb = true
				list = append(list, n)
			}
		}
	}
	return list
}

// source returns the object store.
func (m *fileMover) source(ctx context.Context) (*bus.Files, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.from == nil {
		from, err := m.worker.conn.OpenFiles(ctx)
		if err != nil {
			return nil, waits(err)
		}
		m.from = from
	}
	return m.from, nil
}

// waits has a batch come again for as long as it takes.
func waits(err error) error {
	if err == nil || errors.Is(err, bus.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", bus.ErrUnavailable, err)
}

// bring has the file store hold all files that the events name, before the events are stored:
// what is in the store has its files. It is repeated with the batch, which waits for as long as either
// place can't be used.
func (m *fileMover) bring(ctx context.Context, list []named) error {
	return m.each(ctx, list, func(ctx context.Context, from *bus.Files, n named) error {
		for try := 1; ; try++ {
			err := m.bringOne(ctx, from, n)
			switch {
			case errors.Is(err, files.ErrDamaged) && try < damagedTries:
				continue
			case errors.Is(err, files.ErrDamaged) || errors.Is(err, files.ErrOther):
				m.miss(n, err)
				return nil
			}
			return err
		}
	})
}

// drop removes the files from the object store, after the events are stored. It is repeated with the
// batch as well, so nothing stays there.
func (m *fileMover) drop(ctx context.Context, list []named) error {
	return m.each(ctx, list, func(ctx context.Context, from *bus.Files, n named) error {
		return from.Delete(ctx, bus.FileKey(n.key))
	})
}

func (m *fileMover) each(ctx context.Context, list []named, do func(context.Context, *bus.Files, named) error) error {
	if len(list) == 0 {
		return nil
	}
	from, err := m.source(ctx)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(filesAtOnce)
	for _, n := range list {
		group.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, fileTime+time.Duration(n.Size/fileSpeed)*time.Second)
			defer cancel()
			return waits(do(ctx, from, n))
		})
	}
	return group.Wait()
}

func (m *fileMover) bringOne(ctx context.Context, from *bus.Files, n named) error {
	there, err := m.to.Look(ctx, n.key)
	switch {
	case err == nil:
		if !n.key.Thumb && there.Hash != n.Hash {
			return files.ErrOther
		}
		return nil
	case !errors.Is(err, files.ErrNotFound):
		return m.down(err)
	}
	r, err := from.Open(ctx, bus.FileKey(n.key))
	if errors.Is(err, bus.ErrNotFound) {
		return m.mayMiss(ctx, from, n)
	}
	if errors.Is(err, bus.ErrDamagedFile) {
		return fmt.Errorf("%w: %w", files.ErrDamaged, err)
	}
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	if of := r.Hash; !n.key.Thumb && of != n.Hash || n.key.Thumb && r.Of != "" && r.Of != n.Hash {
		return files.ErrOther // it was uploaded again after the one that the event names was moved
	}
	f := files.File{Key: n.key, Internal: n.internal || r.Internal, Name: n.Name, Type: r.Type, Size: r.Size, Hash: r.Hash, Width: r.Width, Height: r.Height}
	if err := m.to.Put(ctx, f, r); err != nil {
		if errors.Is(err, bus.ErrNotFound) {
			return waits(err) // another replica was quicker
		}
		return m.down(err)
	}
	m.worker.metrics.moved(f.Size)
	return nil
}

// down logs that the file store is away, if it is.
func (m *fileMover) down(err error) error {
	var down *store.DownError
	if errors.As(err, &down) {
		m.worker.fileOutage.Down(down)
	}
	return err
}

// mayMiss decides about a file that was found in neither place: another replica may have moved it
// meanwhile, and a stale leader may not know it.
func (m *fileMover) mayMiss(ctx context.Context, from *bus.Files, n named) error {
	has, err := from.Has(ctx, bus.FileKey(n.key))
	if err != nil {
		return err
	}
	if has {
		return fmt.Errorf("%w: the file %s was not found for a moment", bus.ErrUnavailable, n.key)
	}
	switch _, err := m.to.Look(ctx, n.key); {
	case err == nil:
		return nil
	case !errors.Is(err, files.ErrNotFound):
		return m.down(err)
	}
	m.miss(n, files.ErrNotFound)
	return nil
}

// miss notes that an event is stored without its file: nothing could bring it back.
func (m *fileMover) miss(n named, why error) {
	m.worker.metrics.filesMissing.Inc()
	m.worker.log.Error().Str("chat", string(n.key.Chat)).Str("file", n.key.String()).Err(why).Msg("a message names a file that is neither in FILES nor in the file store; the message is stored without it")
}

// file answers with a part of a file.
func (w *Worker) file(ctx context.Context, req roles.FileRequest) (roles.FileReply, error) {
	key := files.Key{Chat: req.Chat, ID: req.ID, Thumb: req.Thumb}
	if err := key.Check(); err != nil {
		return roles.FileReply{}, refuse(err)
	}
	if req.Offset < 0 {
		return roles.FileReply{}, refuse(errors.New("the offset is negative"))
	}
	p := make([]byte, max(0, min(req.Length, roles.MaxFilePart)))
	n, f, err := w.files.to.ReadAt(ctx, key, p, req.Offset)
	switch {
	case errors.Is(err, files.ErrNotFound):
		return roles.FileReply{}, bus.Refuse(codes.NotFound)
	case err != nil:
		return roles.FileReply{}, waits(w.files.down(err))
	}
	w.fileOutage.Up()
	return roles.FileReply{Internal: f.Internal, Name: f.Name, Type: f.Type, Size: f.Size, Hash: f.Hash, Width: f.Width, Height: f.Height, Data: p[:n]}, nil
}
