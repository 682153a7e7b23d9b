package bus

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// FilesBucket is the object store of files that are not in the file store yet.
const FilesBucket = "FILES"

const (
	filesStream = "OBJ_" + FilesBucket
	// The subjects of NATS' object stores: a chunk is on its upload's, a description on that of
	// the object's name.
	fileChunks = "$O." + FilesBucket + ".C."
	fileMetas  = "$O." + FilesBucket + ".M."
)

// FileKey is under what a file is kept: an id is that of a file within its chat.
type FileKey struct {
	Chat chat.ID
	ID   string
	// Thumb is set for the small picture of the file.
	Thumb bool
}

// name is the name of the object.
func (k FileKey) name() string {
	if k.Thumb {
		return string(k.Chat) + "." + k.ID + ".t"
	}
	return string(k.Chat) + "." + k.ID
}

// fileKey is the reverse of name.
func fileKey(name string) (k FileKey, ok bool) {
	parts := strings.Split(name, ".")
	if len(parts) < 2 || len(parts) > 3 || len(parts) == 3 && parts[2] != "t" {
		return k, false
	}
	id, err := chat.ParseID(parts[0])
	return FileKey{Chat: id, ID: parts[1], Thumb: len(parts) == 3}, err == nil && chat.CheckFileID(parts[1]) == nil
}

// FileObject describes a file, with all that a repeated upload is answered with.
type FileObject struct {
	FileKey `json:"-"`
	// Internal says that only agents may have it.
	Internal bool   `json:"internal,omitempty"`
	Name     string `json:"name,omitempty"`
	Type     string `json:"type"`
	// Width and Height are those of a picture, in pixels; 0: it is none.
	Width  int `json:"width,omitempty"`
	Height int `json:"height,omitempty"`
	// HasThumb says that there is a small picture of it.
	HasThumb bool `json:"thumb,omitempty"`
	// Checked says that whoever sent it may name it in a message: Width, Height and HasThumb are
	// known, and what scans files found nothing. Until then nobody gets it.
	Checked bool `json:"checked,omitempty"`
	// Of is, for a small picture, the Hash of the file that it shows.
	Of string `json:"of,omitempty"`

	// What follows is set by Put. Hash is the SHA-256 of the bytes in base64url without padding,
	// as in chat.File: whoever reads a file for an event compares the two, since what is not
	// named by an event yet may still be removed and sent again with other bytes.
	Size int64     `json:"-"`
	Hash string    `json:"-"`
	At   time.Time `json:"-"` // when it was stored

	upload string   // the last token of its chunks' subject
	seqs   []uint64 // of its chunks in the stream, in their order
	seq    uint64   // of this description
	chunk  int      // bytes in each chunk but the last
}

// Files is the object store FILES of the region that a connection is to. Its files wait there
// for the history worker, and leave no trace when they are deleted. It is written as NATS'
// object stores are, so `nats object` shows it. Its methods may be called concurrently.
type Files struct {
	conn   *Conn
	stream jetstream.Stream
	sends  chan struct{} // bounds the chunks under way, so that messages don't wait behind them
}

// OpenFiles returns the object store and creates it if necessary, but not in another region. The error is
// a *LayoutError if the server can't keep as many copies as Options.Replicas.
func (c *Conn) OpenFiles(ctx context.Context) (*Files, error) {
	s, err := c.js.Stream(ctx, filesStream)
	if errors.Is(err, jetstream.ErrStreamNotFound) && c.opts.afar {
		return nil, fmt.Errorf("open the object store %s: %w: the region %s has not made it yet", FilesBucket, ErrUnavailable, c.opts.Region)
	}
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		cfg := jetstream.ObjectStoreConfig{Bucket: FilesBucket, Description: "Parley: files that are not in the file store yet", Storage: jetstream.FileStorage, Replicas: c.opts.Replicas, MaxBytes: c.opts.share(filesStream)}
		if _, err = c.js.CreateObjectStore(ctx, cfg); err == nil || errors.Is(err, jetstream.ErrBucketExists) {
			s, err = c.js.Stream(ctx, filesStream)
		}
	}
	if err != nil {
		return nil, c.makeTrouble("open the object store "+FilesBucket, err)
	}
	if c.opts.MaxBytes > 0 && !c.opts.afar {
		c.fit(ctx, s)
	}
	return &Files{conn: c, stream: s, sends: make(chan struct{}, maxChunksSent)}, nil
}

