// Package files defines what the history worker needs from a store of files. The implementations
// are in diskfiles and gridfiles; filestest holds both to this contract.
package files

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/parley-chat/parley/pkg/chat"
)

// The errors of a store, beside *store.DownError, which every call returns while the store can't be
// used, and Put while it has no room.
var (
	// ErrNotFound: there is no such file.
	ErrNotFound = errors.New("no such file")
	// ErrOther: there is a file under that key, with other bytes.
	ErrOther = errors.New("there is another file of that id")
	// ErrDamaged: the bytes are not those that the size and the hash describe.
	ErrDamaged = errors.New("the bytes are not those of the file")
)

// Key is under what a file is kept.
type Key struct {
	Chat  chat.ID
	ID    string // within the chat, see chat.CheckFileID
	Thumb bool   // the small picture of it
}

// String returns the key as a path of three parts at most: letters, digits, - and _ between slashes.
func (k Key) String() string {
	if k.Thumb {
		return string(k.Chat) + "/" + k.ID + "/thumb"
	}
	return string(k.Chat) + "/" + k.ID
}

// Check refuses a key that could be anything else.
func (k Key) Check() error {
	if _, err := chat.ParseID(string(k.Chat)); err != nil {
		return err
	}
	return chat.CheckFileID(k.ID)
}

// File describes a file.
type File struct {
	Key      `json:"-" bson:"-"`
	Internal bool   `json:"internal,omitempty" bson:"internal,omitempty"` // only agents may have it
	Name     string `json:"name,omitempty" bson:"name,omitempty"`
	Type     string `json:"type" bson:"type"`
	Size     int64  `json:"size" bson:"size"` // in bytes, at least 1
	Hash     string `json:"hash" bson:"hash"` // SHA-256 in base64url without padding, as in chat.File
	Width    int    `json:"width,omitempty" bson:"width,omitempty"`
	Height   int    `json:"height,omitempty" bson:"height,omitempty"`
}

// Store keeps files for good. All methods may be called concurrently, and by several processes on
// one store if that is shared. An error that is none of the above means that the store could not do
// it now; the call may be repeated.
type Store interface {
	// Put stores a file whole, or not at all: it is seen by nobody before all its bytes are durable,
	// and whatever interrupts it leaves nothing that is seen. It is idempotent: if the file is
	// there already, nothing is read. The first file of a key stays; ErrOther says that it has
	// another hash. ErrDamaged: the reader has other bytes than are described. An error of the
	// reader is returned, wrapped.
	Put(ctx context.Context, f File, from io.Reader) error

	// Look describes a file, or returns ErrNotFound.
	Look(ctx context.Context, key Key) (File, error)

	// ReadAt reads the bytes from an offset on, as many as fit into p and are there, and describes
	// the file; ErrNotFound if there is none. At or beyond the end, no bytes are there.
	ReadAt(ctx context.Context, key Key, p []byte, offset int64) (n int, f File, err error)

	// Delete removes a file; a missing one is no error.
	Delete(ctx context.Context, key Key) error
}

// Checked returns a reader of the same bytes which fails with ErrDamaged, at the latest where it
// ends, if they are not those that the file describes.
func Checked(f File, from io.Reader) io.Reader {
	return &checked{file: f, from: from, hash: sha256.New()}
}

type checked struct {
	file File
	from io.Reader
	hash hash.Hash
	size int64
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.hash.Write(p[:n])
	c.size += int64(n)
	switch {
	case c.size > c.file.Size:
		return n, fmt.Errorf("%w: there are more than %d", ErrDamaged, c.file.Size)
	case err != io.EOF:
		return n, err
	case c.size < c.file.Size:
		return n, fmt.Errorf("%w: there are %d instead of %d", ErrDamaged, c.size, c.file.Size)
	case base64.RawURLEncoding.EncodeToString(c.hash.Sum(nil)) != c.file.Hash:
		return n, fmt.Errorf("%w: their hash is another one", ErrDamaged)
	}
	return n, io.EOF
}

// Same returns nil if the file that is there is the one that is put, else ErrOther.
func Same(there, put File) error {
	if there.Hash != put.Hash || there.Size != put.Size {
		return fmt.Errorf("put file %s: %w", put.Key, ErrOther)
	}
	return nil
}
