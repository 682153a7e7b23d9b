package bus_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

func openFiles(t testing.TB, conn *bus.Conn) *bus.Files {
	t.Helper()
	f, err := conn.OpenFiles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func fileOf(id string) bus.FileObject {
	return bus.FileObject{FileKey: bus.FileKey{Chat: chat.NewID(), ID: (id + "----------------------")[:chat.FileIDLength]}, Name: "a screenshot.png", Type: "image/png", Width: 3, Height: 2}
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(n), byte(n >> 8)}).Read(b)
	return b
}

func TestAFileIsReadByteForByteAsItWasPut(t *testing.T) {
	f := openFiles(t, bustest.Conn(t))
	for _, size := range []int{1, 1000, 128<<10 - 1, 128 << 10, 128<<10 + 1, 1_300_000} {
		want := randomBytes(size)
		file := fileOf("whole")
		put, err := f.Put(t.Context(), file, iotest.HalfReader(bytes.NewReader(want)))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(want)
		if put.Size != int64(size) || put.Hash != base64.RawURLEncoding.EncodeToString(sum[:]) || put.Name != file.Name || put.Width != 3 {
			t.Errorf("%d bytes are described as %+v", size, put)
		}
		r, err := f.Open(t.Context(), file.FileKey)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(r, want); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
		if there, err := f.Look(t.Context(), file.FileKey); err != nil || there.Hash != put.Hash || there.Size != put.Size || there.Type != file.Type || time.Since(there.At) > time.Hour {
			t.Errorf("looked at: %+v, %v", there, err)
		}
	}
}

func TestAPartOfAFileIsReadFromItsOffset(t *testing.T) {
	f := openFiles(t, bustest.Conn(t))
	want, file := randomBytes(900_000), fileOf("part")
	if _, err := f.Put(t.Context(), file, bytes.NewReader(want)); err != nil {
		t.Fatal(err)
	}
	r, err := f.Open(t.Context(), file.FileKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range []int64{850_000, 131_072, 131_071, 0, 899_999} {
		if _, err := r.Seek(from, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, min(200_000, 900_000-from))
		if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, want[from:from+int64(len(got))]) {
			t.Errorf("from %d: other bytes, or %v", from, err)
		}
	}
}

