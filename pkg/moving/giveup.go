package moving

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// GivingUp has all chats of a region that is gone go on in another one.
type GivingUp struct {
	Region chat.Region
	To     *bus.Conn
	// Disks is a connection to NATS on what is left of the region's disks; nil: nothing is.
	Disks *bus.Conn
}

// GivenUp is what became of a region.
type GivenUp struct {
	Events  int // that were on the disks, and are in the store now
	Chats   int // of the region that the store has
	Desk    int // of them that waited for a person, were with one, or were missed
	Open    int // of them with something that nobody had answered: a person was called
	Stuck   int // of them that were moved too often, and don't go on
	Already bool
}

// Run gives the region up. It may be repeated, also with disks that were found later: what is known
// of them then is in the history, and nothing is answered or decided twice.
func (g GivingUp) Run(ctx context.Context) (done GivenUp, err error) {
	done.Already = g.To.Homes().GivenUp(g.Region) != ""
	if to := g.To.Homes().GivenUp(g.Region); to != "" && to != g.To.Region() {
		return done, fmt.Errorf("the region %s was given up before, and its chats go on in %s", g.Region, to)
	}
	home := bus.Home{Revision: 1, At: time.Now().UTC(), Path: []chat.Region{g.Region, g.To.Region()}}
	if g.Disks != nil {
		// First of all: should its processes start on these disks, they must not go on.
		if err := Say(ctx, g.Disks, bus.HomeKey(g.Region), home); err != nil {
			return done, err
		}
		if err := g.saveHomes(ctx); err != nil {
			return done, err
		}
		if done.Events, err = g.save(ctx); err != nil {
			return done, err
		}
	}
	before, err := g.chats(ctx, g.Region)
	if err != nil {
		return done, err
	}
	if err := Say(ctx, g.To, bus.HomeKey(g.Region), home); err != nil {
		return done, err
	}
	if done.Already { // a run before this one may have ended too soon
		if before, err = g.chats(ctx, g.To.Region()); err != nil {
			return done, err
		}
	}
	for _, id := range before {
		if done.Already && g.To.Moves(id) == 0 {
			continue
		}
		done.Chats++
		if !g.To.IsHome(id) {
			done.Stuck++
			continue
		}
		if err := g.settle(ctx, id, &done); err != nil {
			return done, fmt.Errorf("settle chat %s: %w", id, err)
		}
	}
	return done, nil
}

// save has the store take over what the disks have.
func (g GivingUp) save(ctx context.Context) (n int, err error) {
	err = g.Disks.EachEvent(ctx, func(events []chat.Event) error {
		var own []chat.Event
		for _, e := range events {
			if at := g.To.HomeOf(e.Chat); at == g.Region || at == g.To.Region() && e.Seq < g.To.Begins(e.Chat) {
				own = append(own, e)
			}
		}
		if err := copyFiles(ctx, g.Disks, g.To, own, false); err != nil {
			return err
		}
		n += len(own)
		return Import(ctx, g.To, own)
	})
	if err != nil {
		return n, err
	}
	return n, g.saveRevoked(ctx)
}

// saveHomes takes over where chats are that were moved shortly before the region was lost, of which the
// other regions may not have heard.
func (g GivingUp) saveHomes(ctx context.Context) error {
	return each(ctx, g.Disks, bus.SiteBucket, func(key string, value json.RawMessage) error {
		if !strings.HasPrefix(key, bus.HomeKey(chat.ID(""))) || key == bus.HomeKey(g.Region) {
			return nil
		}
		var home bus.Home
		if err := json.Unmarshal(value, &home); err != nil || len(home.Path) < 2 {
			return fmt.Errorf("read %s on the disks of %s: it is no home: %w", key, g.Region, err)
		}
		return Say(ctx, g.To, key, home)
	})
}

// saveRevoked takes over which browsers were forgotten.
func (g GivingUp) saveRevoked(ctx context.Context) error {
	to, err := bus.OpenBucket[json.RawMessage](ctx, g.To, bus.RevokedBucket)
	if err != nil {
		return err
	}
	return each(ctx, g.Disks, bus.RevokedBucket, func(key string, value json.RawMessage) error {
		if _, err := to.Create(ctx, key, value); err != nil && !errors.Is(err, bus.ErrExists) {
			return err
		}
		return nil
	})
}

