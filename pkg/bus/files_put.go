package bus

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ErrEmptyFile is the error of a Put without a byte.
var ErrEmptyFile = errors.New("the file is empty")

const (
	// fileChunk is how many bytes a chunk has, as NATS' object stores have it.
	fileChunk = 128 << 10
	// chunksSent is how many chunks of an upload may be under way at once.
	chunksSent = 4
	// maxChunksSent is how many of all uploads may: on the way to NATS, a message waits
	// behind at most that.
	maxChunksSent = 8
	// filePublishTime is how long a chunk or a description is tried to be stored: some longer than a
	// stream takes for another leader.
	filePublishTime = 20 * time.Second
	// fileCleanTime bounds the removal of what an upload left, which goes on after its context ended.
	fileCleanTime = 4 * time.Second
)

var chunkBuffers = sync.Pool{New: func() any { b := make([]byte, fileChunk); return &b }}

// Put stores a file. When it returns without an error, the file is stored as durably as a message
// is, on as many copies as Options.Replicas. If the same bytes are there already it returns that
// file; if others are, the error is ErrConflict.
//
// After an error of the reader, or if the context ends, there is no such file; what was sent of it
// is removed, or, if NATS can't be reached, by Sweep. A *FullError says that there is no room for
// it; messages may still have some. After ErrUnavailable, or a context that ended at the very last,
// the file may be there, whole: a repeated Put finds it.
//
// It holds at most some chunks of 128 KiB in memory. nats.go's own Put is not used: it sends
// a chunk again that no leader took with the bytes of a later one, which its buffer holds by then.
func (f *Files) Put(ctx context.Context, o FileObject, from io.Reader) (FileObject, error) {
	o.Size, o.Hash, o.seqs, o.seq = 0, "", nil, 0 // it may describe a file of another region
	o.upload, o.chunk = newUpload(o.FileKey, time.Now()), f.chunkSize()
	unsure, err := f.put(ctx, &o, from)
	if err == nil {
		return o, nil
	}
	if !unsure {
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), fileCleanTime)
		defer cancel()
		_ = f.purge(after, chunkSubject(o.upload), 0) // else Sweep does it
	}
	if errors.Is(err, ErrConflict) {
		there, no := f.Look(ctx, o.FileKey)
		switch {
		case no == nil && there.Hash == o.Hash && there.Internal == o.Internal:
			return there, nil
		case no != nil: // it was just deleted, or somebody asked whether it is there
			err = fmt.Errorf("%w (%w)", ErrUnavailable, no)
		}
	}
	return FileObject{}, fmt.Errorf("put file %s: %w", o.name(), err)
}

// put is Put without what comes after an error. unsure says that the file may be stored.
func (f *Files) put(ctx context.Context, o *FileObject, from io.Reader) (unsure bool, err error) {
	if err := f.putChunks(ctx, o, from); err != nil {
		return false, err
	}
	if ctx.Err() != nil { // the sender is gone
		return false, context.Cause(ctx)
	}
	stored, err := f.describe(ctx, *o, 0)
	switch {
	case errors.Is(err, ErrConflict):
		return false, err
	case err != nil:
		var full *FullError
		return !errors.As(err, &full), err
	}
	o.seq, o.At = stored.Seq, time.Now()
	return false, nil
}

// putChunks stores the bytes, and notes the size, the hash and where each chunk is. All chunks but
// the last are full: a reader finds an offset.
func (f *Files) putChunks(ctx context.Context, o *FileObject, from io.Reader) (err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	hash := sha256.New()
	var (
		sending sync.WaitGroup
		mu      sync.Mutex // guards o.seqs
		window  = make(chan struct{}, chunksSent)
	)
	defer sending.Wait()
	for n := 0; ; n++ {
		buf := chunkBuffers.Get().(*[]byte)
		size, readErr := io.ReadFull(from, (*buf)[:o.chunk])
		if readErr != nil && readErr != io.EOF && readErr != io.ErrUnexpectedEOF {
			chunkBuffers.Put(buf)
			return readErr
		}
		if size == 0 {
			chunkBuffers.Put(buf)
			break
		}
		hash.Write((*buf)[:size])
		o.Size += int64(size)
		if err := enterBoth(ctx, window, f.sends); err != nil {
			chunkBuffers.Put(buf)
			return err
		}
		mu.Lock()
		o.seqs = append(o.seqs, 0)
		mu.Unlock()
		sending.Go(func() {
			defer func() { <-f.sends; <-window; chunkBuffers.Put(buf) }()
			// What was sent is waited for, or the removal could come first.
			seq, err := f.putChunk(context.WithoutCancel(ctx), o.upload, n, (*buf)[:size])
			if err != nil {
				cancel(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			o.seqs[n] = seq
		})
		if readErr != nil {
			break
		}
	}
	sending.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if o.Size == 0 {
		return ErrEmptyFile
	}
	o.Hash = base64.RawURLEncoding.EncodeToString(hash.Sum(nil))
	return nil
}

// enterBoth takes a place in both, or in neither.
func enterBoth(ctx context.Context, first, second chan struct{}) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case first <- struct{}{}:
	}
	select {
	case <-ctx.Done():
		<-first
		return context.Cause(ctx)
	case second <- struct{}{}:
		return nil
	}
}

func (f *Files) putChunk(ctx context.Context, upload string, n int, data []byte) (seq uint64, err error) {
	msg := nats.NewMsg(string(chunkSubject(upload)))
	msg.Data = data
	// Sent again, it is still one chunk.
	msg.Header.Set(jetstream.MsgIDHeader, upload+"~"+strconv.Itoa(n))
	stored, err := f.publish(ctx, msg)
	return stored.Seq, err
}

// chunkSize is that of new files: what the server takes in one message.
func (f *Files) chunkSize() int {
	if most := f.conn.nc.MaxPayload(); most > 0 {
		return int(min(fileChunk, max(1024, most-2048)))
	}
	return fileChunk
}

// publish stores a message of the object store. It is tried for a while, with the same bytes.
// Chunks have nothing to do with whether there is room for messages, which Room is about.
func (f *Files) publish(ctx context.Context, msg *nats.Msg) (stored Stored, err error) {
	ctx, cancel := context.WithTimeout(ctx, filePublishTime)
	defer cancel()
	err = retryUnavailable(ctx, func(try int) error {
		reply, err := f.conn.requestMessage(ctx, msg, appendTime(try)*2)
		if err != nil {
			return err
		}
		if stored, err = parseAck(reply); err == nil {
			return nil
		}
		if full := fullBecause(err); full != nil {
			return full
		}
		return translate(err)
	})
	return stored, err
}