// Look returns what is known of a file, as new as the last Put, or ErrNotFound.
func (f *Files) Look(ctx context.Context, key FileKey) (FileObject, error) {
	m, err := f.conn.leaderMessage(ctx, filesStream, getRequest{LastFor: metaSubject(key)})
	if err != nil {
		return FileObject{}, fmt.Errorf("look for file %s: %w", key.name(), err)
	}
	return readMeta(key, m.Data, m.Seq, m.Time)
}

// Has is Look as certain as a Put: a leader that was deposed and does not know it yet can't
// answer that there is no such file. It costs a write where there is none.
func (f *Files) Has(ctx context.Context, key FileKey) (bool, error) {
	mark := nats.NewMsg(string(metaSubject(key)))
	mark.Header.Set(jetstream.ExpectedLastSubjSeqHeader, "0")
	stored, err := f.publish(ctx, mark)
	switch {
	case errors.Is(err, ErrConflict):
		o, err := f.Look(ctx, key)
		if errors.Is(err, ErrNotFound) { // that of another one who asks
			return false, nil
		}
		return err == nil && o.Size > 0, err
	case err != nil:
		return false, fmt.Errorf("look for file %s: %w", key.name(), err)
	}
	return false, f.purge(ctx, metaSubject(key), stored.Seq)
}

// Describe replaces the description of a file that Look returned; its bytes stay. The error is
// ErrConflict if it is not that description any more.
func (f *Files) Describe(ctx context.Context, o FileObject) error {
	_, err := f.describe(ctx, o, o.seq)
	if err != nil {
		return fmt.Errorf("describe file %s: %w", o.name(), err)
	}
	return nil
}

// Delete removes a file; a missing one is no error.
func (f *Files) Delete(ctx context.Context, key FileKey) error {
	o, err := f.Look(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil && !errors.Is(err, ErrDamagedFile) {
		return err
	}
	// In this order, what is described has its bytes, however this ends.
	err = f.purge(ctx, metaSubject(key), o.seq)
	if err == nil && o.upload != "" {
		err = f.purge(ctx, chunkSubject(o.upload), 0)
	}
	if err != nil {
		return fmt.Errorf("delete file %s: %w", key.name(), err)
	}
	return nil
}

// Used returns how many bytes the object store holds, of one copy.
func (f *Files) Used(ctx context.Context) (uint64, error) {
	info, err := f.stream.Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("look at the object store %s: %w", FilesBucket, translate(err))
	}
	return info.State.Bytes, nil
}

// purge removes what a subject has, through that sequence (0: all).
func (f *Files) purge(ctx context.Context, subject Subject, through uint64) error {
	opts := []jetstream.StreamPurgeOpt{jetstream.WithPurgeSubject(string(subject))}
	if through > 0 {
		opts = append(opts, jetstream.WithPurgeSequence(through+1))
	}
	return translate(f.stream.Purge(ctx, opts...))
}

func chunkSubject(upload string) Subject { return Subject(fileChunks + upload) }

func metaSubject(key FileKey) Subject {
	return Subject(fileMetas + base64.URLEncoding.EncodeToString([]byte(key.name())))
}

// newUpload returns the token of an upload that begins now: it says of what, and when.
func newUpload(key FileKey, now time.Time) string {
	return strings.ReplaceAll(key.name(), ".", "~") + "~" + strconv.FormatInt(now.Unix(), 36) + "~" + nats.NewInbox()[len(nats.InboxPrefix):]
}

