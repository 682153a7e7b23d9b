package knowledge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// LookEvery is how often a folder is looked at for changes. A change is taken over once the
// folder was the same twice in a row, so after twice that time at most, and the time that
// the pages take to read.
const LookEvery = 10 * time.Second

// Folder is a folder of pages that is read again when it has changed, or when a page
// appears or vanishes by a date of its own: all of it, or nothing.
// As long as the pages as they are now can't be used, those from before stay.
type Folder struct {
	path     string
	synonyms *Thesaurus
	index    atomic.Pointer[Index]
	readAt   atomic.Pointer[time.Time]
	refused  atomic.Bool
	now      func() time.Time

	// Only Follow uses these.
	used     signature // what the index was made from
	inVain   time.Time // the date of the index at which it could not be made again
	seen     signature // how the folder looked last time
	declined signature // what could not be used, and was reported
}

// OpenFolder reads the pages in the folder. A page that can't be used is left out, and
// named by the index's Warnings; an error means that no page can be used. Words that say the
// same are found with the synonyms; nil: those in the tree.
func OpenFolder(ctx context.Context, path string, synonyms *Thesaurus) (*Folder, error) {
	f := &Folder{path: path, synonyms: synonyms, now: time.Now}
	var err error
	if f.used, err = sign(ctx, path); err != nil {
		return nil, err
	}
	ix, err := loadFolderAt(ctx, path, f.now(), synonyms)
	if err != nil {
		return nil, err
	}
	f.take(ix)
	f.seen = f.used
	return f, nil
}

// OpenBuiltin reads the pages about Parley itself. They never change.
func OpenBuiltin(ctx context.Context, synonyms *Thesaurus) (*Folder, error) {
	ix, err := loadAt(ctx, Builtin(), time.Now(), synonyms)
	if err != nil {
		return nil, err
	}
	f := &Folder{now: time.Now}
	f.take(ix)
	return f, nil
}

// Current returns the index of the pages. It may be used for as long as one likes; whoever
// asks again may get another one.
func (f *Folder) Current() *Index { return f.index.Load() }

// ReadAt is when the pages were read that the bot answers from.
func (f *Folder) ReadAt() time.Time { return *f.readAt.Load() }

// Refused reports whether the folder has changed since, and can't be used as it is now.
func (f *Folder) Refused() bool { return f.refused.Load() }

func (f *Folder) take(ix *Index) {
	at := f.now()
	f.readAt.Store(&at)
	f.index.Store(ix)
	f.refused.Store(false)
}

// Follow looks at the folder now and then until the context ends, and reads it again when
// it has changed. Each change is reported once: nil if the pages are in use, or why they
// are not. Only one Follow may run at a time. For pages that never change it returns at
// once.
func (f *Folder) Follow(ctx context.Context, every time.Duration, report func(error)) {
	if f.path == "" {
		return
	}
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		if changed, err := f.look(ctx); changed && ctx.Err() == nil {
			report(err)
		}
	}
}

// look takes one look at the folder, and reports whether there is something new to report.
// Pages are read only when the folder was the same the last time: files that are still
// being copied grow.
func (f *Folder) look(ctx context.Context) (changed bool, err error) {
	is, err := sign(ctx, f.path)
	if err != nil {
		is = signature{err: err.Error()}
	}
	switch {
	case is == f.used && !f.due(): // also if it was another in the meantime
		f.seen, f.declined = is, signature{}
		f.refused.Store(!f.inVain.IsZero())
		return false, nil
	case is == f.declined:
		return false, nil
	case is != f.seen:
		f.seen = is
		return false, nil
	}
	ix, err := f.read(ctx, err)
	if after, _ := sign(ctx, f.path); after != is && is.err == "" {
		f.seen = after // it changed while it was read
		return false, nil
	}
	if err != nil {
		if is == f.used {
			f.inVain = f.Current().changes
		} else {
			f.declined = is
		}
		f.refused.Store(true)
		return true, err
	}
	f.take(ix)
	f.used, f.declined, f.inVain = is, signature{}, time.Time{}
	return true, nil
}

// due reports whether a page appears or vanishes by now, by a date of its own. The files
// are the same then, so the pages are read again at once.
func (f *Folder) due() bool {
	changes := f.Current().changes
	return !changes.IsZero() && !f.now().Before(changes) && changes != f.inVain
}

// read reads the pages, unless the folder can't even be looked at.
func (f *Folder) read(ctx context.Context, unreadable error) (*Index, error) {
	if unreadable != nil {
		return nil, unreadable
	}
	ix, err := loadFolderAt(ctx, f.path, f.now(), f.synonyms)
	if err != nil {
		return nil, err
	}
	return ix, errors.Join(broken(ix, f.Current())...)
}

// broken returns the faults of pages that could be used before, or were not there. What
// was left out before may be left out again.
func broken(ix, before *Index) []error {
	usable, known := map[string]bool{}, map[string]bool{}
	for _, d := range ix.docs {
		usable[d.Path] = true
	}
	for _, w := range before.warnings {
		known[faulty(w)] = true
	}
	var out []error
	for _, w := range ix.warnings {
		if name := faulty(w); name != "" && !usable[name] && !known[name] {
			if len(out) == maxWarnings {
				return append(out, errors.New("and more pages that can't be used"))
			}
			out = append(out, errors.New(w))
		}
	}
	return out
}

// faulty is the file that a warning is about, or "" if it is about none in particular.
func faulty(warning string) string {
	name, _, _ := strings.Cut(warning, ": ")
	if !fs.ValidPath(name) || strings.Contains(name, " not read") {
		return "" // such as a count of the files of other kinds
	}
	return name
}

// signature changes whenever a page is added, removed, renamed, replaced or written to. It
// is compared, and never taken apart.
type signature struct {
	files int
	sum   uint64
	err   string // why the folder can't be looked at
}

// maxLooked bounds how many entries of a folder are looked at. Changes of the others are
// not noticed.
const maxLooked = 10 * maxFiles

// sign looks at all pages of the folder, without reading them. Links are followed, as they
// are when pages are read: a ConfigMap changes by one link that leads elsewhere.
func sign(ctx context.Context, path string) (signature, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return signature{}, fmt.Errorf("%s: expected a folder of pages: %w", unreadable, reason(err))
	}
	defer func() { _ = root.Close() }()
	s := signature{sum: 14695981039346656037}
	looked := 0
	folder := root.FS()
	err = fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			if name == "." {
				return err
			}
			s.add(name, reason(err).Error())
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if name != "." && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if looked++; looked > maxLooked {
			return fs.SkipAll
		}
		if d.IsDir() || !isPage(name) {
			return nil
		}
		info, err := fs.Stat(folder, name)
		if err != nil {
			s.add(name, reason(err).Error())
			return nil
		}
		s.add(name, fmt.Sprint(info.Size(), info.ModTime().UnixNano(), inode(info), info.Mode()))
		return nil
	})
	if err != nil {
		return signature{}, fmt.Errorf("%s: expected a folder of pages: %w", unreadable, reason(err))
	}
	return s, nil
}

// add mixes a file into the sum (FNV-1a).
func (s *signature) add(name, state string) {
	s.files++
	for _, text := range []string{name, state} {
		for i := range len(text) {
			s.sum = (s.sum ^ uint64(text[i])) * 1099511628211
		}
		s.sum = (s.sum ^ 0xff) * 1099511628211
	}
}
