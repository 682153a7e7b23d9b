package files

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

// checked does what is done once with each file before anybody gets it, and has that recorded: it
// is scanned, the size of a picture is found out, and a small one is made of it.
// p is what was found out about a picture that was just stored.
func (f *Files) checked(ctx context.Context, q *asked, o bus.FileObject, p picture) (bus.FileObject, error) {
	for !o.Checked {
		if err := f.scanned(ctx, q, o); err != nil {
			return o, err
		}
		if isPicture(o.Type) && p.width == 0 { // it was sent before, and its sender got no answer
			from := scrub(bufio.NewReaderSize(q.files.Read(ctx, o), window), o.Type)
			if _, err := io.Copy(io.Discard, from); err != nil {
				return o, fmt.Errorf("look at a picture again: %w", err)
			}
			p = from.picture
		}
		o.Width, o.Height = p.size()
		o.HasThumb = f.thumbnail(ctx, q, o, p)
		o.Checked = true
		err := q.files.Describe(ctx, o)
		if err == nil {
			break
		}
		if !errors.Is(err, bus.ErrConflict) {
			return o, err
		}
		if o, err = q.files.Look(ctx, q.key); err != nil { // the same was asked twice
			return o, err
		}
	}
	return o, nil
}

// scanned has a file scanned, if files are; one in which something is found is deleted.
func (f *Files) scanned(ctx context.Context, q *asked, o bus.FileObject) error {
	if f.opts.Scan == nil {
		return nil
	}
	found, err := f.opts.Scan.Scan(ctx, q.files.Read(ctx, o))
	if err != nil {
		f.failed.Line("scan", f.opts.Log.Error()).Err(err).Msg("files can't be scanned: they wait, and their senders read so")
		return &scannerDownError{err}
	}
	if !found {
		return nil
	}
	f.opts.Log.Warn().Str("chat", string(o.Chat)).Str("type", o.Type).Msg("a file was refused: the scanner found something in it")
	if err := q.files.Delete(ctx, q.key); err != nil {
		return err
	}
	return frame.Refuse(codes.Infected, codes.Sentence(codes.Infected))
}

// isPicture reports whether a media type is that of a picture that browsers show.
func isPicture(mediaType string) bool {
	return inline[mediaType] && strings.HasPrefix(mediaType, "image/")
}
