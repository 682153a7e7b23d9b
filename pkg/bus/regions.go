package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/chat"
)

// Regions are the connections of a process to the NATS servers of several regions: its own,
// which is always there, and one to each other region, which may be absent at any time. All
// methods may be called concurrently.
type Regions struct {
	home  *Conn
	first chat.Region
	afar  map[chat.Region]*afar
	names []chat.Region // of afar, in order
}

// afar is the connection to another region.
type afar struct {
	opts  Options
	conn  atomic.Pointer[Conn]  // nil until it is there for the first time
	there chan struct{}         // closed then
	why   atomic.Pointer[error] // why it is not there yet
}

// AwayError means that the home of a chat can't be used now: nothing was sent there. It wraps
// ErrUnavailable.
type AwayError struct {
	Region chat.Region
	why    error
}

func (e *AwayError) Error() string {
	return fmt.Sprintf("the region %s can't be reached: %v", e.Region, e.why)
}

// Moving reports whether that is so only because the chat is being moved: it takes a moment.
func (e *AwayError) Moving() bool {
	return errors.Is(e.why, errFenced) || errors.Is(e.why, errElsewhere) || errors.Is(e.why, errUnknown)
}

// Unwrap returns ErrUnavailable and the reason.
func (e *AwayError) Unwrap() []error { return []error{ErrUnavailable, e.why} }

var (
	errUnknownRegion = errors.New("REGIONS does not name it")
	errConnecting    = errors.New("the connection is being made")
)

// NewRegions returns the regions of a process whose own one has that connection. first is the
// home of chats whose id names none, which began before regions had names; the own region if it
// is empty. The options of each
// other region state its name; nothing is connected before Run. Without any, every chat is at
// home in the own region, or in none that is known.
func NewRegions(home *Conn, first chat.Region, others ...Options) *Regions {
	r := &Regions{home: home, first: cmp.Or(first, home.opts.Region), afar: map[chat.Region]*afar{}}
	for _, opts := range others {
		a := &afar{opts: opts.from(home, r.first), there: make(chan struct{})}
		a.opts.Log = opts.Log.With().Str("region", string(opts.Region)).Logger()
		a.opts.Waiting = a.waits
		a.waits(errConnecting)
		r.afar[opts.Region] = a
	}
	r.names = slices.Sorted(maps.Keys(r.afar))
	return r
}

// from returns the options for a connection to another region, from that one.
func (o Options) from(home *Conn, first chat.Region) Options {
	o.afar, o.AdoptStreams, o.Streams = true, true, chat.Partitions
	o.First, o.homes = first, home.homes
	return o
}

// ConnectFrom is Connect to another region, in which nothing is created, for a process that has a
// connection to its own.
func ConnectFrom(ctx context.Context, home *Conn, opts Options) (*Conn, error) {
	return Connect(ctx, opts.from(home, home.First()))
}

// Home returns the connection to the own region.
func (r *Regions) Home() *Conn { return r.home }

// HomeOf returns the region that is a chat's present home, whether or not there is such a region.
func (r *Regions) HomeOf(id chat.ID) chat.Region {
	return r.home.homes.is(id, r.first)
}

// Origin returns the region in which a chat began. It never changes.
func (r *Regions) Origin(id chat.ID) chat.Region { return homeIn(id, r.first) }

// Homes are the chats that were moved.
func (r *Regions) Homes() *Homes { return r.home.homes }

// First returns the region that others copy from when they begin, and whose chats have no
// region in their ids if they are from before there was one.
func (r *Regions) First() chat.Region { return r.first }

// IsOwn reports whether a chat is at home in the own region.
func (r *Regions) IsOwn(id chat.ID) bool { return r.HomeOf(id) == r.home.opts.Region }

// Elsewhere returns the names of the other regions, in order, whether or not they can be
// reached.
func (r *Regions) Elsewhere() []chat.Region { return r.names }

// Foreign reports whether no chat of that id can be here: it names a home, and this process
// knows no other region. Where several are known, one more may only not be known yet.
func (r *Regions) Foreign(id chat.ID) bool { return len(r.afar) == 0 && !r.IsOwn(id) }

// Of returns the connection to a chat's home. It costs nothing for a chat of the own region;
// the error of another one that can't be used now is an *AwayError, at once.
func (r *Regions) Of(id chat.ID) (*Conn, error) {
	at := r.HomeOf(id)
	if at == r.home.opts.Region {
		return r.home, nil
	}
	return r.To(at)
}

// To returns the connection to another region; the error is an *AwayError, at once.
func (r *Regions) To(at chat.Region) (*Conn, error) {
	a := r.afar[at]
	if a == nil {
		return nil, &AwayError{at, errUnknownRegion}
	}
	c := a.conn.Load()
	if c == nil {
		return nil, &AwayError{at, *a.why.Load()}
	}
	if err := c.Ready(); err != nil {
		return nil, &AwayError{at, err}
	}
	return c, nil
}

// Others returns the connections to the other regions that can be used now.
func (r *Regions) Others() (there []*Conn) {
	for _, a := range r.afar {
		if c := a.conn.Load(); c != nil && c.Ready() == nil {
			there = append(there, c)
		}
	}
	return there
}

// Away returns the other regions that can't be used now, in order.
func (r *Regions) Away() (away []chat.Region) {
	for name, a := range r.afar {
		if c := a.conn.Load(); c == nil || c.Ready() != nil {
			away = append(away, name)
		}
	}
	slices.Sort(away)
	return away
}

// WithOthers calls do for each other region, at once, when it can be used for the first time,
// and returns when all calls have, or at the latest with the context.
func (r *Regions) WithOthers(ctx context.Context, do func(context.Context, *Conn)) {
	var all sync.WaitGroup
	for _, a := range r.afar {
		all.Go(func() {
			select {
			case <-ctx.Done():
			case <-a.there:
				do(ctx, a.conn.Load())
			}
		})
	}
	all.Wait()
}

// Region returns the region that the connection is to; empty if there is one only.
func (c *Conn) Region() chat.Region { return c.opts.Region }

// Run connects to the other regions, for as long as each takes, and closes these connections
// when the context ends. It returns nil.
func (r *Regions) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, a := range r.afar {
		all.Go(func() { a.run(ctx) })
	}
	all.Wait()
	return nil
}

func (a *afar) waits(why error) { a.why.Store(&why) }

// mending is how often a region is looked at again that is not as the settings say: whoever
// runs it may mend that at any time.
var mending = backoff.Policy{Min: 2 * time.Second, Max: time.Minute}

func (a *afar) run(ctx context.Context) {
	for try := 1; ; try++ {
		c, err := Connect(ctx, a.opts)
		if err == nil {
			a.conn.Store(c)
			close(a.there)
			a.opts.Log.Info().Msg("the region is there")
			<-ctx.Done()
			c.Close()
			return
		}
		if ctx.Err() != nil {
			return
		}
		a.waits(err)
		a.opts.Log.Error().Err(err).Msg("the region can't be used")
		if mending.Wait(ctx, try) != nil {
			return
		}
	}
}

// lookAfar checks the streams of another region. Nothing is created there.
func (c *Conn) lookAfar(ctx context.Context) error {
	none, err := c.adoptStreams(ctx)
	if err != nil {
		return err
	}
	if none {
		return fmt.Errorf("%w: there are no streams yet", ErrUnavailable)
	}
	return c.checkLayout(ctx)
}
