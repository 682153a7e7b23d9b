package gateway

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/gateway/about"
	"github.com/parley-chat/parley/gateway/drafts"
	"github.com/parley-chat/parley/gateway/marks"
	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// kept is what is kept of chats beside their logs, at the home of each: a region that is slow
// or can't be reached holds up no other one.
type kept struct {
	regions *bus.Regions
	dropped func() // called for what there was no room for
	log     zerolog.Logger
	own     keptThere

	mu   sync.Mutex // guards what follows
	afar map[chat.Region]keptThere
}

// keptThere is what is kept in one region.
type keptThere struct {
	marks  *marks.Marks
	about  *about.Keeper
	drafts *drafts.Keeper
}

// openKept opens what is kept in the own region.
func openKept(ctx context.Context, regions *bus.Regions, dropped func(), log zerolog.Logger) (_ *kept, err error) {
	k := &kept{regions: regions, dropped: dropped, log: log, afar: map[chat.Region]keptThere{}}
	k.own, err = k.open(ctx, regions.Home())
	return k, err
}

// open opens what is kept in the region of the connection.
func (k *kept) open(ctx context.Context, conn *bus.Conn) (there keptThere, err error) {
	if there.marks, err = marks.New(ctx, conn, k.log); err != nil {
		return there, fmt.Errorf("open the read marks: %w", err)
	}
	vouch := func(ctx context.Context, id chat.ID, signed chat.CardEdit) error {
		_, err := bus.Call(ctx, conn, roles.DeskVouch, roles.VouchRequest{Chat: id, Edit: signed})
		return err
	}
	if there.about, err = about.New(ctx, conn, k.dropped, vouch, k.log); err != nil {
		return there, fmt.Errorf("open what is known of visitors: %w", err)
	}
	if there.drafts, err = drafts.New(ctx, conn); err != nil {
		return there, fmt.Errorf("open the agents' drafts: %w", err)
	}
	return there, nil
}

// run writes what is to be kept in all regions until the context ends, and then what is left.
func (k *kept) run(ctx context.Context) error {
	var all errgroup.Group
	all.Go(func() error { return k.own.run(ctx) })
	all.Go(func() error { k.regions.WithOthers(ctx, k.runAfar); return nil })
	return all.Wait()
}

// run writes what is to be kept until the context ends, and then what is left.
func (k keptThere) run(ctx context.Context) error {
	var both errgroup.Group
	both.Go(func() error { return k.marks.Run(ctx) })
	both.Go(func() error { return k.about.Run(ctx) })
	return both.Wait()
}

var keeping = backoff.Policy{Min: 200 * time.Millisecond, Max: 5 * time.Second}

// runAfar keeps what is to be kept in another region until the context ends.
func (k *kept) runAfar(ctx context.Context, conn *bus.Conn) {
	for try := 1; ; try++ {
		there, err := k.open(ctx, conn)
		if err == nil {
			k.mu.Lock()
			k.afar[conn.Region()] = there
			k.mu.Unlock()
			_ = there.run(ctx) // it fails never
			return
		}
		k.log.Debug().Err(err).Str("region", string(conn.Region())).Msg("nothing is kept there beside the chats yet")
		if keeping.Wait(ctx, try) != nil {
			return
		}
	}
}

// of returns what is kept at the home of a chat; of one that was not reached yet nothing
// is, and nothing is known.
func (k *kept) of(id chat.ID) keptThere {
	if k.regions.IsOwn(id) {
		return k.own
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.afar[k.regions.HomeOf(id)]
}

// sites returns the sites of the chats of which they are known.
func (k *kept) sites(ctx context.Context, ids []chat.ID) map[chat.ID]string {
	homes := map[chat.Region][]chat.ID{}
	for _, id := range ids {
		home := k.regions.HomeOf(id)
		homes[home] = append(homes[home], id)
	}
	var mu sync.Mutex
	var all errgroup.Group
	sites := map[chat.ID]string{}
	for _, ids := range homes {
		all.Go(func() error {
			some := k.of(ids[0]).about.Sites(ctx, ids)
			mu.Lock()
			defer mu.Unlock()
			maps.Copy(sites, some)
			return nil
		})
	}
	_ = all.Wait()
	return sites
}
