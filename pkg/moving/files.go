package moving

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/roles"
)

// copyFiles has the new home hold the files that events name, before its store takes the events over:
// in its FILES, from where its history worker takes them with the events. stored says that the old
// home has a history service, too; on what is left of disks there is none.
func copyFiles(ctx context.Context, from, to *bus.Conn, events []chat.Event, stored bool) error {
	for i := range events {
		e := &events[i]
		for _, f := range e.Files() {
			keys := []bus.FileKey{{Chat: e.Chat, ID: f.ID}}
			if f.Thumb {
				keys = append(keys, bus.FileKey{Chat: e.Chat, ID: f.ID, Thumb: true})
			}
			for _, key := range keys {
				// A file may be on its way from FILES to the file store: then it is looked for again.
				err := patiently(ctx, func() error { return copyFile(ctx, from, to, key, f, stored) })
				if err != nil {
					return fmt.Errorf("copy file %s of chat %s: %w", f.ID, e.Chat, err)
				}
			}
		}
	}
	return nil
}

// copyFile copies one file, unless it is there. One that is in neither place of the old home stays
// lost; the new home's history worker says so.
func copyFile(ctx context.Context, from, to *bus.Conn, key bus.FileKey, f chat.File, stored bool) error {
	if _, err := keptFile(ctx, to, key, 0, 0); err == nil || !errors.Is(err, bus.ErrNotFound) {
		return err
	}
	target, err := to.OpenFiles(ctx)
	if err != nil {
		return err
	}
	if _, err := target.Look(ctx, key); err == nil || !errors.Is(err, bus.ErrNotFound) {
		return err
	}
	source, err := from.OpenFiles(ctx)
	if err != nil {
		return err
	}
	o, content, err := openFile(ctx, source, from, key, stored)
	if errors.Is(err, bus.ErrNotFound) {
		if has, err := source.Has(ctx, key); err != nil || !has {
			return err
		}
		return fmt.Errorf("%w: it was not found for a moment", bus.ErrUnavailable)
	}
	if err != nil {
		return err
	}
	if !key.Thumb && o.Hash != f.Hash {
		return nil // another one, which no event names
	}
	_, err = target.Put(ctx, o, content)
	if errors.Is(err, bus.ErrNotFound) {
		return fmt.Errorf("%w: it was moved meanwhile (%w)", bus.ErrUnavailable, err)
	}
	return err
}

// OpenFile returns a file of a region: from FILES, or from the file store; or bus.ErrNotFound. One that is
// on its way from one to the other is bus.ErrUnavailable for a moment.
func OpenFile(ctx context.Context, of *bus.Conn, key bus.FileKey) (bus.FileObject, io.Reader, error) {
	source, err := of.OpenFiles(ctx)
	if err != nil {
		return bus.FileObject{}, nil, err
	}
	o, content, err := openFile(ctx, source, of, key, true)
	if errors.Is(err, bus.ErrNotFound) {
		has, err := source.Has(ctx, key)
		if err == nil {
			if err = bus.ErrNotFound; has {
				err = fmt.Errorf("%w: it was not found for a moment", bus.ErrUnavailable)
			}
		}
		return o, nil, err
	}
	return o, content, err
}

// openFile returns a file of the old home: from FILES, or from the file store.
func openFile(ctx context.Context, source *bus.Files, from *bus.Conn, key bus.FileKey, stored bool) (bus.FileObject, io.Reader, error) {
	r, err := source.Open(ctx, key)
	if err == nil {
		return r.FileObject, r, nil
	}
	if !errors.Is(err, bus.ErrNotFound) || !stored {
		return bus.FileObject{}, nil, err
	}
	about, err := keptFile(ctx, from, key, 0, 0)
	if err != nil {
		return bus.FileObject{}, nil, err
	}
	o := bus.FileObject{FileKey: key, Internal: about.Internal, Name: about.Name, Type: about.Type, Width: about.Width, Height: about.Height, Checked: true, Hash: about.Hash}
	return o, &keptReader{ctx: ctx, of: from, key: key}, nil
}

// keptFile asks a region's history service for a part of a file, or returns bus.ErrNotFound.
func keptFile(ctx context.Context, of *bus.Conn, key bus.FileKey, offset int64, length int) (roles.FileReply, error) {
	reply, err := bus.Ask(ctx, of, roles.HistoryFile, roles.FileRequest{Chat: key.Chat, ID: key.ID, Thumb: key.Thumb, Offset: offset, Length: length})
	if no, is := errors.AsType[*bus.Refusal](err); is && no.Code == codes.NotFound {
		err = bus.ErrNotFound
	}
	return reply, err
}

// keptReader reads a file of the file store, part by part.
type keptReader struct {
	ctx    context.Context
	of     *bus.Conn
	key    bus.FileKey
	offset int64
	part   []byte
}

// Read implements io.Reader.
func (r *keptReader) Read(p []byte) (int, error) {
	if len(r.part) == 0 {
		reply, err := keptFile(r.ctx, r.of, r.key, r.offset, roles.MaxFilePart)
		if err != nil {
			return 0, err
		}
		if len(reply.Data) == 0 {
			return 0, io.EOF
		}
		r.part = reply.Data
		r.offset += int64(len(r.part))
	}
	n := copy(p, r.part)
	r.part = r.part[n:]
	return n, nil
}
