// Package gridfiles keeps files in MongoDB, in the collections and the format of GridFS, which every
// driver and mongofiles read.
//
// The driver's own writer is not used: it holds 16 MB for each file, and a file that was written in
// part stands in its own way. Here each chunk has an id of its own, and writing it again
// changes nothing.
package gridfiles

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/parley-chat/parley/pkg/files"
)

const (
	// chunk is how many bytes one has, as GridFS has it.
	chunk = 255 << 10
	// patience bounds a command whose context has no deadline.
	patience = 30 * time.Second
)

// Database is where the chats are, as mongostore.Store has it open.
type Database interface {
	// Database is on connections that wait for a majority of the servers.
	Database() *mongo.Database
	// Explain turns an error of the driver into a sentence.
	Explain(err error) error
}

// Store is a files.Store in a database of MongoDB. The database is its owner's to close.
type Store struct {
	in            Database
	files, chunks *mongo.Collection
}

var _ files.Store = (*Store)(nil)

// Open returns the store and makes its indexes, which may be repeated.
func Open(ctx context.Context, in Database) (*Store, error) {
	db := in.Database()
	s := &Store{in: in, files: db.Collection("fs.files"), chunks: db.Collection("fs.chunks")}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// Both have the names and the keys that drivers give them.
	for _, index := range []struct {
		of     *mongo.Collection
		name   string
		keys   bson.D
		unique bool
	}{
		{s.files, "filename_1_uploadDate_1", bson.D{{Key: "filename", Value: 1}, {Key: "uploadDate", Value: 1}}, false},
		{s.chunks, "files_id_1_n_1", bson.D{{Key: "files_id", Value: 1}, {Key: "n", Value: 1}}, true},
	} {
		opts := options.Index().SetName(index.name)
		if index.unique {
			opts.SetUnique(true)
		}
		if _, err := index.of.Indexes().CreateOne(ctx, mongo.IndexModel{Keys: index.keys, Options: opts}); err != nil {
			return nil, fmt.Errorf("make the index %s of %s: %w", index.name, index.of.Name(), in.Explain(err))
		}
	}
	return s, nil
}

// fileDoc is a document of fs.files. It is written last: a file without it does not exist.
type fileDoc struct {
	ID     string     `bson:"_id"`
	Length int64      `bson:"length"`
	Chunk  int32      `bson:"chunkSize"`
	At     time.Time  `bson:"uploadDate"`
	Name   string     `bson:"filename"`
	Meta   files.File `bson:"metadata"`
}

// chunkDoc is a document of fs.chunks. Its id keeps two writers of one file from writing it twice.
type chunkDoc struct {
	ID   string `bson:"_id"`
	File string `bson:"files_id"`
	N    int32  `bson:"n"`
	Data []byte `bson:"data"`
}

func chunkID(key files.Key, n int) string { return key.String() + "#" + strconv.Itoa(n) }

// ofChunk finds a chunk; the collection may be sharded by files_id.
func ofChunk(key files.Key, n int) bson.D {
	return bson.D{{Key: "_id", Value: chunkID(key, n)}, {Key: "files_id", Value: key.String()}}
}

// Put implements files.Store.
func (s *Store) Put(ctx context.Context, f files.File, from io.Reader) error {
	there, err := s.Look(ctx, f.Key)
	if err == nil {
		return files.Same(there, f)
	}
	if !errors.Is(err, files.ErrNotFound) {
		return err
	}
	if err := s.putChunks(ctx, f, from); err != nil {
		return fmt.Errorf("put file %s: %w", f.Key, err)
	}
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err = s.files.InsertOne(bounded, fileDoc{f.String(), f.Size, chunk, time.Now().UTC(), f.Name, f})
	if mongo.IsDuplicateKeyError(err) {
		there, err := s.Look(ctx, f.Key)
		if err != nil {
			return err
		}
		return files.Same(there, f)
	}
	if err != nil {
		return fmt.Errorf("put file %s: %w", f.Key, s.in.Explain(err))
	}
	return nil
}

func (s *Store) putChunks(ctx context.Context, f files.File, from io.Reader) error {
	from, buf := files.Checked(f, from), make([]byte, chunk)
	for n := 0; ; n++ {
		size, err := io.ReadFull(from, buf)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
		if size > 0 {
			if err := s.putChunk(ctx, f.Key, n, buf[:size]); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

// putChunk writes a chunk, unless an earlier writer of the same file has. Should that have had other
// bytes, which were found out later, they are replaced.
func (s *Store) putChunk(ctx context.Context, key files.Key, n int, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	doc := chunkDoc{chunkID(key, n), key.String(), int32(n), data}
	_, err := s.chunks.InsertOne(ctx, doc)
	if !mongo.IsDuplicateKeyError(err) {
		return s.in.Explain(err)
	}
	var there chunkDoc
	if err := s.chunks.FindOne(ctx, ofChunk(key, n)).Decode(&there); err != nil {
		return s.in.Explain(err)
	}
	if bytes.Equal(there.Data, data) {
		return nil
	}
	_, err = s.chunks.ReplaceOne(ctx, ofChunk(key, n), doc)
	return s.in.Explain(err)
}

// Look implements files.Store.
func (s *Store) Look(ctx context.Context, key files.Key) (f files.File, err error) {
	if err := key.Check(); err != nil {
		return f, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var doc fileDoc
	switch err := s.files.FindOne(ctx, bson.D{{Key: "_id", Value: key.String()}}).Decode(&doc); {
	case errors.Is(err, mongo.ErrNoDocuments):
		return f, fmt.Errorf("look for file %s: %w", key, files.ErrNotFound)
	case err != nil:
		return f, fmt.Errorf("look for file %s: %w", key, s.in.Explain(err))
	}
	doc.Meta.Key = key
	return doc.Meta, nil
}

// ReadAt implements files.Store.
func (s *Store) ReadAt(ctx context.Context, key files.Key, p []byte, offset int64) (read int, f files.File, err error) {
	f, err = s.Look(ctx, key)
	if err != nil {
		return 0, f, err
	}
	p = p[:max(0, min(int64(len(p)), f.Size-offset))]
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for read < len(p) {
		at := offset + int64(read)
		n, from := int(at/chunk), int(at%chunk)
		var doc chunkDoc
		err := s.chunks.FindOne(ctx, ofChunk(key, n)).Decode(&doc)
		if err == nil && from >= len(doc.Data) {
			err = errors.New("it is too short")
		}
		if err != nil {
			return read, f, fmt.Errorf("read chunk %d of file %s: %w", n, key, s.in.Explain(err))
		}
		read += copy(p[read:], doc.Data[from:])
	}
	return read, f, nil
}

// Delete implements files.Store.
func (s *Store) Delete(ctx context.Context, key files.Key) error {
	if err := key.Check(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := s.files.DeleteOne(ctx, bson.D{{Key: "_id", Value: key.String()}})
	if err == nil {
		_, err = s.chunks.DeleteMany(ctx, bson.D{{Key: "files_id", Value: key.String()}})
	}
	if err != nil {
		return fmt.Errorf("delete file %s: %w", key, s.in.Explain(err))
	}
	return nil
}
