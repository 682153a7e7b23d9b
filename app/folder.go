package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/gofrs/flock"
)

// lock keeps other processes off the data folder.
func (s *system) lock() (unlock func(), err error) {
	if err := os.MkdirAll(s.DataDir, 0o700); err != nil {
		return nil, configError{fmt.Errorf("DATA_DIR: the folder %s can't be created: %w", s.DataDir, cause(err))}
	}
	l := flock.New(filepath.Join(s.DataDir, "lock"))
	ok, err := l.TryLock()
	if err != nil {
		return nil, configError{fmt.Errorf("DATA_DIR: the folder %s can't be written to: %w", s.DataDir, cause(err))}
	}
	if !ok {
		return nil, configError{fmt.Errorf("another Parley is running on the data folder %s; stop it, or set DATA_DIR to another folder", s.DataDir)}
	}
	return func() { _ = l.Unlock() }, nil
}

// cause returns why a file can't be used, without its path: the caller names it.
func cause(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}

// writable says why chats can't be kept in a folder, if the reason is a lasting one.
// A full disk is not.
func writable(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("DATA_DIR: the folder %s can't be created: %w", folder, cause(err))
	}
	f, err := os.OpenFile(filepath.Join(folder, historyFile), os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("DATA_DIR: %s in the folder %s can't be written to: %w", historyFile, folder, cause(err))
	}
	return f.Close()
}