// readUpload returns what newUpload was called with.
func readUpload(upload string) (key FileKey, began time.Time, ok bool) {
	parts := strings.Split(upload, "~")
	if len(parts) < 4 {
		return key, began, false
	}
	n := len(parts) - 2
	key, ok = fileKey(strings.Join(parts[:n], "."))
	at, err := strconv.ParseInt(parts[n], 36, 64)
	return key, time.Unix(at, 0), ok && err == nil
}

// The members of a description that NATS' object stores have no place for.
const (
	metaFile = "parley"      // FileObject
	metaSeqs = "parley-seqs" // of the chunks
)

// describe stores a description if the last one has that sequence (0: there is none).
func (f *Files) describe(ctx context.Context, o FileObject, last uint64) (Stored, error) {
	hash, err := base64.RawURLEncoding.DecodeString(o.Hash)
	if err != nil {
		return Stored{}, err
	}
	file, err := json.Marshal(o)
	if err != nil {
		return Stored{}, err
	}
	seqs, err := json.Marshal(o.seqs)
	if err != nil {
		return Stored{}, err
	}
	data, err := json.Marshal(jetstream.ObjectInfo{
		ObjectMeta: jetstream.ObjectMeta{
			Name: o.name(), Opts: &jetstream.ObjectMetaOptions{ChunkSize: uint32(o.chunk)},
			Metadata: map[string]string{metaFile: string(file), metaSeqs: string(seqs)},
		},
		Bucket: FilesBucket, NUID: o.upload, Size: uint64(o.Size), Chunks: uint32(len(o.seqs)),
		Digest: "SHA-256=" + base64.URLEncoding.EncodeToString(hash),
	})
	if err != nil {
		return Stored{}, err
	}
	msg := nats.NewMsg(string(metaSubject(o.FileKey)))
	msg.Data = data
	msg.Header.Set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(last, 10))
	msg.Header.Set(jetstream.MsgRollup, jetstream.MsgRollupSubject)
	msg.Header.Set(jetstream.MsgIDHeader, o.upload+"~meta~"+strconv.FormatUint(last, 10))
	return f.publish(ctx, msg)
}

// ErrDamagedFile is the error of a file whose description can't be used; no retry helps.
var ErrDamagedFile = errors.New("what describes the file can't be used")

// readMeta returns what it can of a damaged description, for Delete.
func readMeta(key FileKey, data []byte, seq uint64, at time.Time) (FileObject, error) {
	o := FileObject{FileKey: key, At: at, seq: seq}
	if len(data) == 0 { // the mark of Has
		return o, fmt.Errorf("look for file %s: %w", key.name(), ErrNotFound)
	}
	var info jetstream.ObjectInfo
	err := json.Unmarshal(data, &info)
	o.upload = info.NUID
	if err == nil {
		err = json.Unmarshal([]byte(info.Metadata[metaFile]), &o)
	}
	if err == nil {
		err = json.Unmarshal([]byte(info.Metadata[metaSeqs]), &o.seqs)
	}
	hash, no := jetstream.DecodeObjectDigest(info.Digest)
	if err = errors.Join(err, no); err != nil {
		return o, fmt.Errorf("file %s: %w: %w", key.name(), ErrDamagedFile, err)
	}
	if info.Opts != nil {
		o.chunk = int(info.Opts.ChunkSize)
	}
	o.Size, o.Hash = int64(info.Size), base64.RawURLEncoding.EncodeToString(hash)
	if o.chunk <= 0 || o.Size <= 0 || int64(len(o.seqs)) != (o.Size+int64(o.chunk)-1)/int64(o.chunk) {
		return o, fmt.Errorf("file %s: %w: its chunks don't fit its size", key.name(), ErrDamagedFile)
	}
	return o, nil
}
