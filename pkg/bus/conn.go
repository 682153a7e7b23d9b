package bus

import (
	"cmp"
	"context"
	"crypto/cipher"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/outage"
	"github.com/parley-chat/parley/pkg/telemetry"
)

// Options say how to reach NATS and how its streams are laid out. All processes
// of one installation use the same Streams and Replicas.
type Options struct {
	// URL is a NATS URL or several with commas between. Ignored with InProcess.
	URL string
	// CA is a file with the CA certificates to verify the server with; empty: those
	// that the machine trusts. If set, the connection must use TLS.
	CA string
	// Identity is who the connection is.
	Identity Identity
	// InProcess connects to a server in this process, without a port.
	InProcess nats.InProcessConnProvider
	// Name is shown in NATS' list of connections, for example "gateway".
	Name string
	// Region is the name of the region whose streams these are; empty: there is one only.
	Region chat.Region
	// First is the home of chats from before regions had names; empty if no others are known.
	First chat.Region
	// AnyFirst lets the streams state another first region, for RestateFirst.
	AnyFirst bool
	// TokenPrint tells one TOKEN_KEY from another and does not reveal it, see TokenPrint; empty
	// if no other regions are known. A token opens a chat where the key is the same.
	TokenPrint string
	// Streams is how many streams share the partitions: 1 to chat.Partitions.
	Streams int
	// AdoptStreams says that Streams is only for chats that are to come: if there are
	// streams of chats already, theirs is the number.
	AdoptStreams bool
	// Replicas of each stream: 1, 3 or 5.
	Replicas int
	// MaxBytes is how many bytes all streams together may hold, in one copy; 0: they state
	// no limit. Each has its share.
	MaxBytes uint64
	// AuditKeep is how long lines of the audit log are kept; 0: for AuditKeep, below 0: for good.
	AuditKeep time.Duration
	// Impatient returns a LimitError from Connect at once, instead of waiting until the
	// limit is raised.
	Impatient bool
	// Without says what does not work while NATS is down, as a sentence without its
	// period: for the log.
	Without string
	// Waiting, if not nil, is called with each reason that Connect waits for.
	Waiting func(error)
	// Metrics is where the connection's metrics are registered, once; nil: nowhere.
	Metrics prometheus.Registerer
	Tracer  *telemetry.Tracer // nil: nothing is traced
	Log     zerolog.Logger
	// afar says that this is another region: nothing is created there.
	afar bool
	// homes are those of the own region, for a connection to another one.
	homes *Homes
}

// Conn is a connection to NATS with Parley's streams. All methods may be called
// concurrently. It reconnects by itself for as long as it is open.
type Conn struct {
	nc   *nats.Conn
	js   jetstream.JetStream
	opts Options
	log  zerolog.Logger

	metrics    *metrics
	publisher  *publisher
	attempts   attempts
	sealer     sealer
	outage     *outage.Log
	auditor    auditor
	calls      outage.Sampled // lines on calls that failed
	clustered  atomic.Bool
	refused    atomic.Int32  // how often in a row the server has refused the credentials
	ackWait    time.Duration // the constant, except in tests
	room       room
	floors     floors
	homes      *Homes // chats that were moved
	endHomes   context.CancelFunc
	homesEnded sync.WaitGroup
	isFull     atomic.Bool           // room.full != nil, for appends
	denied     atomic.Pointer[error] // what NATS did not permit since dial began

	mu sync.Mutex // guards what follows
	// reconnected is called after each reconnect, slow when the client dropped
	// messages of a subscription.
	reconnected map[int]func()
	slow        map[int]func(*nats.Subscription)
	nextHook    int
}

var connecting = backoff.Policy{Min: 250 * time.Millisecond, Max: 10 * time.Second}

