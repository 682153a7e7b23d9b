package ferrettest_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/gridfs"

	"github.com/parley-chat/parley/pkg/files"
	"github.com/parley-chat/parley/pkg/files/filestest"
	"github.com/parley-chat/parley/pkg/files/gridfiles"
	"github.com/parley-chat/parley/pkg/store"
)

// Every command about files names the key by which their collections can be sharded, too.
func TestFiles(t *testing.T) {
	if uri := os.Getenv("MONGO_URL"); uri != "" {
		filestest.Run(t, func(t *testing.T) files.Store { return openFiles(t, sharded(t, fresh(t, uri))) })
		return
	}
	server, sent := start(t), newShards()
	server.Watch(sent.watch)
	filestest.Run(t, func(t *testing.T) files.Store { return openFiles(t, fresh(t, server.URI())) })
	sent.check(t, "createIndexes fs.files", "createIndexes fs.chunks", "insert fs.files", "insert fs.chunks", "find fs.files", "find fs.chunks", "delete fs.files", "delete fs.chunks")
}

func openFiles(t testing.TB, uri string) *gridfiles.Store {
	t.Helper()
	s, err := gridfiles.Open(t.Context(), open(t, uri))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A line that is cut, or a MongoDB that goes away, in the middle of a file leaves what the next
// writer of that file goes on from, and nothing that is taken for the file.
func TestAFileThatWasCutIsWholeWhenItIsPutAgain(t *testing.T) {
	server := start(t)
	s := openFiles(t, server.URI())
	f, want := filestest.New(900_000)
	away := func(p []byte) (int, error) { server.Away(); return 0, io.EOF }
	var down *store.DownError
	if err := s.Put(t.Context(), f, io.MultiReader(bytes.NewReader(want[:600_000]), readerFunc(away), bytes.NewReader(want[600_000:]))); !errors.As(err, &down) {
		t.Errorf("while MongoDB is away: %v, want a DownError", err)
	}
	if _, err := s.Look(t.Context(), f.Key); !errors.As(err, &down) || errors.Is(err, files.ErrNotFound) {
		t.Errorf("looked for meanwhile: %v, want a DownError", err)
	}
	if err := server.Back(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Look(t.Context(), f.Key); !errors.Is(err, files.ErrNotFound) {
		t.Errorf("looked for afterwards: %v, want not found", err)
	}
	if err := s.Put(t.Context(), f, bytes.NewReader(want)); err != nil {
		t.Fatal(err)
	}
	filestest.Holds(t, s, f, want)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// What is stored is GridFS: the driver's own reader, and mongofiles, read it.
func TestDriversReadTheFiles(t *testing.T) {
	owner := open(t, start(t).URI())
	s, err := gridfiles.Open(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	f, want := filestest.New(600_000)
	if err := s.Put(t.Context(), f, bytes.NewReader(want)); err != nil {
		t.Fatal(err)
	}
	bucket, err := gridfs.NewBucket(owner.Database())
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if _, err := bucket.DownloadToStream(f.Key.String(), &got); err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the driver reads %d bytes of %d, or others, %v", got.Len(), len(want), err)
	}
	cursor, err := bucket.Find(bson.D{{Key: "filename", Value: f.Name}})
	if err != nil || !cursor.Next(t.Context()) {
		t.Errorf("it is not found by its name: %v", err)
	}
}
