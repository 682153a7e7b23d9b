package bus

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
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
			list[i] = u.Host // not the user, which may be a token
		}
	}
	return "NATS at " + strings.Join(list, ", ")
}

// foundAgain is called after each successful reconnect.
func (c *Conn) foundAgain() {
	c.refused.Store(0)
	if !c.outage.Up() {
		c.log.Info().Msg("the connection to NATS was lost for a moment and is there again")
	}
	c.metrics.reconnects.Inc()
	for _, f := range hooks(c, c.reconnected) {
		f()
	}
}

// notFound is called after each failed reconnect. None of the client's locks may be
// held.
func (c *Conn) notFound(err error) {
	if !refuses(err) && !errors.Is(err, nats.ErrStaleConnection) { // the former is reported as well, the latter is how it began
		c.outage.Down(c.connectTrouble(err))
	}
}

// reported is called with errors that are not those of a call.
func (c *Conn) reported(nc *nats.Conn, sub *nats.Subscription, err error) {
	switch {
	case errors.Is(err, nats.ErrSlowConsumer) && sub != nil:
		for _, f := range hooks(c, c.slow) {
			f(sub)
		}
	case refuses(err):
		c.refused.Add(1)
		c.outage.Down(c.connectTrouble(err))
	case errors.Is(err, nats.ErrPermissionViolation):
		c.denied.Store(&err)
		c.log.Warn().Err(err).Msg("NATS reports")
	case errors.Is(err, nats.ErrConsumerNotActive) || !nc.IsConnected():
		// A watcher starts again by itself, and the outage is logged already.
		c.log.Debug().Err(err).Msg("NATS reports")
	default:
		c.log.Warn().Err(err).Msg("NATS reports")
	}
}

func refuses(err error) bool {
	for _, no := range []error{nats.ErrAuthorization, nats.ErrAuthExpired, nats.ErrAuthRevoked, nats.ErrAccountAuthExpired} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}

// connectTrouble says in plain words why there is no connection.
func (c *Conn) connectTrouble(err error) error {
	switch {
	case refuses(err):
		return c.opts.Identity.refused(err, time.Now())
	case errors.Is(err, nats.ErrMaxAccountConnectionsExceeded):
		return fmt.Errorf("the NATS account has no connection left: raise its limit, or run fewer processes (%w)", err)
	case errors.Is(err, nats.ErrMaxConnectionsExceeded):
		return fmt.Errorf("the NATS server has no connection left (%w)", err)
	case errors.Is(err, nats.ErrNoServers): // what the client turns that into
		return errors.New("the connection is refused")
	case errors.Is(err, nats.ErrTimeout):
		return errors.New("it did not answer in time")
	case errors.Is(err, nats.ErrSecureConnWanted):
		return errors.New("it does not speak TLS, which NATS_CA or a tls:// in NATS_URL asks for")
	case errors.Is(err, nats.ErrNoInfoReceived):
		return errors.New("what answers there is not a NATS server")
	}
	if why := outage.Why(err); why != "" {
		return errors.New(why)
	}
	if file := (*fs.PathError)(nil); errors.As(err, &file) {
		return fmt.Errorf("the file %s can't be read: %w", file.Path, file.Err)
	}
	if strings.Contains(err.Error(), "signing nonce") { // the client has no type for it
		return fmt.Errorf("%s can't be used: the file holds no whole seed, so write it anew (%w)", c.opts.Identity.setting(), err)
	}
	return err
}

// jetStreamTrouble says in plain words why a connection is useless. All that is known
// of the server by then is that it accepted the connection.
func (c *Conn) jetStreamTrouble(err error) error {
	var layout *LayoutError
	var limit *LimitError
	if err == nil || errors.As(err, &layout) || errors.As(err, &limit) {
		return err
	}
	if denied := c.denied.Load(); denied != nil {
		return fmt.Errorf("NATS answers, but does not permit what Parley needs there: %w (%w)", *denied, err)
	}
	if errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) {
		return fmt.Errorf("NATS answers, but JetStream is not enabled for this account: enable it there, or use another account (%w)", err)
	}
	if errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrJetStreamNotEnabled) {
		return fmt.Errorf("NATS answers, but its JetStream does not: it is not enabled there, or not enough of its servers have found each other yet: %w", err)
	}
	return fmt.Errorf("NATS answers, but not for the streams (a stream without a leader, or a user without the permission): %w", err)
}
