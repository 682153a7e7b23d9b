package files

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/rights"
)

const (
	// silent is how long a line may bring nothing of a file: a phone that changes cells, or is in
	// a tunnel, takes as long.
	silent = time.Minute
	// slowest is how slow a line may be, in bytes a second, beyond the first minutes that everybody has.
	slowest      = 4 << 10
	everybodyHas = 2 * time.Minute
	// answerTime is for what follows when all has arrived: NATS, the scan, a small picture.
	answerTime = 2 * time.Minute
)

// maySend finds out whether whoever makes a request may send files to its chat, and into what.
func (f *Files) maySend(q *asked) (err error) {
	if f.opts.Elsewhere(q.Request) {
		return frame.Refuse(codes.BadOrigin, codes.Sentence(codes.BadOrigin))
	}
	q.internal = q.URL.Query().Get("internal") == "1"
	if token, ok := strings.CutPrefix(q.Header.Get("Authorization"), "Bearer "); ok {
		if err := f.isVisitor(q, token); err != nil {
			return err
		}
		if q.internal {
			return none()
		}
	} else if q.agent, err = f.opts.Agent(q.Request, q.key.Chat, rights.Annotate); err != nil {
		return err
	}
	if !f.opts.Rules.On {
		return frame.Refuse(codes.NotAllowed, "Files can't be sent here.")
	}
	return nil
}

// isVisitor refuses whoever's token does not open the chat, as if that did not exist.
func (f *Files) isVisitor(q *asked, token string) error {
	if f.opts.Visitors.Mode() == identity.Open {
		if !f.opts.Visitors.Granted(q.key.Chat, token) {
			return none()
		}
		return nil
	}
	id, err := f.opts.Visitors.Opens(q.Context(), token)
	var no *bus.Refusal
	if errors.As(err, &no) || err == nil && id != q.key.Chat {
		return none()
	}
	return err
}

// upload stores a file, and answers with a ticket for it.
func (f *Files) upload(w http.ResponseWriter, q *asked) error {
	if err := f.maySend(q); err != nil {
		return err
	}
	most := f.opts.Rules.Size
	if q.ContentLength > most {
		return frame.Refuse(codes.TooLong, tooLargeSentence(most))
	}
	if err := f.reach(q.Context(), q); err != nil {
		return err
	}
	expected := most
	if q.ContentLength >= 0 {
		expected = q.ContentLength
	}
	done, err := f.opts.Admission.Upload(q.addr, q.agent, q.key.Chat, expected)
	if err != nil {
		return err
	}
	f.opts.Metrics.Uploading(1)
	defer f.opts.Metrics.Uploading(-1)
	o, p, fresh, err := f.receive(w, q)
	if err != nil || !fresh {
		done(0)
	} else {
		done(o.Size)
	}
	if err != nil {
		return err
	}
	return f.answer(w, q, o, p, fresh)
}

// receive reads the body and has it stored, unless it is there already.
func (f *Files) receive(w http.ResponseWriter, q *asked) (o bus.FileObject, p picture, fresh bool, err error) {
	body := newBody(w, q.Request, f.opts.Rules.Size)
	head, err := body.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return o, p, false, err
	}
	if len(head) == 0 {
		return o, p, false, bus.ErrEmptyFile
	}
	o = bus.FileObject{FileKey: q.key, Internal: q.internal}
	var extension string
	o.Type, extension = typeOf(head)
	if !allows(f.opts.Rules.Kinds, o.Type) {
		return o, p, false, frame.Refuse(codes.BadKind, codes.Sentence(codes.BadKind))
	}
	o.Name = CleanName(q.URL.Query().Get("name"), o.Type, extension)
	from := scrub(body.Reader, o.Type)
	there, err := f.find(q.Context(), q)
	switch {
	case err == nil:
		there, err = sameAs(there, o, from)
		return there, p, false, err
	case !errors.Is(err, bus.ErrNotFound):
		return o, p, false, err
	}
	if o, err = q.files.Put(q.Context(), o, from); err != nil {
		return o, p, false, fmt.Errorf("store a file: %w", body.why(err))
	}
	f.opts.Metrics.Bytes(In, o.Size)
	return o, from.picture, true, nil
}

