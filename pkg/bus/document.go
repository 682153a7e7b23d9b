package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Edition is a version of a document: what it was from one change to the next.
type Edition interface {
	// Edited returns which change of the document that was, counted from 1 (0: it was never
	// changed), and the user name of whoever made it.
	Edited() (revision uint64, by string)
}

// DocumentConflictError says that somebody else changed a document since it was read.
type DocumentConflictError[E Edition] struct{ Now E }

func (e *DocumentConflictError[E]) Error() string {
	revision, by := e.Now.Edited()
	return fmt.Sprintf("it was changed by %s and is at revision %d", by, revision)
}

// Document is one value of a bucket with a revision, which replicas follow and admins change: of
// two changes of one revision the second is refused. The zero E is that of a document that nobody
// has changed yet. Its methods may be called concurrently.
type Document[E Edition] struct {
	conn  *Conn
	in    DocumentPlace
	now   atomic.Pointer[E]
	known chan struct{} // closed once the bucket was read

	mu   sync.Mutex    // guards next, and orders the calls of seen
	next chan struct{} // closed at the next version
	seen []func(E)     // see OnChange
	open sync.Once     // closes known
}

// DocumentPlace says where a document is.
type DocumentPlace struct {
	Bucket string
	Key    string
	Called string // in errors: "the settings"
	// Without says what does not work while the bucket can't be read, as a sentence without
	// its full stop: for the log.
	Without string
}

// NewDocument returns a Document that knows nothing before Run.
func NewDocument[E Edition](conn *Conn, in DocumentPlace) *Document[E] {
	d := &Document[E]{conn: conn, in: in, known: make(chan struct{}), next: make(chan struct{})}
	d.now.Store(new(E))
	return d
}

// Now is the version that was seen last. It allocates nothing, and must not be changed.
func (d *Document[E]) Now() *E { return d.now.Load() }

// OnChange has a function called with each version that is seen, in their order. It must be
// quick. Call OnChange before Run.
func (d *Document[E]) OnChange(seen func(E)) { d.seen = append(d.seen, seen) }

// Run follows the document until the context ends.
func (d *Document[E]) Run(ctx context.Context) error {
	Follow(ctx, d.conn, Following[E]{
		Bucket: d.in.Bucket, Without: d.in.Without,
		Synced: func(values map[string]E) {
			d.see(values[d.in.Key])
			d.open.Do(func() { close(d.known) })
		},
		Put: func(key string, e E) {
			if key == d.in.Key {
				d.see(e)
			}
		},
		Deleted: func(key string) {
			if key == d.in.Key {
				d.see(*new(E))
			}
		},
	})
	return nil
}

// Await waits until the document was read, for so long at most.
func (d *Document[E]) Await(ctx context.Context, most time.Duration) {
	enough := time.NewTimer(most)
	defer enough.Stop()
	select {
	case <-d.known:
	case <-enough.C:
	case <-ctx.Done():
	}
}

func (d *Document[E]) see(e E) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now.Store(&e)
	for _, seen := range d.seen {
		seen(e)
	}
	close(d.next)
	d.next = make(chan struct{})
}

// Read returns the document as the bucket has it.
func (d *Document[E]) Read(ctx context.Context) (E, error) {
	e, _, err := d.read(ctx)
	return e, err
}

func (d *Document[E]) read(ctx context.Context) (e E, stored uint64, err error) {
	b, err := OpenBucket[E](ctx, d.conn, d.in.Bucket)
	if err != nil {
		return e, 0, err
	}
	e, stored, err = b.Get(ctx, d.in.Key)
	if errors.Is(err, ErrNotFound) {
		return *new(E), 0, nil
	}
	if err != nil {
		err = fmt.Errorf("read %s: %w", d.in.Called, err)
	}
	return e, stored, err
}

// Change replaces the version of a revision by the one that change makes of it, which has the
// next revision; its error is returned, and nothing is changed, as nothing is if it makes none. If
// somebody else changed the document since, the error is a *DocumentConflictError. It returns once
// this process sees the change, or a second later.
func (d *Document[E]) Change(ctx context.Context, revision uint64, change func(was E) (next E, changed bool, err error)) (E, error) {
	was, stored, err := d.read(ctx)
	if err != nil {
		return *new(E), err
	}
	if at, _ := was.Edited(); at != revision {
		return *new(E), &DocumentConflictError[E]{was}
	}
	next, changed, err := change(was)
	if err != nil {
		return *new(E), err
	}
	if !changed {
		return was, nil
	}
	b, err := OpenBucket[E](ctx, d.conn, d.in.Bucket)
	if err != nil {
		return *new(E), err
	}
	_, err = b.Update(ctx, d.in.Key, next, stored)
	if errors.Is(err, ErrConflict) {
		now, _, err := d.read(ctx)
		if err != nil {
			return *new(E), err
		}
		return *new(E), &DocumentConflictError[E]{now}
	}
	if err != nil {
		return *new(E), fmt.Errorf("change %s: %w", d.in.Called, err)
	}
	d.awaitRevision(ctx, next)
	return next, nil
}

// awaitRevision waits until this process sees that version or a later one: whoever changed
// something reads it next.
func (d *Document[E]) awaitRevision(ctx context.Context, e E) {
	enough := time.NewTimer(time.Second)
	defer enough.Stop()
	revision, _ := e.Edited()
	for {
		d.mu.Lock()
		next := d.next
		d.mu.Unlock()
		if now, _ := (*d.Now()).Edited(); now >= revision {
			return
		}
		select {
		case <-next:
		case <-enough.C:
			return
		case <-ctx.Done():
			return
		}
	}
}
