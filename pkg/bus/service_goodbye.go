package bus

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
)

// sayGoodbye tells those who watch replicas that this one stops in order. It is sent once
// and may be lost: then the replica counts as lost for a while.
func (c *Conn) sayGoodbye(service, id string) {
	if err := c.nc.Publish(string(goneSubject(service, id)), nil); err != nil {
		c.log.Debug().Str("service", service).Err(err).Msg("goodbye not sent")
	}
}

// Goodbyes calls said for each replica of any service that stops in order, one at a time,
// until the context ends. A goodbye may be lost, and one that was said before is not heard.
func (c *Conn) Goodbyes(ctx context.Context, said func(service, id string)) error {
	sub, err := c.nc.Subscribe(string(allGone), func(m *nats.Msg) {
		if service, id, ok := parseGone(m.Subject); ok {
			said(service, id)
		}
	})
	if err != nil {
		return fmt.Errorf("listen to replicas that stop: %w", translate(err))
	}
	<-ctx.Done()
	_ = sub.Unsubscribe() // fails only on a closed connection, which delivers nothing
	return nil
}