// each calls take for each value that a bucket has now, until it fails.
func each(ctx context.Context, conn *bus.Conn, bucket string, take func(key string, value json.RawMessage) error) error {
	from, err := bus.OpenBucket[json.RawMessage](ctx, conn, bucket)
	if err != nil {
		return err
	}
	once, stop := context.WithCancel(ctx)
	defer stop()
	var failure error
	all := false
	err = from.Watch(once, func(e bus.Entry[json.RawMessage]) {
		switch {
		case all || failure != nil:
		case e.Current:
			all = true
			stop()
		case !e.Gone:
			if failure = take(e.Key, e.Value); failure != nil {
				stop()
			}
		}
	})
	if failure == nil && !all {
		failure = cmp.Or(err, ctx.Err())
	}
	return failure
}

// chats lists the chats that are at home in a region and that the store has.
func (g GivingUp) chats(ctx context.Context, of chat.Region) (ids []chat.ID, err error) {
	seen := map[chat.ID]bool{}
	for req := (roles.ChatsRequest{Limit: 200, Of: of}); ; {
		list, err := bus.Ask(ctx, g.To, roles.HistoryChats, req)
		if err != nil {
			return nil, fmt.Errorf("list the chats of the region %s: %w", of, err)
		}
		for _, c := range list.Chats {
			if !seen[c.Chat] {
				seen[c.Chat], ids = true, append(ids, c.Chat)
			}
			req.Before = c.At
		}
		if !list.More || len(list.Chats) == 0 {
			return ids, nil
		}
	}
}

// lastEvents is how many of a chat's events are looked at for what is open.
const lastEvents = 200

// called is what visitors read whose words nobody answered before their region was lost.
const called = "Something went wrong on our side, so a person will look at this."

// settle has one chat go on. Most are closed, or wait for the visitor: these go on with the next
// message.
func (g GivingUp) settle(ctx context.Context, id chat.ID, done *GivenUp) error {
	var page roles.PageReply
	err := patiently(ctx, func() (err error) {
		page, err = roles.AskPage(ctx, g.To, chat.RoleAgent, roles.PageRequest{Chat: id, Limit: lastEvents})
		return err
	})
	if err != nil {
		return err
	}
	counted, input := false, lastInput(page.Events)
	for {
		nothing := errors.New("nothing is open")
		there := errors.New("it goes on already")
		listed := false
		err := patiently(ctx, func() error {
			_, err := g.To.GuardedAppend(ctx, id, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
				if s.Out > 0 && !counted {
					return chat.Event{}, there
				}
				e, open := answerFor(s.State, page.Events)
				if open {
					return e, nil
				}
				is := s.State.Is()
				through := leftToPeople(s.State, input)
				listed = is == chat.Waiting || is == chat.Live || s.State.IsMissed()
				if listed && s.Out == 0 || through > s.State.AnsweredThrough {
					return change(s.State, chat.Step{Kind: chat.StateChange, Reason: chat.Arrived, AnsweredThrough: through, At: time.Now()})
				}
				return chat.Event{}, nothing
			})
			return err
		})
		switch {
		case err == nil && listed:
			done.Desk++
			return nil
		case err == nil && !counted:
			done.Open, counted = done.Open+1, true
		case err == nil:
		case errors.Is(err, nothing) || errors.Is(err, there):
			return nil
		default:
			return err
		}
	}
}

func lastInput(events []chat.Event) (last uint64) {
	for i := range events {
		if events[i].Kind.IsInput() {
			last = events[i].Seq
		}
	}
	return last
}

// answerFor returns the change that deals with the first input that is open, if there is one: a
// request is decided as it would have been, and for a message a person is called.
func answerFor(s chat.State, events []chat.Event) (chat.Event, bool) {
	last := lastInput(events)
	for _, e := range events {
		if !e.Kind.IsInput() || !s.IsOpen(e) {
			continue
		}
		step, _ := s.Accepts(e)
		text := ""
		if e.Kind == chat.Message {
			step = chat.Step{Kind: chat.StateChange, Reason: chat.Escalated, AnsweredThrough: last, RequestsThrough: s.RequestsThrough}
			if s.Is() == chat.WithBot {
				step.Reason = chat.BotGaveUp
			}
			text = called
		}
		step.At, step.Team = time.Now(), ""
		if next, err := change(s, step); err == nil {
			next.Text = text
			return next, true
		}
	}
	if s.Handover && s.Is() == chat.WithBot { // a person was announced, and nobody was called yet
		next, err := change(s, chat.Step{Kind: chat.StateChange, Reason: chat.BotGaveUp, AnsweredThrough: last, At: time.Now()})
		next.Text = called
		return next, err == nil
	}
	return chat.Event{}, false
}

// patiently repeats what is unavailable for a moment: workers may not have heard yet what is theirs.
func patiently(ctx context.Context, act func() error) error {
	ctx, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	for try := 1; ; try++ {
		err := act()
		if !errors.Is(err, bus.ErrUnavailable) || waiting.Wait(ctx, try) != nil {
			return err
		}
	}
}
