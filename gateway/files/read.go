package files

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/rights"
)

const (
	// cached is how long a browser keeps a file: as long as its link is the same. The file never changes.
	cached = "private, max-age=3600, immutable"
	// writeTime is how long a client may take for a piece of a file, of some ten KiB.
	writeTime = time.Minute
	// fileCSP is what a file may do that is opened as a page: nothing.
	fileCSP = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; sandbox; frame-ancestors 'none'"
)

// mayRead finds out whether whoever makes a request may read the chat: its visitor, who has a
// grant in the link, or an agent.
func (f *Files) mayRead(q *asked) (err error) {
	if grant := q.URL.Query().Get("grant"); grant != "" {
		if !f.opts.Visitors.Granted(q.key.Chat, grant) {
			return none()
		}
		return nil
	}
	q.agent, err = f.opts.Agent(q.Request, q.key.Chat, rights.Read)
	return err
}

// read gives out a file, or a part of it.
func (f *Files) read(w http.ResponseWriter, q *asked) error {
	if err := f.mayRead(q); err != nil {
		return err
	}
	if err := f.reach(q.Context(), q); err != nil {
		return err
	}
	q.key.Thumb = q.URL.Query().Get("thumb") == "1"
	done, err := f.opts.Admission.Download(q.addr, q.agent)
	if err != nil {
		return err
	}
	out := &patient{ResponseWriter: w, rc: http.NewResponseController(w)}
	_ = out.rc.SetReadDeadline(time.Time{}) // with one, the server takes a client that loads for long for gone
	defer func() {
		f.opts.Metrics.Bytes(Out, out.written)
		done(out.written)
	}()
	o, content, err := f.open(q.Context(), q)
	if errors.Is(err, bus.ErrNotFound) || err == nil && (!o.Checked || o.Internal && q.agent == "") {
		return none()
	}
	if err != nil {
		return err
	}
	describe(w.Header(), o, q.URL.Query().Get("save") == "1")
	http.ServeContent(out, q.Request, "", time.Time{}, content)
	return nil
}

// open returns a file and what reads it, from FILES, or from the file store.
func (f *Files) open(ctx context.Context, q *asked) (bus.FileObject, io.ReadSeeker, error) {
	o, err := q.files.Look(ctx, q.key)
	if err == nil {
		return o, &movingReader{ReadSeeker: q.files.Read(ctx, o), later: &keptReader{FileObject: o, ctx: ctx, home: q.home}}, nil
	}
	if !errors.Is(err, bus.ErrNotFound) {
		return o, nil, err
	}
	o, err = f.kept(ctx, q.home, q.key)
	return o, &keptReader{FileObject: o, ctx: ctx, home: q.home}, err
}

// movingReader reads a file of FILES, and goes on in the file store once it was moved there.
type movingReader struct {
	io.ReadSeeker
	later io.ReadSeeker // nil once it is what is read
}

// Read implements io.Reader.
func (r *movingReader) Read(p []byte) (int, error) {
	n, err := r.ReadSeeker.Read(p)
	if n > 0 || r.later == nil || !errors.Is(err, bus.ErrNotFound) {
		return n, err
	}
	at, err := r.Seek(0, io.SeekCurrent)
	if err == nil {
		r.ReadSeeker, r.later = r.later, nil
		_, err = r.Seek(at, io.SeekStart)
	}
	if err != nil {
		return 0, err
	}
	return r.ReadSeeker.Read(p)
}

// describe sets the headers of a file: what may be done with it, and by which name it is saved.
func describe(h http.Header, o bus.FileObject, save bool) {
	h.Set("Cache-Control", cached)
	h.Set("ETag", `"`+o.Hash+`"`)
	h.Set("Content-Security-Policy", fileCSP)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Type", servedAs(o.Type))
	how := "inline"
	if save || !inline[o.Type] {
		how = "attachment"
	}
	if !inline[o.Type] {
		h.Set("Content-Type", "application/octet-stream")
	}
	h.Set("Content-Disposition", disposition(how, o.Name))
}

// disposition is the header Content-Disposition: with the name for those that know RFC 5987, and
// one in ASCII for those that don't.
func disposition(how, name string) string {
	if name == "" {
		return how
	}
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%;`, r) {
			return '_'
		}
		return r
	}, name)
	header := mime.FormatMediaType(how, map[string]string{"filename": plain})
	if plain != name {
		header += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return header
}

// patient writes to a client for as long as that takes something.
type patient struct {
	http.ResponseWriter
	rc      *http.ResponseController
	written int64
}

// Write implements io.Writer.
func (p *patient) Write(b []byte) (int, error) {
	_ = p.rc.SetWriteDeadline(time.Now().Add(writeTime))
	n, err := p.ResponseWriter.Write(b)
	p.written += int64(n)
	return n, err
}
