package main

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/test/load/internal/scenario"
)

// PagingRow is how long a page of 50 takes, in a store with many events of other chats.
type PagingRow struct {
	Label  string
	Stored int // events beside the chat's own
	Pages  int64
	Page   Spread
}

const (
	chatTurns = 60 // of the chat whose pages are asked for
	pages     = 500
)

// paging asks for pages of 50 events of one chat, one after the other.
func paging(ctx context.Context, sys *scenario.System, p plan, stored int) (row PagingRow, err error) {
	row = PagingRow{Label: sys.Label, Stored: stored}
	c, err := connect(ctx, sys.Base, 0)
	if err != nil {
		return row, unreached(sys.Base, err)
	}
	defer c.ws.Drop(false)
	for range chatTurns {
		if _, err := c.turn(p.text, false); err != nil {
			return row, err
		}
	}
	before := c.f.seq // the last reply
	if _, err := sys.Rest(ctx); err != nil {
		return row, err
	}
	spread := newLatencies()
	for n := range pages {
		if ctx.Err() != nil {
			return row, ctx.Err()
		}
		began := time.Now()
		if err := c.ws.WriteRaw(fmt.Appendf(nil, `{"t":"page","id":"p%d","before":%d,"limit":50}`, n, before)); err != nil {
			return row, err
		}
		for {
			if err := c.read(); err != nil {
				return row, err
			}
			if string(c.f.t) == "error" {
				return row, fmt.Errorf("a page was not given: %w", c.refused())
			}
			if string(c.f.t) == "page" {
				break
			}
		}
		spread.add(time.Since(began))
	}
	row.Pages, row.Page = spread.count(), spread.spread()
	return row, nil
}
