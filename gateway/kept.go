package gateway

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/gateway/about"
	"github.com/parley-chat/parley/gateway/marks"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// kept is what is kept of chats beside their logs, at the home of each: a region that is slow
// or can't be reached holds up no other one.
type kept struct {
	own keptThere

	mu   sync.Mutex // guards what follows
	afar map[chat.Region]keptThere
}

// keptThere is what is kept in one region.
type keptThere struct {
	marks *marks.Marks
	about *about.Keeper
}

// openKept opens what is kept in the region of the connection.
func (g *Gateway) openKept(ctx context.Context, conn *bus.Conn) (k keptThere, err error) {
	if k.marks, err = marks.New(ctx, conn, g.log); err != nil {
		return k, fmt.Errorf("open the read marks: %w", err)
	}
	if k.about, err = about.New(ctx, conn, g.metrics.forgot.Inc, g.log); err != nil {
		return k, fmt.Errorf("open what is known of visitors: %w", err)
	}
	return k, nil
}

// run writes what is to be kept until the context ends, and then what is left.
func (k keptThere) run(ctx context.Context) error {
	var both errgroup.Group
	both.Go(func() error { return k.marks.Run(ctx) })
	both.Go(func() error { return k.about.Run(ctx) })
	return both.Wait()
}

// keepAfar keeps what is to be kept in another region until the context ends.
func (g *Gateway) keepAfar(ctx context.Context, conn *bus.Conn) {
	for try := 1; ; try++ {
		there, err := g.openKept(ctx, conn)
		if err == nil {
			g.kept.mu.Lock()
			if g.kept.afar == nil {
				g.kept.afar = map[chat.Region]keptThere{}
			}
			g.kept.afar[conn.Region()] = there
			g.kept.mu.Unlock()
			_ = there.run(ctx) // it fails never
			return
		}
		g.log.Debug().Err(err).Str("region", string(conn.Region())).Msg("nothing is kept there beside the chats yet")
		if opening.Wait(ctx, try) != nil {
			return
		}
	}
}

// keptOf returns what is kept at the home of a chat; of one that was not reached yet nothing
// is, and nothing is known.
func (g *Gateway) keptOf(id chat.ID) keptThere {
	if g.regions.IsOwn(id) {
		return g.kept.own
	}
	g.kept.mu.Lock()
	defer g.kept.mu.Unlock()
	return g.kept.afar[g.regions.HomeOf(id)]
}

// sitesOf returns the sites of the chats of which they are known.
func (g *Gateway) sitesOf(ctx context.Context, ids []chat.ID) map[chat.ID]string {
	homes := map[chat.Region][]chat.ID{}
	for _, id := range ids {
		home := g.regions.HomeOf(id)
		homes[home] = append(homes[home], id)
	}
	var mu sync.Mutex
	var all errgroup.Group
	sites := map[chat.ID]string{}
	for _, ids := range homes {
		all.Go(func() error {
			some := g.keptOf(ids[0]).about.Sites(ctx, ids)
			mu.Lock()
			defer mu.Unlock()
			maps.Copy(sites, some)
			return nil
		})
	}
	_ = all.Wait()
	return sites
}
