package gateway

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/merge"
	"github.com/parley-chat/parley/pkg/moving"
	"github.com/parley-chat/parley/pkg/roles"
)

// reached returns the connections to all regions that can be used now, the own one first.
func (g *Gateway) reached() []*bus.Conn { return append([]*bus.Conn{g.conn}, g.regions.Others()...) }

// begin has this region begin with what the first region has, before anything is made here that
// has to be alike in all. The error wraps bus.ErrUnavailable until the first region was reached
// once.
func (g *Gateway) begin(ctx context.Context) error {
	first := g.regions.First()
	if first == g.conn.Region() {
		return nil
	}
	if begun, err := g.merging().Begun(ctx, accounts.Keys()...); begun || err != nil {
		return err
	}
	err := errNotReached
	for _, conn := range g.regions.Others() {
		if conn.Region() == first {
			err = g.merging().Begin(ctx, conn, accounts.Keys()...)
		}
	}
	if err != nil {
		return &firstError{first, err}
	}
	g.log.Info().Str("region", string(first)).Msg("this region begins with the accounts and the key of agents' sessions of that one, the first in REGIONS")
	return nil
}

var errNotReached = fmt.Errorf("it was not reached yet (%w)", bus.ErrUnavailable)

// firstError means that this region has yet to begin with what the first one has.
type firstError struct {
	first chat.Region
	error
}

func (e *firstError) Error() string {
	return fmt.Sprintf("this region begins with the accounts of the region %s, the first in REGIONS: %v", e.first, e.error)
}

// Unwrap returns why.
func (e *firstError) Unwrap() error { return e.error }

// follow merges what another region has, and keeps a copy of its chats if that is set up.
func (g *Gateway) follow(ctx context.Context, from *bus.Conn) {
	merging := g.merging()
	if slices.Contains(g.opts.CopyOf, from.Region()) {
		merging.Also = (&moving.Copier{Own: g.conn, From: from, Log: g.log}).Run
	}
	merging.Follow(ctx, from)
}

func (g *Gateway) merging() merge.Follower { return merge.Follower{Own: g.conn, Log: g.log} }

// compareKeys says so if another region has other keys than this one: whoever is signed in there
// is not signed in here.
func (g *Gateway) compareKeys(ctx context.Context, conn *bus.Conn) {
	for try := 1; ; try++ {
		differ, err := g.merging().Differ(ctx, conn, accounts.Keys()...)
		switch {
		case err == nil && len(differ) > 0:
			g.log.Error().Str("region", string(conn.Region())).Strs("keys", differ).
				Msg("this region and that one have different keys, so nobody who signed in there is signed in here; " + g.alikeAgain(conn.Region()))
			return
		case err == nil:
			return
		}
		if keeping.Wait(ctx, try) != nil {
			return
		}
	}
}

// alikeAgain says what to do about keys that differ from another region's. The first region copies
// from none, and all others from the first.
func (g *Gateway) alikeAgain(other chat.Region) string {
	var not []string
	first := g.regions.First()
	for _, region := range []chat.Region{g.conn.Region(), other} {
		if region != first {
			not = append(not, string(region))
		}
	}
	return fmt.Sprintf("delete them from the bucket settings in %s and restart the gateways there, which then copy those of %s, the first in REGIONS", strings.Join(not, " and in "), first)
}

// chatsOf lists the chats of all regions that can be reached, the most recently active first.
// Another region that fails is left out: the console says which ones it can't see.
func (g *Gateway) chatsOf(ctx context.Context, req roles.ChatsRequest) (roles.ChatsReply, error) {
	conns := g.reached()
	replies, errs := make([]roles.ChatsReply, len(conns)), make([]error, len(conns))
	var all errgroup.Group
	for i, conn := range conns {
		all.Go(func() error {
			replies[i], errs[i] = bus.Ask(ctx, conn, roles.HistoryChats, req)
			return nil
		})
	}
	_ = all.Wait()
	for i, err := range errs[1:] {
		if err != nil {
			g.log.Debug().Err(err).Str("region", string(conns[i+1].Region())).Msg("its chats are left out of a list")
		}
	}
	return merged(replies, req.Limit), errs[0]
}

// merged is one list of those of several regions, which were all asked for the same: at most
// limit chats, the most recently active first. What is cut off comes with the next part, which
// begins before the last chat of this one.
func merged(parts []roles.ChatsReply, limit int) roles.ChatsReply {
	if len(parts) == 1 {
		return parts[0]
	}
	var list roles.ChatsReply
	for _, part := range parts {
		list.Chats = append(list.Chats, part.Chats...)
		list.More = list.More || part.More
	}
	slices.SortStableFunc(list.Chats, func(a, b roles.ChatSummary) int { return b.At.Compare(a.At) })
	if len(list.Chats) > limit {
		list.Chats, list.More = list.Chats[:limit], true
	}
	return list
}

// closeSourceIn closes the waiting chats of one source in all regions that can be reached,
// since its people may wait in each.
func (g *Gateway) closeSourceIn(ctx context.Context, req roles.SourceRequest) (all roles.SourceReply, err error) {
	for _, conn := range g.reached() {
		reply, err := callPatiently(ctx, conn, roles.DeskCloseSource, req)
		if err != nil {
			return all, err
		}
		all.Closed, all.Left = all.Closed+reply.Closed, all.Left+reply.Left
	}
	return all, nil
}

// written reports whether anything was ever said in the chat.
func (g *Gateway) written(ctx context.Context, id chat.ID) (bool, error) {
	home, err := g.regions.Of(id)
	if err != nil {
		return false, err
	}
	if last, err := home.LastInput(ctx, id); err != nil || last > 0 {
		return last > 0, err
	}
	page, err := roles.AskPage(ctx, home, chat.RoleVisitor, roles.PageRequest{Chat: id, Limit: 1})
	if err != nil {
		return false, fmt.Errorf("look for the past of chat %s: %w", id, err)
	}
	return len(page.Events) > 0, nil
}
