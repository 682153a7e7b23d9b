package console

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// followAfar lists the desk of another region until the context ends.
func (b *Board) followAfar(ctx context.Context, conn *bus.Conn) {
	b.mirror.FollowAfar(ctx, conn, func(id chat.ID) bool { return b.regions.HomeOf(id) == conn.Region() })
}

// awayEvery is how often is looked which regions can't be reached.
const awayEvery = time.Second

// sayAway tells consoles which regions can't be reached, whenever that changes, until the
// context ends.
func (b *Board) sayAway(ctx context.Context) {
	t := time.NewTicker(awayEvery)
	defer t.Stop()
	for {
		away := b.regions.Away()
		b.mu.Lock()
		if !slices.Equal(away, b.away) {
			b.away = away
			b.broadcast(frame.Regions{T: "regions", Away: append([]chat.Region{}, away...)})
		}
		b.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// presentAfar repeats in each other region which agents are here, until the context ends: the
// home of a chat takes it from an agent who is not online there. A region that can't be reached
// is left out and holds up nobody; an agent who leaves is gone there when the entry expires.
func (b *Board) presentAfar(ctx context.Context) {
	t := time.NewTicker(presentEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		case <-b.came:
		}
		here := b.here()
		var each errgroup.Group
		for _, conn := range b.regions.Others() {
			each.Go(func() error {
				if err := b.presentIn(ctx, conn, here); err != nil && ctx.Err() == nil && conn.Ready() == nil {
					b.log.Warn().Err(err).Str("region", string(conn.Region())).Msg("could not mark agents as online there")
				}
				return nil
			})
		}
		_ = each.Wait()
	}
}

// elsewhere counts each agent's chats whose home is another region than that of the connection.
func (b *Board) elsewhere(conn *bus.Conn) map[string]int {
	held := map[string]int{}
	for _, e := range b.mirror.Entries(chat.Live) {
		if b.regions.HomeOf(e.Chat) != conn.Region() {
			held[e.Occupant()]++
		}
	}
	return held
}

// presentAtOnce bounds how many agents are marked as online in another region at once.
const presentAtOnce = 32

// presentIn marks the agents who are here as online in another region: many at once, since each
// takes a round trip, and all have to be there before the first entries expire.
func (b *Board) presentIn(ctx context.Context, conn *bus.Conn, here map[string]chat.Agent) error {
	if len(here) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, presentEvery/2)
	defer cancel()
	presence, err := bus.OpenBucket[desk.Presence](ctx, conn, bus.PresenceBucket)
	if err != nil {
		return err
	}
	elsewhere := b.elsewhere(conn)
	var all errgroup.Group
	all.SetLimit(presentAtOnce)
	for _, who := range here {
		all.Go(func() error { return presence.Put(ctx, who.User, presenceOf(who, elsewhere)) })
	}
	return all.Wait()
}