// Connect waits until NATS answers and its streams exist, retrying with a growing
// delay, and logs what it waits for. It returns an error when the context ends, or if
// the streams on the server don't match the options.
func Connect(ctx context.Context, opts Options) (*Conn, error) {
	c := &Conn{opts: opts, log: opts.Log, reconnected: map[int]func(){}, slow: map[int]func(*nats.Subscription){}}
	c.auditor.conn = c
	c.sealer.conn, c.sealer.keys = c, map[string]cipher.AEAD{}
	if c.homes = opts.homes; c.homes == nil {
		c.homes = newHomes()
	}
	c.attempts.conn, c.ackWait, c.metrics = c, ackWait, newMetrics(opts.Metrics)
	c.outage = outage.New(opts.Log, c.where(), cmp.Or(opts.Without, "nothing is written and nothing is read"), 0)
	began, remind := time.Now(), outage.Reminder{}
	for try := 1; ; try++ {
		err := c.dial(ctx)
		if err == nil {
			watchConnection(opts.Metrics, c.nc)
			c.knowHomes(ctx)
			if try > 1 {
				c.log.Info().Str("for", outage.Lasted(time.Since(began))).Msg("NATS is there")
			}
			return c, nil
		}
		var layout *LayoutError
		var limit *LimitError
		if ctx.Err() != nil || errors.As(err, &layout) || opts.Impatient && errors.As(err, &limit) {
			return nil, err
		}
		if due := remind.Due(); due || try <= triesLogged {
			c.log.Warn().Str("url", redact(opts.URL)).Int("try", try).Err(err).Msg("waiting for NATS")
		}
		if opts.Waiting != nil {
			opts.Waiting(fmt.Errorf("waiting for NATS at %s: %w", redact(opts.URL), err))
		}
		if err := connecting.Wait(ctx, try); err != nil {
			return nil, fmt.Errorf("wait for NATS at %s: %w", redact(opts.URL), err)
		}
	}
}

// writeTime is how long a write to the server may block: less than what pings allow.
const writeTime = 10 * time.Second

// triesLogged is how many of the first tries are each logged: those between which the
// pauses still grow.
const triesLogged = 6

// maxAnswers is how many answers to one request may wait to be read: some more than the
// largest batch has (readBatch), or the replicas of all services. Room for them is made with
// each request, and the client's default is half a megabyte.
const maxAnswers = 2048

func (c *Conn) dial(ctx context.Context) error {
	c.denied.Store(nil)
	var made atomic.Pointer[nats.Conn]
	natsOpts := []nats.Option{
		nats.Name("parley " + c.opts.Name),
		// The role has an inbox prefix of its own: a server with permissions lets
		// nobody else receive the answers to it.
		nats.CustomInboxPrefix("_INBOX." + inboxToken(c.opts.Name)),
		// A password may be refused for a moment only, while it is being changed.
		nats.IgnoreAuthErrorAbort(),
		nats.MaxReconnects(-1),
		nats.CustomReconnectDelay(func(round int) time.Duration {
			// A server that was reached and did not let us in (it hangs, or its
			// certificate is not trusted) is reported nowhere else.
			if nc := made.Load(); nc != nil && round > 1 && nc.LastError() != nil {
				c.notFound(nc.LastError())
			}
			if n := c.refused.Load(); n > 0 {
				return connecting.Delay(int(n))
			}
			return 200*time.Millisecond + rand.N(300*time.Millisecond)
		}),
		// What can't be sent now fails at once: every writer here retries by itself,
		// and a buffered message would be sent after its writer gave up.
		nats.ReconnectBufSize(-1),
		nats.PingInterval(5 * time.Second), nats.MaxPingsOutstanding(2),
		// A machine that lost its power accepts nothing and sends nothing. While the
		// client is blocked in a write it checks no pings, by default for a minute.
		nats.FlusherTimeout(writeTime), nats.ReconnectOnFlusherError(),
		nats.SyncQueueLen(maxAnswers),
		nats.ReconnectHandler(func(*nats.Conn) { c.foundAgain() }),
		// Not when the connection is lost: usually another server, or the same one, is
		// reached at once.
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { c.notFound(err) }),
		nats.ErrorHandler(func(nc *nats.Conn, sub *nats.Subscription, err error) { c.reported(nc, sub, err) }),
	}
	if c.opts.afar {
		// What a cluster tells of its servers are addresses inside its region.
		natsOpts = append(natsOpts, nats.IgnoreDiscoveredServers())
	}
	if c.opts.CA != "" {
		natsOpts = append(natsOpts, nats.RootCAs(c.opts.CA))
	}
	who, err := c.opts.Identity.options()
	if err != nil {
		return err
	}
	natsOpts = append(natsOpts, who...)
	natsOpts = append(natsOpts, c.metrics.certified)
	if c.opts.InProcess != nil {
		natsOpts = append(natsOpts, nats.InProcessServer(c.opts.InProcess))
	}
	nc, err := nats.Connect(c.opts.URL, natsOpts...)
	if err != nil {
		return c.connectTrouble(err)
	}
	made.Store(nc)
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(requestTimeout))
	if err != nil {
		nc.Close()
		return fmt.Errorf("use JetStream: %w", err)
	}
	publisher := newPublisher(c, nc)
	nc.SetDisconnectErrHandler(func(*nats.Conn, error) { publisher.disconnected() })
	c.nc, c.js, c.publisher = nc, js, publisher
	prepare := c.setUp
	if c.opts.afar {
		prepare = c.lookAfar
	}
	if err := prepare(ctx); err != nil {
		nc.Close()
		return c.jetStreamTrouble(err)
	}
	return nil
}