// find returns the file that is there under that id, in FILES or, once a message named it, in the
// file store; or bus.ErrNotFound.
func (f *Files) find(ctx context.Context, q *asked) (bus.FileObject, error) {
	o, err := q.files.Look(ctx, q.key)
	if !errors.Is(err, bus.ErrNotFound) {
		return o, err
	}
	ctx, cancel := context.WithTimeout(ctx, keptTime)
	defer cancel()
	o, err = f.kept(ctx, q.home, q.key)
	if err != nil {
		// Files are taken in while the history service is away, as messages are. Only a sender who uses
		// an id again, which is drawn by lot, would learn of the other file too late.
		err = bus.ErrNotFound
	}
	return o, err
}

// keptTime is how long the history service may take to say whether it has a file.
const keptTime = 2 * time.Second

// sameAs returns the file that is there if it has the same bytes as the one that is read.
func sameAs(there, o bus.FileObject, from io.Reader) (bus.FileObject, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, from); err != nil {
		return o, fmt.Errorf("compare a file with the one that is there: %w", err)
	}
	if there.Internal != o.Internal || there.Hash != base64.RawURLEncoding.EncodeToString(sum.Sum(nil)) {
		return o, bus.ErrConflict
	}
	return there, nil
}

// answer checks a file that is stored, and answers with a ticket for it.
func (f *Files) answer(w http.ResponseWriter, q *asked, o bus.FileObject, p picture, fresh bool) error {
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Time{}) // all has arrived; with one, the server takes the client for gone
	_ = rc.SetWriteDeadline(time.Now().Add(answerTime))
	o, err := f.checked(q.Context(), q, o, p)
	if err != nil {
		return err
	}
	ticket, err := f.opts.Visitors.SignTicket(identity.Ticket{Chat: o.Chat, Internal: o.Internal, File: fileOf(o)})
	if err != nil {
		return err
	}
	status := http.StatusOK
	if fresh {
		status = http.StatusCreated
	}
	f.opts.Metrics.Stored(fresh)
	writeJSON(w, status, stored{fileOf(o), ticket})
	return nil
}

// ticketAgain answers with a ticket for a file that was sent before.
func (f *Files) ticketAgain(w http.ResponseWriter, q *asked) error {
	if err := f.maySend(q); err != nil {
		return err
	}
	if err := f.reach(q.Context(), q); err != nil {
		return err
	}
	o, err := f.find(q.Context(), q)
	switch {
	case errors.Is(err, bus.ErrNotFound), err == nil && o.Internal != q.internal:
		return none()
	case err != nil:
		return err
	}
	return f.answer(w, q, o, picture{}, false)
}

// body is what arrives of an upload. It fails when nothing more arrives for long, and when it is
// too long.
type body struct {
	*bufio.Reader
	from   io.ReadCloser
	rc     *http.ResponseController
	silent time.Duration // how long nothing may arrive
	until  time.Time
	err    error // of what arrives
}

func newBody(w http.ResponseWriter, r *http.Request, most int64) *body {
	size := most
	if r.ContentLength >= 0 {
		size = r.ContentLength
	}
	b := &body{from: http.MaxBytesReader(w, r.Body, most), rc: http.NewResponseController(w), silent: silent}
	b.until = time.Now().Add(everybodyHas + time.Duration(size/slowest)*time.Second)
	_ = b.rc.SetWriteDeadline(b.until.Add(answerTime))
	b.Reader = bufio.NewReaderSize(readerFunc(b.arrived), window)
	return b
}

// readerFunc is a function that reads.
type readerFunc func(p []byte) (int, error)

// Read implements io.Reader.
func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// arrived reads what is behind the buffer.
func (b *body) arrived(p []byte) (int, error) {
	deadline := time.Now().Add(b.silent)
	if deadline.After(b.until) {
		deadline = b.until
	}
	_ = b.rc.SetReadDeadline(deadline)
	n, err := b.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

// why returns what reading failed with, if that is why the file was not stored: also where the
// client's end has ended the request's context first.
func (b *body) why(err error) error {
	if b.err != nil {
		return b.err
	}
	return err
}
