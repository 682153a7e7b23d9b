package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/backoff"
)

// The head of the audit log is also kept beside it, in the bucket of settings: so it shows if the
// stream is replaced by a shorter one. It is never replaced by an older one.
const auditHeadKey = "audit-head"

// auditKept is how long after a line its head is kept, with those that followed meanwhile.
const auditKept = time.Second

var auditing = backoff.Policy{Min: 2 * time.Millisecond, Max: 200 * time.Millisecond}

// AuditHead returns the head of the audit log that is kept beside it, or ErrNotFound.
func (c *Conn) AuditHead(ctx context.Context) (audit.Head, error) {
	b, err := OpenBucket[audit.Head](ctx, c, SettingsBucket)
	if err != nil {
		return audit.Head{}, err
	}
	head, _, err := b.Get(ctx, auditHeadKey)
	return head, err
}

// keep stores the end of the chain as it is known here. Whoever fails leaves it to the next: what
// it guards against is rare, and a line must not wait for it.
func (a *auditor) keep(closing bool) {
	defer a.work.Done()
	a.mu.Lock()
	end := a.end
	a.keeping = nil
	a.mu.Unlock()
	if end == nil {
		return
	}
	limit := requestTimeout
	if closing {
		limit = time.Second
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := a.conn.keepHead(ctx, end.Head); err != nil {
		a.conn.log.Debug().Err(err).Msg("the audit log's head was not kept; it will be with the next line")
	}
}

func (c *Conn) keepHead(ctx context.Context, head audit.Head) error {
	b, err := OpenBucket[audit.Head](ctx, c, SettingsBucket)
	if err != nil {
		return err
	}
	for {
		kept, revision, err := b.Get(ctx, auditHeadKey)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if kept.N >= head.N {
			return nil
		}
		if _, err = b.Update(ctx, auditHeadKey, head, revision); !errors.Is(err, ErrConflict) {
			return err
		}
		if err := auditing.Wait(ctx, 1); err != nil {
			return fmt.Errorf("keep the audit log's head: %w", err)
		}
	}
}

// sequenceOf returns the sequence of a republished or directly read message.
func sequenceOf(msg *nats.Msg) (uint64, bool) {
	seq, err := strconv.ParseUint(msg.Header.Get(jetstream.SequenceHeader), 10, 64)
	return seq, err == nil
}
