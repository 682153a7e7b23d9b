package gateway

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-chat/parley/gateway/console"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

const (
	// earlierPage is how many events are read at once to find where an agent's reading begins.
	earlierPage = 200
	// maxEarlier is how many are read for it at most. Of a longer chat that agent reads no more.
	maxEarlier = 2000
)

// begins returns the sequence of the first event of a chat that the agent may read; 0: all of it.
// Where agents read only what is of their own teams, an earlier visit that was another team's is not
// theirs to read, nor is what came before it: what they read stays one piece without a hole. Nothing
// is read where that can't be. The agent may read the chat as it is now: see mayRead.
func (g *Gateway) begins(ctx context.Context, who *console.SignedIn, id chat.ID, now chat.State) (uint64, error) {
	set := g.teams.Now().Set
	if !who.Limited(set) || now.Visit <= 1 {
		return 0, nil
	}
	home, err := g.regions.Of(id)
	if err != nil {
		return 0, err
	}
	user := who.Agent().User
	theirs := func(s *chat.State, last bool) bool {
		return s.Agent != nil && s.Agent.User == user || last && who.MayRead(set, s.Team(), "")
	}
	var events []chat.Event
	for before := uint64(0); ; before = events[0].Seq {
		page, err := roles.AskPage(ctx, home, chat.RoleAgent, roles.PageRequest{Chat: id, Before: before, Limit: earlierPage})
		if errors.Is(err, bus.ErrUnavailable) && len(events) == 0 {
			return beginsInStream(ctx, home, id, theirs)
		}
		if err != nil {
			return 0, err
		}
		events = append(page.Events, events...)
		if first := firstReadable(events, theirs); first > 0 || page.Prev == 0 || len(events) == 0 {
			return first, nil
		}
		if len(events) >= maxEarlier {
			return events[0].Seq, nil
		}
	}
}

// beginsUnseen is begins for a chat that the console does not watch.
func (g *Gateway) beginsUnseen(ctx context.Context, who *console.SignedIn, id chat.ID) (uint64, error) {
	if !who.Limited(g.teams.Now().Set) {
		return 0, nil
	}
	home, err := g.regions.Of(id)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	now, err := home.Last(ctx, id)
	if err != nil {
		return 0, fmt.Errorf("look at chat %s: %w", id, err)
	}
	return g.begins(ctx, who, id, now.State)
}

// beginsInStream is begins while the store can't be read, if the stream has all of the chat.
func beginsInStream(ctx context.Context, home *bus.Conn, id chat.ID, theirs func(s *chat.State, last bool) bool) (uint64, error) {
	tail, err := home.TailPart(ctx, id, 0, chat.RoleAgent)
	if err != nil {
		return 0, err
	}
	first := firstReadable(tail.Events, theirs)
	if first == 0 && (tail.More || !tail.Whole) {
		return 0, bus.ErrUnavailable
	}
	return first, nil
}

// firstReadable returns the first event of the first visit at the end of a piece of a log from which
// on all visits are theirs to read; 0 if all of the piece is. The last visit is. An earlier one is if
// theirs says so of one of its states, and of its last one with last set: that of the team which had
// it in the end.
func firstReadable(piece []chat.Event, theirs func(s *chat.State, last bool) bool) uint64 {
	visits := chat.VisitsOf(piece)
	for end := len(piece) - 1; end >= 0; {
		begin, known, may := end, false, false
		for ; begin >= 0 && visits[begin] == visits[end]; begin-- {
			if s := piece[begin].State; s != nil {
				may = may || theirs(s, !known)
				known = true
			}
		}
		if end < len(piece)-1 && known && !may {
			return piece[end+1].Seq
		}
		end = begin
	}
	return 0
}
