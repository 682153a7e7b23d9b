// This file exists only because no image can be pulled on some machines.

package standin

import (
	"archive/tar"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"
)

// files writes an image's files as a tar stream. After the first error it does nothing.
type files struct {
	tar *tar.Writer
	err error
}

func write(to io.Writer, what func(*files)) error {
	f := &files{tar: tar.NewWriter(to)}
	what(f)
	if f.err != nil {
		return f.err
	}
	return f.tar.Close()
}

func (f *files) header(h tar.Header) {
	if f.err == nil {
		h.Format, h.ModTime = tar.FormatPAX, time.Unix(0, 0)
		f.err = f.tar.WriteHeader(&h)
	}
}

func (f *files) dir(name string, mode int64, owner int) {
	f.header(tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: mode, Uid: owner, Gid: owner})
}

func (f *files) text(name, text string, mode int64) {
	f.header(tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(text))})
	if f.err == nil {
		_, f.err = io.WriteString(f.tar, text)
	}
}

func (f *files) link(name, target string) {
	f.header(tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target, Mode: 0o777})
}

func (f *files) copy(from, name string, mode int64) {
	if f.err != nil {
		return
	}
	src, err := os.Open(from)
	if err != nil {
		f.err = err
		return
	}
	defer func() { _ = src.Close() }()
	info, err := src.Stat()
	if err != nil {
		f.err = err
		return
	}
	f.header(tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: info.Size()})
	if f.err == nil {
		_, f.err = io.Copy(f.tar, src)
	}
}

// tree copies a folder, except what leave names.
func (f *files) tree(from, to string, leave func(name string) bool) {
	if f.err != nil {
		return
	}
	f.err = filepath.WalkDir(from, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, file)
		if err != nil {
			return err
		}
		name := path.Join(to, filepath.ToSlash(rel))
		switch {
		case leave(filepath.ToSlash(rel)) && d.IsDir():
			return filepath.SkipDir
		case leave(filepath.ToSlash(rel)):
		case d.IsDir():
			f.dir(name, 0o755, 0)
		case d.Type().IsRegular():
			info, err := d.Info()
			if err != nil {
				return err
			}
			f.copy(file, name, int64(info.Mode().Perm()))
		default:
			return fmt.Errorf("%s is neither a file nor a folder", file)
		}
		return f.err
	})
}
