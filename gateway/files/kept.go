package files

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/roles"
)

// kept returns the description of a file that is in the file store, or bus.ErrNotFound.
func (f *Files) kept(ctx context.Context, home *bus.Conn, key bus.FileKey) (bus.FileObject, error) {
	reply, err := askPart(ctx, home, key, 0, 0)
	if err != nil {
		return bus.FileObject{}, err
	}
	o := bus.FileObject{FileKey: key, Internal: reply.Internal, Name: reply.Name, Type: reply.Type, Width: reply.Width, Height: reply.Height, Size: reply.Size, Hash: reply.Hash, Checked: true}
	if !key.Thumb && isPicture(o.Type) {
		small := key
		small.Thumb = true
		_, err = askPart(ctx, home, small, 0, 0)
		if o.HasThumb = err == nil; errors.Is(err, bus.ErrNotFound) {
			err = nil
		}
	}
	return o, err
}

func askPart(ctx context.Context, home *bus.Conn, key bus.FileKey, offset int64, length int) (roles.FileReply, error) {
	reply, err := bus.Ask(ctx, home, roles.HistoryFile, roles.FileRequest{Chat: key.Chat, ID: key.ID, Thumb: key.Thumb, Offset: offset, Length: length})
	var no *bus.Refusal
	switch {
	case errors.As(err, &no) && no.Code == codes.NotFound:
		return reply, fmt.Errorf("ask for a file: %w", bus.ErrNotFound)
	case err != nil:
		return reply, fmt.Errorf("ask for a file: %w", err)
	}
	return reply, nil
}

// keptReader reads a file of the file store, in parts.
type keptReader struct {
	bus.FileObject
	ctx    context.Context
	home   *bus.Conn
	offset int64
	begin  int64 // of what is held
	held   []byte
}

// Read implements io.Reader.
func (r *keptReader) Read(p []byte) (int, error) {
	if r.offset >= r.Size {
		return 0, io.EOF
	}
	if r.offset < r.begin || r.offset >= r.begin+int64(len(r.held)) {
		reply, err := askPart(r.ctx, r.home, r.FileKey, r.offset, roles.MaxFilePart)
		if err != nil {
			return 0, err
		}
		if reply.Hash != r.Hash || len(reply.Data) == 0 {
			return 0, errors.New("the file store has another file than the one that is read")
		}
		r.begin, r.held = r.offset, reply.Data
	}
	n := copy(p, r.held[r.offset-r.begin:])
	r.offset += int64(n)
	return n, nil
}

// Seek implements io.Seeker.
func (r *keptReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.offset
	case io.SeekEnd:
		offset += r.Size
	}
	if offset < 0 {
		return 0, errors.New("seek to before the beginning of a file")
	}
	r.offset = offset
	return offset, nil
}
