package console

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// Who was mentioned in a note that they have not seen. A record for each account says in which
// chats, by whom and when; what was said is in the note, sealed.

const (
	// mentionKey stands before the account in the bucket site.
	mentionKey = "mention."
	// maxUnseen is how many chats one account can be mentioned in before it looks: the oldest
	// are forgotten.
	maxUnseen = 50
	// mentionTries is how often a change of a record is tried that others change, too.
	mentionTries = 20
)

// mentioned is the record of one account.
type mentioned struct {
	Revision uint64          `json:"revision"` // counts the changes: of two regions' records the higher one stays
	At       time.Time       `json:"at"`
	Chats    []frame.Mention `json:"mentioned,omitempty"` // the latest of each chat, the oldest first
}

// with returns the list with a mention more. One that is there, or is newer, stays.
func with(list []frame.Mention, m frame.Mention) []frame.Mention {
	if i := slices.IndexFunc(list, func(o frame.Mention) bool { return o.Chat == m.Chat }); i >= 0 {
		if list[i].Seq >= m.Seq {
			return list
		}
		list = slices.Delete(slices.Clone(list), i, i+1)
	}
	list = append(slices.Clip(list), m)
	return list[max(0, len(list)-maxUnseen):]
}

// without returns the list without what was mentioned in a chat up to an event.
func without(list []frame.Mention, id chat.ID, seen uint64) []frame.Mention {
	return slices.DeleteFunc(slices.Clone(list), func(m frame.Mention) bool { return m.Chat == id && m.Seq <= seen })
}

// Mention notes that an account was mentioned. It may be called again with the same mention.
func (b *Board) Mention(ctx context.Context, user string, m frame.Mention) error {
	return b.changeMentions(ctx, user, func(list []frame.Mention) []frame.Mention { return with(list, m) })
}

// MentionsSeen notes that an account has seen a chat up to an event.
func (b *Board) MentionsSeen(ctx context.Context, user string, id chat.ID, seen uint64) error {
	b.mu.Lock()
	list := b.mentions[user]
	b.mu.Unlock()
	if len(without(list, id, seen)) == len(list) {
		return nil // as far as is known here; what comes later is shown, and seen again
	}
	return b.changeMentions(ctx, user, func(list []frame.Mention) []frame.Mention { return without(list, id, seen) })
}

func (b *Board) changeMentions(ctx context.Context, user string, change func([]frame.Mention) []frame.Mention) error {
	bucket, err := bus.OpenBucket[mentioned](ctx, b.conn, bus.SiteBucket)
	if err != nil {
		return err
	}
	for range mentionTries {
		was, revision, err := bucket.Get(ctx, mentionKey+user)
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return fmt.Errorf("read where %s was mentioned: %w", user, err)
		}
		next := change(was.Chats)
		if slices.Equal(next, was.Chats) {
			return nil
		}
		_, err = bucket.Update(ctx, mentionKey+user, mentioned{was.Revision + 1, time.Now().UTC(), next}, revision)
		if err == nil || !errors.Is(err, bus.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("keep where %s was mentioned: others change it all the time: %w", user, bus.ErrUnavailable)
}

// followMentions sends consoles where their agents were mentioned, until the context ends.
func (b *Board) followMentions(ctx context.Context) {
	bus.Follow(ctx, b.conn, bus.Following[mentioned]{
		Bucket: bus.SiteBucket, Without: "agents are not told where they are mentioned",
		Synced: func(values map[string]mentioned) {
			now := map[string][]frame.Mention{}
			for key, value := range values {
				if user, ok := strings.CutPrefix(key, mentionKey); ok {
					now[user] = value.Chats
				}
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			all := maps.Clone(now)
			for user := range b.mentions { // whose record is gone
				all[user] = now[user]
			}
			for user, list := range all {
				b.setMentions(user, list)
			}
		},
		Put: func(key string, value mentioned) {
			if user, ok := strings.CutPrefix(key, mentionKey); ok {
				b.mu.Lock()
				defer b.mu.Unlock()
				b.setMentions(user, value.Chats)
			}
		},
		Deleted: func(key string) {
			if user, ok := strings.CutPrefix(key, mentionKey); ok {
				b.mu.Lock()
				defer b.mu.Unlock()
				b.setMentions(user, nil)
			}
		},
	})
}

// setMentions keeps where an account was mentioned, and sends it to its consoles; b.mu is held.
func (b *Board) setMentions(user string, list []frame.Mention) {
	if slices.Equal(b.mentions[user], list) {
		return
	}
	if b.mentions[user] = list; len(list) == 0 {
		delete(b.mentions, user)
	}
	var data []byte
	for sock, who := range b.consoles {
		if who.Agent().User != user {
			continue
		}
		if data == nil {
			data = frame.Encode(frame.Mentions{T: "mentions", Mentions: list})
		}
		sock.Send(data)
	}
}

// sendMentions sends a console that has just come where its agent was mentioned; b.mu is held.
func (b *Board) sendMentions(user string, sock *conn.Socket) {
	if list := b.mentions[user]; len(list) > 0 {
		sock.Send(frame.Encode(frame.Mentions{T: "mentions", Mentions: list}))
	}
}
