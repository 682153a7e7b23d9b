package diskfiles

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/parley-chat/parley/pkg/files"
	"github.com/parley-chat/parley/pkg/files/filestest"
	"github.com/parley-chat/parley/pkg/store"
)

func TestStore(t *testing.T) {
	filestest.Run(t, func(t *testing.T) files.Store {
		s, err := Open(filepath.Join(t.TempDir(), "files"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if left := within(t, filepath.Join(s.folder, unfinished)); len(left) > 0 {
				t.Errorf("unfinished files are left: %q", left)
			}
		})
		return s
	})
}

// within returns the files in a folder and below.
func within(t *testing.T, folder string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWhatAKilledProcessLeftIsRemoved(t *testing.T) {
	folder := t.TempDir()
	s, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	f, want := filestest.New(1000)
	if err := s.Put(t.Context(), f, bytes.NewReader(want)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, unfinished, "123"), want, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(folder); err != nil {
		t.Fatal(err)
	}
	if left := within(t, folder); len(left) != 1 {
		t.Errorf("there are %q, want the one file", left)
	}
	filestest.Holds(t, s, f, want)
}

// The limit of a file's size stands for that of a disk: the write fails in the middle.
func TestAFullDiskIsASentenceAndLeavesNothing(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f, want := filestest.New(700_000)
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 300_000, Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	err = s.Put(t.Context(), f, bytes.NewReader(want))
	if back := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); back != nil {
		t.Fatal(back)
	}
	var down *store.DownError
	if !errors.As(err, &down) {
		t.Errorf("%v, want a DownError", err)
	}
	if left := within(t, s.folder); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if err := s.Put(t.Context(), f, bytes.NewReader(want)); err != nil {
		t.Errorf("with room: %v", err)
	}
	if full := s.explain(&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}).Error(); full != "the disk of the folder "+s.folder+" is full" {
		t.Error(full)
	}
}

func TestAFolderThatIsGoneIsNotOneWithoutFiles(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "files")
	s, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	f, want := filestest.New(1000)
	if err := s.Put(t.Context(), f, bytes.NewReader(want)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(folder, folder+"-away"); err != nil {
		t.Fatal(err)
	}
	var down *store.DownError
	if _, err := s.Look(t.Context(), f.Key); !errors.As(err, &down) || errors.Is(err, files.ErrNotFound) {
		t.Errorf("%v, want a DownError", err)
	}
	if err := os.Rename(folder+"-away", folder); err != nil {
		t.Fatal(err)
	}
	filestest.Holds(t, s, f, want)
}
