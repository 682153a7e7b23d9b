package files

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/outage"
	"github.com/parley-chat/parley/pkg/rights"
)

// Rules are what the site lets be sent.
type Rules struct {
	// On is false where no files are sent. Those that were can still be read.
	On    bool
	Size  int64    // bytes of one file at most
	Count int      // files of one message at most
	Kinds []string // media types; one that ends with a star stands for all that begin like it
}

// Options of the Files of a gateway. All but Metrics are needed.
type Options struct {
	Rules     Rules
	Regions   *bus.Regions
	Visitors  *identity.Directory
	Admission *admission.Admission
	// Agent returns the account that a request is signed in as, if it may do that in the chat.
	// The error is a refusal otherwise.
	Agent func(r *http.Request, id chat.ID, may rights.Act) (user string, err error)
	// Scan looks at files before anybody gets them; nil: nothing does.
	Scan Scanner
	// Elsewhere reports whether a page of another site makes a request with the browser's cookies.
	Elsewhere func(r *http.Request) bool
	Trusted   []netip.Prefix // proxies
	Metrics   Metrics
	Log       zerolog.Logger
}

// Files takes in files and gives them out. Its methods may be called concurrently.
type Files struct {
	opts   Options
	homes  sync.Map      // *bus.Files by the *bus.Conn to their region
	thumbs chan struct{} // holds a token while a small picture is made
	askers *limit.Addresses
	failed outage.Sampled
}

// New returns Files that Serve begins to use.
func New(opts Options) *Files {
	opts.Metrics.fill()
	return &Files{opts: opts, thumbs: make(chan struct{}, 1), askers: limit.NewAddresses(admission.FileRequestsOfAddress, 0, nil), failed: outage.Sampled{Every: time.Minute}}
}

// Rules are those that it was made with.
func (f *Files) Rules() Rules { return f.opts.Rules }

// Route serves what begins with /api/files/.
func (f *Files) Route(mux *http.ServeMux) {
	mux.Handle("POST /api/files/{chat}/{id}", f.endpoint(f.upload))
	mux.Handle("POST /api/files/{chat}/{id}/ticket", f.endpoint(f.ticketAgain))
	mux.Handle("GET /api/files/{chat}/{id}", f.endpoint(f.read))
}

// asked is a request about one file, and who makes it.
type asked struct {
	*http.Request
	key      bus.FileKey
	addr     netip.Addr
	agent    string // the account; empty: a visitor
	internal bool   // it is for agents only
	home     *bus.Conn
	files    *bus.Files
}

// endpoint wraps the handlers: a handler that returns an error has written nothing.
func (f *Files) endpoint(handle func(http.ResponseWriter, *asked) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
		q, err := f.asked(r)
		if err == nil {
			err = handle(w, q)
		}
		if err != nil {
			f.refuse(w, r, err)
		}
	})
}

// none is the refusal of everything that is not there for whoever asks.
func none() error { return frame.Refuse(codes.NotFound, "There is no such file.") }

// asked reads which file a request is about. Whether whoever makes it may is not known then.
func (f *Files) asked(r *http.Request) (*asked, error) {
	id, err := chat.ParseID(r.PathValue("chat"))
	if err != nil || f.opts.Regions.Foreign(id) {
		return nil, none()
	}
	addr := limit.ClientAddr(r, f.opts.Trusted)
	if wait, ok := f.askers.Allow(addr); !ok {
		return nil, admission.TooFast(wait)
	}
	q := &asked{Request: r, addr: addr, key: bus.FileKey{Chat: id, ID: r.PathValue("id")}}
	return q, chat.CheckFileID(q.key.ID)
}

// reach finds the home of the file's chat.
func (f *Files) reach(ctx context.Context, q *asked) (err error) {
	if q.home, err = f.opts.Regions.Of(q.key.Chat); err != nil {
		return err
	}
	if known, ok := f.homes.Load(q.home); ok {
		q.files = known.(*bus.Files)
		return nil
	}
	if q.files, err = q.home.OpenFiles(ctx); err != nil {
		return fmt.Errorf("%w (%w)", bus.ErrUnavailable, err)
	}
	f.homes.Store(q.home, q.files)
	return nil
}

// refuse answers a request with the part of the error that is for people.
func (f *Files) refuse(w http.ResponseWriter, r *http.Request, err error) {
	no := refusalOf(err)
	f.opts.Metrics.Refused(no.Code)
	switch {
	case no.Code == codes.Unavailable && no.Shed == "" && !errors.Is(err, context.Canceled):
		f.failed.Line("file", f.opts.Log.Warn()).Str("method", r.Method).Err(err).Msg("a request about a file could not be served (at most one is logged per minute)")
	case no.Code == codes.NoRoom:
		f.failed.Line("room", f.opts.Log.Error()).Err(err).Msg("there is no room for files: they are refused, while messages still go through")
	}
	writeRefusal(w, no)
}
