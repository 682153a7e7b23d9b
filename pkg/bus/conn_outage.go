package bus

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/outage"
)

// where names the server at the beginning of a sentence.
func (c *Conn) where() string {
	if c.opts.URL == "" || c.opts.InProcess != nil {
		return "NATS"
	}
	list := strings.Split(redact(c.opts.URL), ",")
	for i, s := range list {
		if u, err := url.Parse(s); err == nil && u.Host != "" {
			list[i] = u.Host // no user, who may be a token
		}
	}
	return "NATS at " + strings.Join(list, ", ")
}

// foundAgain is called after each reconnect.
func (c *Conn) foundAgain() {
	c.refused.Store(0)
	if !c.away.Up() {
		c.log.Info().Msg("the connection to NATS was lost for a moment and is there again")
	}
	c.metrics.reconnects.Inc()
	for _, f := range hooks(c, c.reconnected) {
		f()
	}
}

// notFound is called after each reconnect that failed. It must not be called with a
// lock of the client's held.
func (c *Conn) notFound(err error) {
	if !refuses(err) && !errors.Is(err, nats.ErrStaleConnection) { // the one is reported as well, the other is how it began
		c.away.Down(c.connectTrouble(err))
	}
}

// reported is called with what goes wrong while there is a connection.
func (c *Conn) reported(nc *nats.Conn, sub *nats.Subscription, err error) {
	switch {
	case errors.Is(err, nats.ErrSlowConsumer) && sub != nil:
		for _, f := range hooks(c, c.slow) {
			f(sub)
		}
	case refuses(err):
		c.refused.Add(1)
		c.away.Down(c.connectTrouble(err))
	case errors.Is(err, nats.ErrConsumerNotActive) || !nc.IsConnected():
		// Who watches looks again by itself, and the outage is told of.
		c.log.Debug().Err(err).Msg("NATS reports")
	default:
		c.log.Warn().Err(err).Msg("NATS reports")
	}
}

func refuses(err error) bool {
	return errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrAuthExpired)
}

// connectTrouble says in words why there is no connection.
func (c *Conn) connectTrouble(err error) error {
	switch {
	case refuses(err):
		return errors.New("NATS refuses the user or the password in NATS_URL")
	case errors.Is(err, nats.ErrNoServers): // what the client makes of it
		return errors.New("the connection is refused")
	case errors.Is(err, nats.ErrTimeout):
		return errors.New("it did not answer in time")
	case errors.Is(err, nats.ErrSecureConnWanted):
		return errors.New("it does not speak TLS, which NATS_CA or a tls:// in NATS_URL asks for")
	case errors.Is(err, nats.ErrNoInfoReceived):
		return errors.New("who answers there is no NATS server")
	}
	if why := outage.Why(err); why != "" {
		return errors.New(why)
	}
	return err
}

// jetStreamTrouble says in words why a connection is of no use. Before that nothing
// is known of the server but that it lets this process in.
func jetStreamTrouble(err error) error {
	var layout *LayoutError
	if err == nil || errors.As(err, &layout) {
		return err
	}
	if errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) {
		return fmt.Errorf("NATS answers, but its JetStream does not: it is not enabled there, or not enough of its servers have found each other yet: %w", err)
	}
	return fmt.Errorf("NATS answers, but not for the streams (a stream without a leader, or a user who may not ask): %w", err)
}

// deafGrace is how long a stream may give nothing without a line: leaders change.
const deafGrace = 5 * time.Second

// hearing knows of which streams a consumer can't be heard, so that they are told of
// in one line.
type hearing struct {
	conn  *Conn
	watch *outage.Log

	mu   sync.Mutex // guards what follows
	deaf map[string]bool
}

func (c *Conn) newHearing(consumer string) *hearing {
	meanwhile := "the events in it wait, and those in the others are dealt with"
	return &hearing{conn: c, watch: outage.New(c.log, "A stream of the consumer "+consumer, meanwhile, deafGrace), deaf: map[string]bool{}}
}

// fails says that a stream gave nothing. Without a connection none does, which the
// connection tells of.
func (h *hearing) fails(stream string, err error) {
	if !h.conn.nc.IsConnected() {
		return
	}
	h.mu.Lock()
	h.deaf[stream] = true
	var all []string
	for name := range h.deaf {
		all = append(all, name)
	}
	h.mu.Unlock()
	slices.Sort(all)
	h.watch.Down(err, all...)
}

// works says that a stream gave what it has.
func (h *hearing) works(stream string) {
	h.mu.Lock()
	delete(h.deaf, stream)
	whole := len(h.deaf) == 0
	h.mu.Unlock()
	if whole {
		h.watch.Up()
	}
}
