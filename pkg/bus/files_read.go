package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"
)

// chunksAhead is how many chunks a reader fetches at once, and holds.
const chunksAhead = 4

// directTime is how long any copy of the stream may take to answer, before the leader is asked.
const directTime = 2 * time.Second

// FileReader reads a file of Files from any offset. What it returns is what Put stored. It fails
// with ErrNotFound once the file is deleted, which it is as soon as the file store has it.
// It holds at most some chunks of 128 KiB. It must not be used concurrently.
type FileReader struct {
	FileObject
	files  *Files
	ctx    context.Context
	offset int64
	first  int      // which chunk is held first
	chunks [][]byte // that are held
	ahead  int      // how many are fetched next
}

// Open returns a reader of a file, as new as the last Put, or ErrNotFound. The context is for all reads.
func (f *Files) Open(ctx context.Context, key FileKey) (*FileReader, error) {
	o, err := f.Look(ctx, key)
	if err != nil {
		return nil, err
	}
	return f.Read(ctx, o), nil
}

// Read returns a reader of a file that Look or Put returned.
func (f *Files) Read(ctx context.Context, o FileObject) *FileReader {
	return &FileReader{FileObject: o, files: f, ctx: ctx, ahead: 1}
}

// Read implements io.Reader.
func (r *FileReader) Read(p []byte) (int, error) {
	if r.offset >= r.Size {
		return 0, io.EOF
	}
	n := int(r.offset / int64(r.chunk))
	if n < r.first || n >= r.first+len(r.chunks) {
		if err := r.fetch(n); err != nil {
			return 0, err
		}
	}
	held := r.chunks[n-r.first]
	size := copy(p, held[r.offset-int64(n)*int64(r.chunk):])
	r.offset += int64(size)
	return size, nil
}

// Seek implements io.Seeker.
func (r *FileReader) Seek(offset int64, whence int) (int64, error) {
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

// Close implements io.Closer.
func (r *FileReader) Close() error {
	r.chunks, r.offset = nil, r.Size
	return nil
}

// fetch has the chunks held from the n-th on: more at once for those who read on.
func (r *FileReader) fetch(n int) error {
	if n != r.first+len(r.chunks) {
		r.ahead = 1
	}
	chunks := make([][]byte, min(r.ahead, len(r.seqs)-n))
	r.first, r.chunks = n, nil
	group, ctx := errgroup.WithContext(r.ctx)
	for i := range chunks {
		group.Go(func() (err error) { chunks[i], err = r.get(ctx, n+i); return err })
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("read file %s: %w", r.name(), err)
	}
	r.chunks, r.ahead = chunks, min(2*r.ahead, chunksAhead)
	return nil
}

// get reads the n-th chunk: from any copy, or from the leader if that copy does not have it yet.
func (r *FileReader) get(ctx context.Context, n int) ([]byte, error) {
	size := min(int64(r.chunk), r.Size-int64(n)*int64(r.chunk))
	fits := func(subject string, data []byte) bool {
		return Subject(subject) == chunkSubject(r.upload) && int64(len(data)) == size
	}
	if m, err := r.files.direct(ctx, r.seqs[n]); err == nil && fits(m.Header.Get("Nats-Subject"), m.Data) {
		return m.Data, nil
	}
	m, err := r.files.conn.leaderMessage(ctx, filesStream, getRequest{Seq: r.seqs[n]})
	if err == nil && !fits(m.Subject, m.Data) {
		err = ErrNotFound
	}
	return m.Data, err
}

// direct asks any copy of the stream for a message.
func (f *Files) direct(ctx context.Context, seq uint64) (*nats.Msg, error) {
	body, err := json.Marshal(getRequest{Seq: seq})
	if err != nil {
		return nil, err
	}
	m, err := f.conn.requestWithin(ctx, "$JS.API.DIRECT.GET."+filesStream, body, directTime)
	if err == nil && m.Header.Get("Status") != "" {
		err = ErrNotFound
	}
	return m, err
}
