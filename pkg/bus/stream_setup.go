package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// buckets are all buckets.
var buckets = []string{VisitorsBucket, RevokedBucket, AgentsBucket, DeskBucket, PresenceBucket, SettingsBucket, AttemptsBucket, KeysBucket, MarksBucket, AboutBucket, SiteBucket}

// MakeAll makes the buckets, the object store of files, keys and consumers that don't exist yet, in addition to
// the streams that Connect has made, so that connections without the permission to
// make anything find all they use. It may be called at any time, and again after an
// upgrade. Where a role then asks for another consumer than its Durable describes,
// the role logs it, and test/deploy fails.
func (c *Conn) MakeAll(ctx context.Context, durables []Durable) error {
	for _, name := range buckets {
		if _, err := OpenBucket[json.RawMessage](ctx, c, name); err != nil {
			return err
		}
	}
	if _, err := c.OpenFiles(ctx); err != nil {
		return err
	}
	if err := c.ensureSealKey(ctx); err != nil {
		return err
	}
	for _, d := range durables {
		for _, stream := range c.streamsOf(d) {
			if _, err := c.makeConsumer(ctx, stream, d.config(c)); err != nil {
				return c.makeTrouble(fmt.Sprintf("make consumer %s of stream %s", d.Name, stream), err)
			}
		}
	}
	return nil
}

// durable returns the consumer as cfg describes it, and creates it if necessary. To look
// first costs a request, but lets connections work that have no permission to create
// consumers: NATS does not answer what it does not permit. Such a connection also uses a
// consumer that was created for other settings, and logs that.
func (c *Conn) durable(ctx context.Context, stream string, cfg jetstream.ConsumerConfig) (jetstream.Consumer, error) {
	there, err := c.js.Consumer(ctx, stream, cfg.Durable)
	if err == nil && sameConsumer(there.CachedInfo().Config, cfg) {
		return there, nil
	}
	if err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return nil, translate(err)
	}
	made, err := c.makeConsumer(ctx, stream, cfg)
	if err != nil && there != nil && ctx.Err() == nil {
		c.log.Warn().Str("stream", stream).Str("consumer", cfg.Durable).Err(err).Msg("the consumer was made for other settings and could not be changed; run parley setup")
		return there, nil
	}
	if limit := c.limitTrouble("make consumer "+cfg.Durable, err); limit != nil {
		return nil, limit
	}
	if err != nil {
		return nil, fmt.Errorf("make consumer %s (where this role may not, run parley setup): %w", cfg.Durable, translate(err))
	}
	return made, nil
}

// makeConsumer creates or changes a consumer. Where the account lets it hand out less at
// once than it wants, it wants that.
func (c *Conn) makeConsumer(ctx context.Context, stream string, cfg jetstream.ConsumerConfig) (jetstream.Consumer, error) {
	made, err := c.js.CreateOrUpdateConsumer(ctx, stream, cfg)
	if api, ok := errors.AsType[*jetstream.APIError](err); ok && api.ErrorCode == ackPendingTooLarge {
		if limit, ok := lastNumber(api.Description); ok && limit < cfg.MaxAckPending {
			cfg.MaxAckPending = limit
			return c.js.CreateOrUpdateConsumer(ctx, stream, cfg)
		}
	}
	return made, err
}

// lastNumber reads the number at the end of a sentence of NATS.
func lastNumber(s string) (int, bool) {
	n, err := strconv.Atoi(s[strings.LastIndexByte(s, ' ')+1:])
	return n, err == nil && n > 0
}

// sameConsumer compares what consumerConfig sets; the server fills in the rest.
func sameConsumer(have, want jetstream.ConsumerConfig) bool {
	filters := func(c jetstream.ConsumerConfig) []string {
		if c.FilterSubject != "" {
			return []string{c.FilterSubject}
		}
		return slices.Sorted(slices.Values(c.FilterSubjects))
	}
	return have.AckPolicy == want.AckPolicy && have.AckWait == want.AckWait && have.MaxDeliver == want.MaxDeliver &&
		have.MaxAckPending == want.MaxAckPending && have.DeliverPolicy == want.DeliverPolicy && slices.Equal(filters(have), filters(want))
}
