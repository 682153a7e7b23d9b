package knowledge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"unicode/utf8"
)

// Limits for reading. What exceeds them is skipped with a warning.
const (
	maxFile     = 1 << 20 // bytes of one page
	maxFolder   = 64 << 20
	maxFiles    = 10_000
	maxWarnings = 50
)

// LoadFolder is Load for the folder at that path. A link that leads out of the folder is
// not followed: whatever stands there, the bot would read it to everybody. (That holds
// for absolute links, too. The links inside a mounted ConfigMap are relative and stay
// within it.)
func LoadFolder(ctx context.Context, path string) (*Index, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("%s: expected a folder with Markdown files: %w", unreadable, err)
	}
	defer func() { _ = root.Close() }()
	return Load(ctx, root.FS())
}

const unreadable = "the knowledge folder can't be read"

// Load reads every *.md and *.markdown file in the folder and its subfolders and returns
// an index. Hidden files and folders are skipped, and so are links to folders. A page
// that can't be used is skipped and named by Warnings. If no page can be used, the error
// names every fault. Close the index when it is no longer needed.
func Load(ctx context.Context, folder fs.FS) (*Index, error) {
	r := reader{folder: folder}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	if len(r.pages) == 0 {
		return nil, noPages(r.faults)
	}
	ix, err := build(ctx, r.pages)
	if err != nil {
		return nil, err
	}
	ix.warnings = bounded(r.faults)
	return ix, nil
}

func noPages(faults []string) error {
	const sentence = "the knowledge folder holds no page that can be used: expected at least one Markdown file (*.md or *.markdown) with text in it"
	errs := []error{errors.New(sentence)}
	for _, f := range bounded(faults) {
		errs = append(errs, errors.New(f))
	}
	return errors.Join(errs...)
}

func bounded(faults []string) []string {
	if len(faults) <= maxWarnings {
		return faults
	}
	rest := fmt.Sprintf("and %d more files that can't be used", len(faults)-maxWarnings)
	return append(faults[:maxWarnings:maxWarnings], rest)
}

// reader walks the folder in lexical order, so that a folder gives the same index
// everywhere.
type reader struct {
	folder fs.FS
	pages  []page
	faults []string
	files  int
	bytes  int
}

func (r *reader) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

func (r *reader) read(ctx context.Context) error {
	info, err := fs.Stat(r.folder, ".")
	if err != nil {
		return fmt.Errorf("%s: expected a folder with Markdown files: %w", unreadable, err)
	}
	if !info.IsDir() {
		return errors.New("the knowledge folder is not a folder: expected a folder with Markdown files")
	}
	return fs.WalkDir(r.folder, ".", func(name string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return fmt.Errorf("read the knowledge folder: %w", ctx.Err())
		}
		if err != nil {
			r.fault("%s: can't be read: expected a readable folder: %v", name, reason(err))
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if name != "." && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir // also the hidden copy that a mounted ConfigMap links to
			}
			return nil
		}
		if !d.IsDir() && markdown(name) {
			r.file(name)
		}
		return nil
	})
}

func markdown(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".md" || ext == ".markdown"
}

func (r *reader) file(name string) {
	if r.files++; r.files > maxFiles {
		r.fault("%s: left out: expected at most %d pages", name, maxFiles)
		return
	}
	data, fault := r.content(name)
	if fault != "" {
		r.fault("%s: %s", name, fault)
		return
	}
	if r.bytes += len(data); r.bytes > maxFolder {
		r.fault("%s: left out: expected at most %d MiB of Markdown in all", name, maxFolder>>20)
		return
	}
	p := parsePage(name, string(data))
	if len(p.passages) == 0 {
		r.fault("%s: has no text to answer from: expected paragraphs, lists, tables or code", name)
		return
	}
	r.pages = append(r.pages, p)
}

// content returns the file's text, or a sentence that says why there is none.
func (r *reader) content(name string) (data []byte, fault string) {
	f, err := r.folder.Open(name)
	if leadsOut(err) {
		return nil, "is a link out of the folder, which is not followed: expected a file of the folder"
	}
	if err != nil {
		return nil, fmt.Sprintf("can't be opened: expected a readable file: %v", reason(err))
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, fmt.Sprintf("can't be read: expected a readable file: %v", reason(err))
	case info.IsDir():
		return nil, "is a link to a folder, which is not followed: expected a file"
	case !info.Mode().IsRegular():
		return nil, "is not a regular file: expected a file of text"
	}
	data, err = io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Sprintf("can't be read: expected a readable file: %v", reason(err))
	case len(data) > maxFile:
		return nil, fmt.Sprintf("is too large: expected at most %d KiB", maxFile>>10)
	case bytes.IndexByte(data, 0) >= 0:
		return nil, "is a binary file: expected text in UTF-8"
	case !utf8.Valid(data):
		return nil, "is not valid UTF-8: expected text in UTF-8"
	}
	return data, ""
}

// leadsOut reports whether os.Root refused a link. Its error has no name to compare with.
func leadsOut(err error) bool {
	return err != nil && strings.Contains(err.Error(), "escapes from parent")
}

// reason is the cause without the path, which is already in the sentence.
func reason(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}
