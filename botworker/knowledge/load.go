package knowledge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"
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
	return loadFolderAt(ctx, path, time.Now(), standard)
}

func loadFolderAt(ctx context.Context, path string, now time.Time, synonyms *Thesaurus) (*Index, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("%s: expected a folder with Markdown files: %w", unreadable, err)
	}
	defer func() { _ = root.Close() }()
	return loadAt(ctx, root.FS(), now, synonyms)
}

const unreadable = "the knowledge folder can't be read"

// Load reads every page in the folder and its subfolders, in Markdown (*.md, *.markdown),
// MDX (*.mdx), HTML (*.html, *.htm) or plain text (*.txt), and returns an index. Warnings
// counts the files of other kinds. A page that its front matter hides from readers, such
// as a draft, is not read. Hidden files and folders are skipped, and so are links to folders. A page
// that can't be used is skipped and named by Warnings. If no page can be used, the error
// names every fault.
func Load(ctx context.Context, folder fs.FS) (*Index, error) {
	return loadAt(ctx, folder, time.Now(), standard)
}

// loadAt is Load as of a time, the same for all pages: a page may be hidden until a date,
// or from one on.
func loadAt(ctx context.Context, folder fs.FS, now time.Time, synonyms *Thesaurus) (*Index, error) {
	r := reader{folder: folder, now: now}
	if err := r.readAll(ctx); err != nil {
		return nil, err
	}
	r.sum()
	if len(r.pages) == 0 {
		return nil, noPages(r.faults)
	}
	ix, err := build(ctx, r.pages, synonyms)
	if err != nil {
		return nil, err
	}
	ix.warnings, ix.changes = r.faults, r.changes
	return ix, nil
}

func noPages(faults []string) error {
	const sentence = "the knowledge folder holds no page that can be used: expected at least one Markdown file (*.md, *.markdown, *.mdx), HTML page (*.html, *.htm) or text (*.txt) with text in it"
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
// everywhere. Files are read one after the other, and parsed at once, as many as there are
// cores.
type reader struct {
	folder  fs.FS
	now     time.Time
	parsing *parsing

	pages   []page
	faults  []string
	changes time.Time // when the first page appears or vanishes by its date; zero if none does
	files   int
	bytes   int
	others  map[string]int // files of kinds that are not read, by extension
	unseen  []string       // pages that readers do not see, each with the reason
}

func (r *reader) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

// readAll reads the folder, and takes over what came of its files in their order.
func (r *reader) readAll(ctx context.Context) error {
	r.parsing = startParsing(r.now)
	err := r.read(ctx)
	for _, f := range r.parsing.wait() {
		r.take(f)
	}
	if err == nil && ctx.Err() != nil {
		err = fmt.Errorf("read the knowledge folder: %w", ctx.Err())
	}
	return err
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
			r.parsing.skip(name, fmt.Sprintf("can't be read: expected a readable folder: %v", reason(err)))
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
		switch {
		case d.IsDir():
		case kindOf(name) != otherFile:
			r.file(ctx, name)
		default:
			r.other(name)
		}
		return nil
	})
}

// isPage reports whether a file of that name is read.
func isPage(name string) bool { return kindOf(name) != otherFile }

func (r *reader) other(name string) {
	if r.others == nil {
		r.others = map[string]int{}
	}
	ext := strings.ToLower(path.Ext(name))
	if ext == "" {
		ext = "without an extension"
	}
	if len(r.others) >= maxWarnings && r.others[ext] == 0 {
		ext = "of other kinds"
	}
	r.others[ext]++
}

// sum puts what was left out on purpose at the head of the faults, in one sentence each.
func (r *reader) sum() {
	var first []string
	if len(r.others) > 0 {
		total := 0
		var kinds []string
		for _, ext := range slices.Sorted(maps.Keys(r.others)) {
			total += r.others[ext]
			kinds = append(kinds, fmt.Sprintf("%d %s", r.others[ext], ext))
		}
		first = append(first, fmt.Sprintf("%s not read, being of other kinds: %s (read are .md, .markdown, .mdx, .html, .htm and .txt)", files(total), strings.Join(kinds, ", ")))
	}
	if len(r.unseen) > 0 {
		named := r.unseen[:min(len(r.unseen), maxNamed)]
		rest := ""
		if len(r.unseen) > maxNamed {
			rest = fmt.Sprintf(", and %d more", len(r.unseen)-maxNamed)
		}
		first = append(first, fmt.Sprintf("%s not read, as the site does not show %s: %s%s", files(len(r.unseen)), map[bool]string{true: "it", false: "them"}[len(r.unseen) == 1], strings.Join(named, ", "), rest))
	}
	r.faults = append(first, r.faults...)
}

// maxNamed is how many files one sentence names.
const maxNamed = 10

func files(n int) string {
	if n == 1 {
		return "1 file is"
	}
	return fmt.Sprintf("%d files are", n)
}

// file has a file parsed, or says why it can't be.
func (r *reader) file(ctx context.Context, name string) {
	if r.files++; r.files > maxFiles {
		r.parsing.skip(name, fmt.Sprintf("left out: expected at most %d pages", maxFiles))
		return
	}
	data, fault := r.content(name)
	if fault != "" {
		r.parsing.skip(name, fault)
		return
	}
	if r.bytes += len(data); r.bytes > maxFolder {
		r.parsing.skip(name, fmt.Sprintf("left out: expected at most %d MiB of text in all", maxFolder>>20))
		return
	}
	r.parsing.parse(ctx, name, data)
}

// take takes over what came of a file.
func (r *reader) take(f *parsed) {
	p := f.page
	if !p.changes.IsZero() && (r.changes.IsZero() || p.changes.Before(r.changes)) {
		r.changes = p.changes
	}
	switch {
	case f.fault != "":
		r.fault("%s: %s", f.name, f.fault)
		return
	case p.hidden != "":
		r.unseen = append(r.unseen, fmt.Sprintf("%s (%s)", f.name, p.hidden))
		return
	}
	for _, fault := range p.faults {
		r.fault("%s: %s", f.name, fault)
	}
	switch {
	case len(p.passages) > 0:
		r.pages = append(r.pages, p)
	case len(p.faults) == 0:
		r.fault("%s: has no text to answer from: expected paragraphs, lists, tables or code", f.name)
	}
}

// content returns the file's text, or a sentence that says why there is none.
func (r *reader) content(name string) (text, fault string) {
	f, err := r.folder.Open(name)
	if leadsOut(err) {
		return "", "is a link out of the folder, which is not followed: expected a file of the folder"
	}
	if err != nil {
		return "", fmt.Sprintf("can't be opened: expected a readable file: %v", reason(err))
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	switch {
	case err != nil:
		return "", fmt.Sprintf("can't be read: expected a readable file: %v", reason(err))
	case info.IsDir():
		return "", "is a link to a folder, which is not followed: expected a file"
	case !info.Mode().IsRegular():
		return "", "is not a regular file: expected a file of text"
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return "", fmt.Sprintf("can't be read: expected a readable file: %v", reason(err))
	case len(data) > maxFile:
		return "", fmt.Sprintf("is too large: expected at most %d KiB", maxFile>>10)
	}
	return decode(name, data)
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
