package moving

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// copy has the new home's store take over all events of a chat after the sequence has, at least those
// up to known, and returns how many these are and the last one.
func (m Mover) copy(ctx context.Context, id chat.ID, has, known uint64) (n int, last uint64, err error) {
	last = has
	for before := uint64(0); ; {
		var page roles.PageReply
		err := patiently(ctx, func() (err error) {
			page, err = roles.AskPage(ctx, m.From, chat.RoleAgent, roles.PageRequest{Chat: id, Before: before, Limit: roles.MaxImport, Known: known})
			return err
		})
		if err != nil {
			return n, last, fmt.Errorf("read chat %s: %w", id, err)
		}
		events := page.Events
		for len(events) > 0 && events[0].Seq <= has {
			events = events[1:]
		}
		if err := copyFiles(ctx, m.From, m.To, events, true); err != nil {
			return n, last, err
		}
		if err := Import(ctx, m.To, events); err != nil {
			return n, last, err
		}
		if n += len(events); len(events) > 0 {
			last = max(last, events[len(events)-1].Seq)
		}
		if page.Prev <= has || len(page.Events) == 0 {
			return n, last, nil
		}
		before = page.Prev + 1
	}
}

// maxImport is about how many bytes of events one call takes.
const maxImport = 384 << 10

// Import has the store of a region take over events of chats of other regions.
func Import(ctx context.Context, to *bus.Conn, events []chat.Event) error {
	return store(ctx, to, events, false)
}

// Restore has the store take over events of the region's own chats, which an empty Parley gets from
// an export: its streams begin above them.
func Restore(ctx context.Context, to *bus.Conn, events []chat.Event) error {
	return store(ctx, to, events, true)
}

func store(ctx context.Context, to *bus.Conn, events []chat.Event, own bool) error {
	for len(events) > 0 {
		n, size := 0, 0
		// One with files is the last of a call: they take their time.
		for n < len(events) && n < roles.MaxImport && (n == 0 || size < maxImport && len(events[n-1].Files()) == 0) {
			data, err := json.Marshal(events[n])
			if err != nil {
				return fmt.Errorf("encode event %d of chat %s: %w", events[n].Seq, events[n].Chat, err)
			}
			size += len(data)
			n++
		}
		err := patiently(ctx, func() error {
			_, err := bus.Ask(ctx, to, roles.HistoryImport, roles.ImportRequest{Events: events[:n], Own: own})
			return err
		})
		if err != nil {
			return fmt.Errorf("store events that were written elsewhere: %w", err)
		}
		events = events[n:]
	}
	return nil
}

// copyBeside copies what is kept beside a chat's log, where the new home has nothing of it.
func (m Mover) copyBeside(ctx context.Context, id chat.ID) error {
	for bucket, keys := range map[string][]string{
		bus.RevokedBucket: {string(id)}, bus.AboutBucket: {string(id)},
		bus.MarksBucket: {string(id) + "." + string(chat.RoleVisitor), string(id) + "." + string(chat.RoleAgent)},
	} {
		from, err := bus.OpenBucket[json.RawMessage](ctx, m.From, bucket)
		if err != nil {
			return err
		}
		to, err := bus.OpenBucket[json.RawMessage](ctx, m.To, bucket)
		if err != nil {
			return err
		}
		for _, key := range keys {
			value, _, err := from.Get(ctx, key)
			if errors.Is(err, bus.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if _, err := to.Create(ctx, key, value); err != nil && !errors.Is(err, bus.ErrExists) {
				return err
			}
		}
	}
	return nil
}
