package console

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/desk"
)

// PresentAfar repeats in each other region which agents are here, until the context ends: the
// home of a chat takes it from an agent who is not online there. A region that can't be reached
// is left out and holds up nobody; an agent who leaves is gone there when the entry expires.
func (b *Board) PresentAfar(ctx context.Context, regions *bus.Regions) error {
	t := time.NewTicker(presentEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		case <-b.came:
		}
		var each errgroup.Group
		for _, conn := range regions.Others() {
			each.Go(func() error {
				if err := b.presentIn(ctx, conn); err != nil && ctx.Err() == nil && conn.Ready() == nil {
					b.log.Warn().Err(err).Str("region", string(conn.Region())).Msg("could not mark agents as online there")
				}
				return nil
			})
		}
		_ = each.Wait()
	}
}

// presentIn marks the agents who are here as online in another region.
func (b *Board) presentIn(ctx context.Context, conn *bus.Conn) error {
	here := b.here()
	if len(here) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, presentEvery/2)
	defer cancel()
	presence, err := bus.OpenBucket[desk.Presence](ctx, conn, bus.PresenceBucket)
	if err != nil {
		return err
	}
	for _, who := range here {
		if err := presence.Put(ctx, who.User, desk.Presence{User: who.User, Name: who.Name, At: time.Now().UTC()}); err != nil {
			return err
		}
	}
	return nil
}
