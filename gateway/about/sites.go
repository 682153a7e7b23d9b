package about

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// mostSites is how many chats' sites are remembered. Above it all are forgotten, which
	// costs reads.
	mostSites = 20_000
	// siteFor and noneFor are how long a chat's site, and that none is known, are taken as
	// they were read.
	siteFor = 10 * time.Minute
	noneFor = 5 * time.Second
	// atOnce is how many are read at once for a list, and listTime how long that may take:
	// a list without sites is better than one that is late.
	atOnce   = 16
	listTime = 500 * time.Millisecond
)

// sites remembers the site of each chat for lists, which consoles ask for again and again.
type sites struct {
	of func(context.Context, chat.ID) (site string, err error)

	mu    sync.Mutex
	known map[chat.ID]site
}

type site struct {
	host  string
	until time.Time
}

// Sites returns the hosts of the pages that have the chats in them, of those of the chats
// for which that is known.
func (k *Keeper) Sites(ctx context.Context, ids []chat.ID) map[chat.ID]string {
	if k == nil {
		return nil
	}
	return k.sites.all(ctx, ids, k.now())
}

// look returns the site of a chat; empty if none is known.
func (k *Keeper) look(ctx context.Context, id chat.ID) (string, error) {
	known := k.Of(ctx, id)
	if known == nil {
		return "", ctx.Err()
	}
	return known.Site(), nil
}

func (s *sites) all(ctx context.Context, ids []chat.ID, now time.Time) map[chat.ID]string {
	hosts := map[chat.ID]string{}
	var ask []chat.ID
	s.mu.Lock()
	for _, id := range ids {
		if is, ok := s.known[id]; !ok || !now.Before(is.until) {
			ask = append(ask, id)
		} else if is.host != "" {
			hosts[id] = is.host
		}
	}
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	var reads errgroup.Group
	reads.SetLimit(atOnce)
	found := make([]string, len(ask))
	for i, id := range ask {
		reads.Go(func() error {
			host, err := s.of(ctx, id)
			if err == nil {
				s.is(id, host)
			}
			found[i] = host
			return nil
		})
	}
	_ = reads.Wait() // a site that can't be read is left out
	for i, host := range found {
		if host != "" {
			hosts[ask[i]] = host
		}
	}
	return hosts
}

// is remembers the site of a chat.
func (s *sites) is(id chat.ID, host string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || len(s.known) >= mostSites {
		s.known = map[chat.ID]site{}
	}
	lasts := siteFor
	if host == "" {
		lasts = noneFor
	}
	s.known[id] = site{host, time.Now().Add(lasts)}
}

func (s *sites) forget(id chat.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, id)
}
