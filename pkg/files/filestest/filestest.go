// Package filestest holds stores of files to their contract.
package filestest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/files"
)

// chunk is how many bytes GridFS keeps together. The files are no larger than they must be: the server
// that stands in for MongoDB takes half a second for each chunk.
const (
	chunk     = 255 << 10
	twoChunks = chunk + 1000
)

// sizes are around those of chunks and buffers.
var sizes = []int{1, chunk, chunk + 1}

// New returns a file and its bytes, of another chat each time.
func New(size int) (files.File, []byte) {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{byte(size), byte(size >> 8), byte(size >> 16)}).Read(b)
	sum := sha256.Sum256(b)
	return files.File{
		Key:  files.Key{Chat: chat.NewID(), ID: fmt.Sprintf("%022d", size)},
		Name: "Ünïcode „Name“ / ..\\x.png", Type: "image/png", Size: int64(size), Hash: base64.RawURLEncoding.EncodeToString(sum[:]), Width: 40, Height: 30,
	}, b
}

// Run runs the suite; open returns an empty store each time.
func Run(t *testing.T, open func(*testing.T) files.Store) {
	s := open(t)
	t.Run("a file is read byte for byte as it was put", func(t *testing.T) {
		for _, size := range sizes {
			f, want := New(size)
			put(t, s, f, iotest.OneByteReader(bytes.NewReader(want[:1])), bytes.NewReader(want[1:]))
			Holds(t, s, f, want)
		}
	})
	t.Run("parts", func(t *testing.T) { parts(t, s) })
	t.Run("a small picture is beside its file", func(t *testing.T) {
		f, want := New(300)
		thumb, small := New(200)
		thumb.Key = f.Key
		thumb.Thumb, f.Internal, thumb.Internal = true, true, true
		put(t, s, thumb, bytes.NewReader(small))
		if _, err := s.Look(t.Context(), f.Key); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("the file itself: %v, want not found", err)
		}
		put(t, s, f, bytes.NewReader(want))
		Holds(t, s, f, want)
		Holds(t, s, thumb, small)
	})
	t.Run("put again it is read from the store only", func(t *testing.T) {
		f, want := New(40_000)
		put(t, s, f, bytes.NewReader(want))
		put(t, s, f, iotest.ErrReader(errors.New("nobody may read this")))
		Holds(t, s, f, want)
	})
	t.Run("the first file of an id stays", func(t *testing.T) {
		f, want := New(1000)
		put(t, s, f, bytes.NewReader(want))
		other, bytesOf := New(1001)
		other.Key = f.Key
		if err := s.Put(t.Context(), other, bytes.NewReader(bytesOf)); !errors.Is(err, files.ErrOther) {
			t.Errorf("another file: %v, want ErrOther", err)
		}
		Holds(t, s, f, want)
	})
	t.Run("what is not whole is not there", func(t *testing.T) { halves(t, s) })
	t.Run("several write one file at once", func(t *testing.T) {
		f, want := New(twoChunks)
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				if err := s.Put(t.Context(), f, bytes.NewReader(want)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		Holds(t, s, f, want)
	})
	t.Run("a deleted file is not there and may come again", func(t *testing.T) {
		f, want := New(twoChunks)
		put(t, s, f, bytes.NewReader(want))
		for range 2 {
			if err := s.Delete(t.Context(), f.Key); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := s.ReadAt(t.Context(), f.Key, make([]byte, 1), 0); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("afterwards: %v, want not found", err)
		}
		put(t, s, f, bytes.NewReader(want))
		Holds(t, s, f, want)
	})
	t.Run("a key has no path", func(t *testing.T) {
		f, want := New(10)
		for _, id := range []string{"", "../../../../etc/passwd", "0000000000000000000/..", "000000000000000000000\x00"} {
			f.ID = id
			if err := s.Put(t.Context(), f, bytes.NewReader(want)); err == nil {
				t.Errorf("the id %q is taken", id)
			}
		}
		f, _ = New(10)
		f.Chat = "../aaaaaaaaaaaaa"
		if err := s.Put(t.Context(), f, bytes.NewReader(want)); err == nil {
			t.Error("a path is taken for a chat")
		}
	})
}

func parts(t *testing.T, s files.Store) {
	const size = 2*chunk + 1000
	f, want := New(size)
	put(t, s, f, bytes.NewReader(want))
	for _, c := range []struct{ from, length, n int64 }{
		{0, 1, 1}, {1, chunk + 500, chunk + 500}, {chunk - 1, 2, 2}, {chunk, size, size - chunk},
		{size - 1, 10, 1}, {size, 10, 0}, {9_000_000, 10, 0}, {5, 0, 0},
	} {
		p := make([]byte, c.length)
		n, got, err := s.ReadAt(t.Context(), f.Key, p, c.from)
		if err != nil || int64(n) != c.n || n > 0 && !bytes.Equal(p[:n], want[c.from:c.from+c.n]) || got != f {
			t.Errorf("%d from %d: %d of %d bytes of %+v, %v", c.length, c.from, n, c.n, got, err)
		}
	}
}

func halves(t *testing.T, s files.Store) {
	broken := errors.New("the line was cut")
	const cut = chunk + 500 // in the second chunk
	f, want := New(twoChunks)
	wrong := bytes.Clone(want)
	wrong[10]++
	canceled, cancel := context.WithCancel(t.Context())
	for name, c := range map[string]struct {
		ctx  context.Context
		from io.Reader
		want error
	}{
		"a cut line":     {t.Context(), io.MultiReader(bytes.NewReader(want[:cut]), iotest.ErrReader(broken)), broken},
		"too few":        {t.Context(), bytes.NewReader(want[:twoChunks-1]), files.ErrDamaged},
		"none":           {t.Context(), bytes.NewReader(nil), files.ErrDamaged},
		"too many":       {t.Context(), bytes.NewReader(append(bytes.Clone(want), 'x')), files.ErrDamaged},
		"other bytes":    {t.Context(), bytes.NewReader(wrong), files.ErrDamaged},
		"it is given up": {canceled, io.MultiReader(bytes.NewReader(want[:cut]), stops{cancel}, bytes.NewReader(want[cut:])), context.Canceled},
	} {
		if err := s.Put(c.ctx, f, c.from); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if _, err := s.Look(t.Context(), f.Key); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("%s: the file is there: %v", name, err)
		}
	}
	put(t, s, f, bytes.NewReader(want))
	Holds(t, s, f, want)
}

// stops is a reader without bytes that ends a context.
type stops struct{ cancel context.CancelFunc }

func (s stops) Read([]byte) (int, error) { s.cancel(); return 0, io.EOF }

func put(t *testing.T, s files.Store, f files.File, from ...io.Reader) {
	t.Helper()
	if err := s.Put(t.Context(), f, io.MultiReader(from...)); err != nil {
		t.Fatal(err)
	}
}

// Holds fails unless the store has the file with these bytes.
func Holds(t *testing.T, s files.Store, f files.File, want []byte) {
	t.Helper()
	if got, err := s.Look(t.Context(), f.Key); err != nil || got != f {
		t.Errorf("described as %+v, %v, want %+v", got, err, f)
	}
	p := make([]byte, len(want)+10)
	n, _, err := s.ReadAt(t.Context(), f.Key, p, 0)
	if err != nil || !bytes.Equal(p[:n], want) {
		t.Errorf("%d bytes are read of %d, or others, %v", n, len(want), err)
	}
}
