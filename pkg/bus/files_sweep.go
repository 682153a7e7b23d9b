package bus

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// FileRemains counts what Sweep removed.
type FileRemains struct {
	Files   int // that were whole
	Uploads int // that were not
}

// Sweep removes what began before that time: files, and what is left of uploads that were not
// completed; at most so many. The caller knows that no event that may be read still names them.
func (f *Files) Sweep(ctx context.Context, before time.Time, most int) (n FileRemains, err error) {
	// In this order, a file among the former has its chunks among the latter, unless it was deleted.
	files, err := f.Keys(ctx)
	if err != nil {
		return n, err
	}
	uploads, err := f.subjects(ctx, fileChunks)
	if err != nil {
		return n, err
	}
	whole := map[FileKey]bool{}
	for _, upload := range uploads {
		key, began, ok := readUpload(upload)
		whole[key] = true
		if ok && !began.Before(before) || n.Files+n.Uploads >= most {
			continue
		}
		was, err := f.sweepUpload(ctx, key, upload)
		if err != nil {
			return n, err
		}
		n.Files += was.Files
		n.Uploads += was.Uploads
	}
	for _, key := range files {
		if whole[key] || n.Files+n.Uploads >= most {
			continue
		}
		was, err := f.sweepMeta(ctx, key, before)
		if err != nil {
			return n, err
		}
		n.Uploads += was
	}
	return n, nil
}

// sweepMeta removes what describes a file without a chunk: a description that was sent twice and
// came after the file's end, or the mark of a Has that was not completed.
func (f *Files) sweepMeta(ctx context.Context, key FileKey, before time.Time) (n int, err error) {
	m, err := f.conn.leaderMessage(ctx, filesStream, getRequest{LastFor: metaSubject(key)})
	if errors.Is(err, ErrNotFound) || err == nil && !m.Time.Before(before) {
		return 0, nil
	}
	if err == nil {
		err = f.purge(ctx, metaSubject(key), m.Seq)
	}
	if err != nil {
		return 0, fmt.Errorf("remove what describes file %s: %w", key.name(), err)
	}
	return 1, nil
}

func (f *Files) sweepUpload(ctx context.Context, key FileKey, upload string) (n FileRemains, err error) {
	o, err := f.Look(ctx, key)
	switch {
	case err == nil && o.upload == upload:
		return FileRemains{Files: 1}, f.Delete(ctx, key)
	case err != nil && !errors.Is(err, ErrNotFound):
		return n, err
	}
	if err := f.purge(ctx, chunkSubject(upload), 0); err != nil {
		return n, fmt.Errorf("remove what is left of an upload: %w", err)
	}
	return FileRemains{Uploads: 1}, nil
}

// Keys returns the files that are there, in no order.
func (f *Files) Keys(ctx context.Context) ([]FileKey, error) {
	names, err := f.subjects(ctx, fileMetas)
	if err != nil {
		return nil, err
	}
	keys := make([]FileKey, 0, len(names))
	for _, name := range names {
		text, err := base64.URLEncoding.DecodeString(name)
		if key, ok := fileKey(string(text)); ok && err == nil {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// subjects returns what follows a prefix in the subjects of the stream, sorted.
func (f *Files) subjects(ctx context.Context, prefix string) ([]string, error) {
	info, err := f.stream.Info(ctx, jetstream.WithSubjectFilter(prefix+"*"))
	if err != nil {
		return nil, fmt.Errorf("list the object store %s: %w", FilesBucket, translate(err))
	}
	list := slices.Sorted(maps.Keys(info.State.Subjects))
	for i := range list {
		list[i] = strings.TrimPrefix(list[i], prefix)
	}
	return list, nil
}