func TestAFileThatIsPutAgainIsTheSame(t *testing.T) {
	f := openFiles(t, bustest.Conn(t))
	want, file := randomBytes(300_000), fileOf("again")
	first, err := f.Put(t.Context(), file, bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	used := usedBy(t, f)
	again, err := f.Put(t.Context(), file, bytes.NewReader(want))
	if err != nil || again.Hash != first.Hash || again.Name != first.Name {
		t.Errorf("put again: %+v, %v", again, err)
	}
	if now := usedBy(t, f); now != used {
		t.Errorf("the second copy was kept: %d bytes, were %d", now, used)
	}
	if _, err := f.Put(t.Context(), file, bytes.NewReader(want[1:])); !errors.Is(err, bus.ErrConflict) {
		t.Errorf("other bytes under the same id: %v, want a conflict", err)
	}
	internal := file
	internal.Internal = true
	if _, err := f.Put(t.Context(), internal, bytes.NewReader(want)); !errors.Is(err, bus.ErrConflict) {
		t.Errorf("the same bytes, for agents only: %v, want a conflict", err)
	}
	if now := usedBy(t, f); now != used {
		t.Errorf("what was refused was kept: %d bytes, were %d", now, used)
	}
}

func TestAnUploadThatIsNotCompletedLeavesNothing(t *testing.T) {
	f := openFiles(t, bustest.Conn(t))
	broken := errors.New("the line was cut")
	for name, from := range map[string]func(cancel context.CancelFunc) io.Reader{
		"a line that is cut": func(context.CancelFunc) io.Reader {
			return io.MultiReader(bytes.NewReader(randomBytes(700_000)), iotest.ErrReader(broken))
		},
		"a sender who stops": func(cancel context.CancelFunc) io.Reader {
			return io.MultiReader(bytes.NewReader(randomBytes(700_000)), readerFunc(func([]byte) (int, error) { cancel(); return 0, io.EOF }))
		},
		"nothing at all": func(context.CancelFunc) io.Reader { return bytes.NewReader(nil) },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		file := fileOf("half")
		if _, err := f.Put(ctx, file, from(cancel)); err == nil {
			t.Errorf("%s: it is taken for a file", name)
		}
		cancel()
		if _, err := f.Look(t.Context(), file.FileKey); !errors.Is(err, bus.ErrNotFound) {
			t.Errorf("%s: %v, want not found", name, err)
		}
		if n := usedBy(t, f); n != 0 {
			t.Errorf("%s: %d bytes are left", name, n)
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestADeletedFileLeavesNothing(t *testing.T) {
	f := openFiles(t, bustest.Conn(t))
	file := fileOf("deleted")
	if _, err := f.Put(t.Context(), file, bytes.NewReader(randomBytes(400_000))); err != nil {
		t.Fatal(err)
	}
	r, err := f.Open(t.Context(), file.FileKey)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := f.Delete(t.Context(), file.FileKey); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := io.ReadAll(r); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("read while it was deleted: %v, want not found", err)
	}
	if has, err := f.Has(t.Context(), file.FileKey); err != nil || has {
		t.Errorf("it is there: %v, %v", has, err)
	}
	if n := usedBy(t, f); n != 0 {
		t.Errorf("%d bytes are left", n)
	}
	if _, err := f.Put(t.Context(), file, bytes.NewReader([]byte("x"))); err != nil {
		t.Errorf("put afterwards: %v", err)
	}
	if has, err := f.Has(t.Context(), file.FileKey); err != nil || !has {
		t.Errorf("it is not there: %v", err)
	}
}

func TestAFileIsDescribedAnewIfItIsTheOneThatWasRead(t *testing.T) {
	f := openFiles(t, bustest.Conn(t))
	file, want := fileOf("described"), randomBytes(200_000)
	put, err := f.Put(t.Context(), file, bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	put.HasThumb = true
	if err := f.Describe(t.Context(), put); err != nil {
		t.Fatal(err)
	}
	if err := f.Describe(t.Context(), put); !errors.Is(err, bus.ErrConflict) {
		t.Errorf("of what was read before: %v, want a conflict", err)
	}
	r, err := f.Open(t.Context(), file.FileKey)
	if err != nil || !r.HasThumb {
		t.Fatalf("described as %+v, %v", r, err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
		t.Errorf("other bytes, or %v", err)
	}
}

func TestAFullObjectStoreRefusesFilesAndNoMessages(t *testing.T) {
	conn := bustest.Start(t).ConnectWith(bus.Options{Name: "gateway", MaxBytes: 16 << 20, Log: zerolog.Nop()})
	f := openFiles(t, conn)
	var full *bus.FullError
	for range 8 {
		if _, err := f.Put(t.Context(), fileOf("full"), bytes.NewReader(randomBytes(1_000_000))); errors.As(err, &full) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if full == nil || !errors.Is(full, bus.ErrUnavailable) {
		t.Fatalf("8 MB fit into a fifth of 16: %v", full)
	}
	uploads := usedBy(t, f)
	if keys, err := f.Keys(t.Context()); err != nil {
		t.Fatal(err)
	} else if uint64(len(keys))*1_100_000 < uploads {
		t.Errorf("%d files have %d bytes: what was refused left something", len(keys), uploads)
	}
	if err := conn.Room(); err != nil {
		t.Errorf("messages are refused: %v", err)
	}
	if _, err := conn.AppendIn(t.Context(), visitorSays(chat.NewID(), "1", "hello"), &bus.Hint{}); err != nil {
		t.Errorf("a message is not stored: %v", err)
	}
}

func usedBy(t testing.TB, f *bus.Files) uint64 {
	t.Helper()
	n, err := f.Used(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestASweepRemovesWhatIsOldOnly(t *testing.T) {
	conn := bustest.Conn(t)
	f := openFiles(t, conn)
	for range 3 {
		if _, err := f.Put(t.Context(), fileOf("swept"), bytes.NewReader(randomBytes(200_000))); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := f.Sweep(t.Context(), time.Now().Add(-time.Hour), 100); err != nil || n != (bus.FileRemains{}) {
		t.Errorf("swept: %+v, %v, want nothing", n, err)
	}
	bus.LeaveUpload(t, f, fileOf("left").FileKey)
	if n, err := f.Sweep(t.Context(), time.Now().Add(time.Hour), 2); err != nil || n.Files+n.Uploads != 2 {
		t.Errorf("swept: %+v, %v, want two at most", n, err)
	}
	if n, err := f.Sweep(t.Context(), time.Now().Add(time.Hour), 100); err != nil || n.Files+n.Uploads != 4 {
		t.Errorf("swept: %+v, %v, want what was left", n, err)
	}
	if n := usedBy(t, f); n != 0 {
		t.Errorf("%d bytes are left", n)
	}
}

// Whoever reads a file of one region puts it into another with all that describes it.
func TestAFileIsCopiedFromOneRegionToAnother(t *testing.T) {
	from, to := openFiles(t, bustest.Conn(t)), openFiles(t, bustest.Conn(t))
	file, want := fileOf("copied"), randomBytes(300_000)
	file.Internal, file.Checked, file.HasThumb = true, true, true
	if _, err := from.Put(t.Context(), file, bytes.NewReader(want)); err != nil {
		t.Fatal(err)
	}
	r, err := from.Open(t.Context(), file.FileKey)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Put(t.Context(), r.FileObject, r); err != nil {
		t.Fatal(err)
	}
	copied, err := to.Open(t.Context(), file.FileKey)
	if err != nil || copied.Hash != r.Hash || copied.Size != 300_000 || !copied.Internal || !copied.Checked || !copied.HasThumb {
		t.Fatalf("copied: %+v, %v", copied, err)
	}
	if got, err := io.ReadAll(copied); err != nil || !bytes.Equal(got, want) {
		t.Errorf("other bytes, or %v", err)
	}
}
