// Package diskfiles keeps files in a folder, for an installation whose chats are in SQLite. A file is
// one file on the disk: a line of JSON that describes it, and its bytes after that.
package diskfiles

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/parley-chat/parley/pkg/files"
	"github.com/parley-chat/parley/pkg/store"
)

// unfinished is the folder of files that are being written.
const unfinished = "unfinished"

// maxHeader bounds the line that describes a file.
const maxHeader = 16 << 10

// Store is a files.Store in a folder. One process uses a folder at a time.
type Store struct{ folder string }

var _ files.Store = (*Store)(nil)

// Open returns the store in a folder, which it makes if necessary, and removes what was being
// written there when a process died.
func Open(folder string) (*Store, error) {
	s := &Store{folder}
	if err := os.RemoveAll(filepath.Join(folder, unfinished)); err != nil {
		return nil, s.explain(err)
	}
	if err := os.MkdirAll(filepath.Join(folder, unfinished), 0o700); err != nil {
		return nil, s.explain(err)
	}
	return s, nil
}

// path spreads the chats over 256 folders, so that none has too many entries.
func (s *Store) path(k files.Key) string {
	sum := sha256.Sum256([]byte(k.Chat))
	name := k.ID
	if k.Thumb {
		name += ".thumb"
	}
	return filepath.Join(s.folder, hex.EncodeToString(sum[:1]), string(k.Chat), name)
}

// Put implements files.Store. The file is written elsewhere and gets its name when it is on the disk.
func (s *Store) Put(ctx context.Context, f files.File, from io.Reader) error {
	there, err := s.Look(ctx, f.Key)
	if err == nil {
		return files.Same(there, f)
	}
	if !errors.Is(err, files.ErrNotFound) {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Join(s.folder, unfinished), "")
	if err != nil {
		return s.explain(err)
	}
	err = s.write(ctx, tmp, f, from)
	if err == nil {
		err = s.name(tmp.Name(), s.path(f.Key))
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("put file %s: %w", f.Key, err)
	}
	return nil
}

// write writes the file and has it on the disk when it returns nil.
func (s *Store) write(ctx context.Context, to *os.File, f files.File, from io.Reader) (err error) {
	defer func() {
		if closed := to.Close(); err == nil && closed != nil {
			err = s.explain(closed)
		}
	}()
	line, err := json.Marshal(f)
	if err != nil {
		return err
	}
	if _, err := to.Write(append(line, '\n')); err != nil {
		return s.explain(err)
	}
	from, buf := files.Checked(f, from), make([]byte, 64<<10)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, readErr := from.Read(buf)
		if _, err := to.Write(buf[:n]); err != nil {
			return s.explain(err)
		}
		if readErr == io.EOF {
			break
		}
		if readErr != nil {
			return readErr
		}
	}
	return s.explain(to.Sync())
}

// name gives a written file its name, which is on the disk when it returns nil, as those of new
// folders above it are.
func (s *Store) name(tmp, path string) error {
	chat := filepath.Dir(path)
	if err := os.MkdirAll(chat, 0o700); err != nil {
		return s.explain(err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return s.explain(err)
	}
	for _, folder := range []string{chat, filepath.Dir(chat), s.folder} {
		if err := syncFolder(folder); err != nil {
			return s.explain(err)
		}
	}
	return nil
}

func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Look implements files.Store.
func (s *Store) Look(_ context.Context, key files.Key) (files.File, error) {
	file, f, _, err := s.open(key)
	if err != nil {
		return f, err
	}
	return f, s.explain(file.Close())
}

// ReadAt implements files.Store.
func (s *Store) ReadAt(_ context.Context, key files.Key, p []byte, offset int64) (n int, f files.File, err error) {
	file, f, begins, err := s.open(key)
	if err != nil {
		return 0, f, err
	}
	defer func() { _ = file.Close() }()
	n, err = file.ReadAt(p[:max(0, min(int64(len(p)), f.Size-offset))], begins+offset)
	if err == io.EOF {
		return n, f, fmt.Errorf("read file %s: it is shorter on the disk than its first line says", key)
	}
	return n, f, s.explain(err)
}

// open returns an open file, what describes it, and where its bytes begin.
func (s *Store) open(key files.Key) (file *os.File, f files.File, begins int64, err error) {
	if err := key.Check(); err != nil {
		return nil, f, 0, err
	}
	file, err = os.Open(s.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, f, 0, fmt.Errorf("look for file %s: %w", key, s.absent())
	}
	if err != nil {
		return nil, f, 0, s.explain(err)
	}
	line, err := bufio.NewReaderSize(io.LimitReader(file, maxHeader), 512).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &f)
	}
	if err != nil {
		_ = file.Close()
		return nil, f, 0, fmt.Errorf("read what describes file %s: %w", key, err)
	}
	f.Key = key
	return file, f, int64(len(line)), nil
}

// absent is the error of a file that is not there: of a disk that is not mounted, or a folder that was
// moved away, none is.
func (s *Store) absent() error {
	if _, err := os.Stat(filepath.Join(s.folder, unfinished)); err != nil {
		return s.explain(err)
	}
	return files.ErrNotFound
}

// Delete implements files.Store.
func (s *Store) Delete(_ context.Context, key files.Key) error {
	if err := key.Check(); err != nil {
		return err
	}
	path := s.path(key)
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return s.explain(err)
	}
	if err := os.Remove(filepath.Dir(path)); err == nil { // it was the chat's last one
		path = filepath.Dir(path)
	}
	return s.explain(syncFolder(filepath.Dir(path)))
}

// explain says in a sentence what is wrong with the folder.
func (s *Store) explain(err error) error {
	if err == nil {
		return nil
	}
	why := err
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		why = path.Err
	} else if link, ok := errors.AsType[*os.LinkError](err); ok {
		why = link.Err
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return &store.DownError{Sentence: "the disk of the folder " + s.folder + " is full", Cause: err}
	}
	return &store.DownError{Sentence: "the folder " + s.folder + " can't be used: " + why.Error(), Cause: err}
}