// inboxToken turns a connection's name into one token of a subject.
func inboxToken(name string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || strings.ContainsRune(".*>", r) {
			return '-'
		}
		return r
	}, cmp.Or(name, "parley"))
}

// redact hides passwords and tokens in URLs with commas between.
func redact(urls string) string {
	list := strings.Split(urls, ",")
	for i, s := range list {
		u, err := url.Parse(strings.TrimSpace(s))
		if err != nil || u.Host == "" && s != "" {
			list[i] = "a URL that can't be read"
			continue
		}
		if _, has := u.User.Password(); u.User != nil && !has {
			u.User = url.User("xxxxx") // a token
		}
		list[i] = u.Redacted()
	}
	return strings.Join(list, ",")
}

// requestTimeout limits one request to NATS if the caller's context does not.
const requestTimeout = 4 * time.Second

// Close ends the connection. What was published and not acknowledged may have been
// stored.
func (c *Conn) Close() {
	if c.endHomes != nil {
		c.endHomes()
	}
	c.auditor.close()
	c.nc.Close()
	c.homesEnded.Wait()
	c.publisher.close()
}

// Clustered reports whether messages may cross several servers before they arrive
// here. If not, none is lost unless the connection is, which does not go unnoticed.
func (c *Conn) Clustered() bool {
	if c.nc.ConnectedClusterName() != "" {
		c.clustered.Store(true) // the name is not known while there is no connection
	}
	return c.clustered.Load()
}

// Ready returns nil, or a sentence that says why NATS can't be used now.
func (c *Conn) Ready() error {
	if c.nc.IsConnected() {
		return nil
	}
	if err := c.outage.Err(); err != nil {
		return err
	}
	return fmt.Errorf("the connection to %s was just lost", c.where())
}

// RoundTrip returns how long the server takes to answer, which is mostly the way there and back.
func (c *Conn) RoundTrip(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	err := c.flush(ctx)
	return time.Since(began), err
}

// flush returns when the server has processed everything sent so far.
func (c *Conn) flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	if err := c.nc.FlushWithContext(ctx); err != nil {
		return fmt.Errorf("flush to NATS: %w", translate(err))
	}
	return nil
}

// hooks returns a copy of the registered functions, to be called without the lock.
func hooks[F any](c *Conn, registered map[int]F) []F {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]F, 0, len(registered))
	for _, f := range registered {
		list = append(list, f)
	}
	return list
}

// onTrouble registers functions for reconnects and dropped messages, until remove is
// called.
func (c *Conn) onTrouble(reconnected func(), slow func(*nats.Subscription)) (remove func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.nextHook
	c.nextHook++
	c.reconnected[n], c.slow[n] = reconnected, slow
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.reconnected, n)
		delete(c.slow, n)
	}
}
