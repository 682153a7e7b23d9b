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
	"github.com/parley-chat/parley/pkg/mentions"
)

// Who was mentioned in a note that they have not seen. A record for each account says in which
// chats, by whom and when; what was said is in the note, sealed.

const (
	// mentionKey stands before the account in the bucket site.
	mentionKey = "mention."
	// mentionTries is how often a change of a record is tried that others change, too.
	mentionTries = 20
)

// Mention notes that an account was mentioned. It may be called again with the same mention.
func (b *Board) Mention(ctx context.Context, user string, m frame.Mention) error {
	return b.changeMentions(ctx, user, func(r mentions.Record) mentions.Record { return r.With(m) })
}

// MentionsSeen notes that an account has seen a chat up to an event.
func (b *Board) MentionsSeen(ctx context.Context, user string, id chat.ID, seen uint64) error {
	b.mu.Lock()
	list := b.mentions[user]
	b.mu.Unlock()
	if !(mentions.Record{Mentioned: list}).Lists(id, seen) {
		return nil // as far as is known here; what comes later is shown, and seen again
	}
	now := time.Now().UTC().Truncate(time.Second)
	return b.changeMentions(ctx, user, func(r mentions.Record) mentions.Record { return r.Without(id, seen, now) })
}

func (b *Board) changeMentions(ctx context.Context, user string, change func(mentions.Record) mentions.Record) error {
	bucket, err := bus.OpenBucket[mentions.Record](ctx, b.conn, bus.SiteBucket)
	if err != nil {
		return err
	}
	for range mentionTries {
		was, revision, err := bucket.Get(ctx, mentionKey+user)
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return fmt.Errorf("read where %s was mentioned: %w", user, err)
		}
		next := change(was)
		if next.Same(was) {
			return nil
		}
		next.Revision, next.At = was.Revision+1, time.Now().UTC()
		_, err = bucket.Update(ctx, mentionKey+user, next, revision)
		if err == nil || !errors.Is(err, bus.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("keep where %s was mentioned: others change it all the time: %w", user, bus.ErrUnavailable)
}

// followMentions sends consoles where their agents were mentioned, until the context ends.
func (b *Board) followMentions(ctx context.Context) {
	bus.Follow(ctx, b.conn, bus.Following[mentions.Record]{
		Bucket: bus.SiteBucket, Without: "agents are not told where they are mentioned",
		Synced: func(values map[string]mentions.Record) {
			now := map[string][]frame.Mention{}
			for key, value := range values {
				if user, ok := strings.CutPrefix(key, mentionKey); ok {
					now[user] = value.Mentioned
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
		Put: func(key string, value mentions.Record) {
			if user, ok := strings.CutPrefix(key, mentionKey); ok {
				b.mu.Lock()
				defer b.mu.Unlock()
				b.setMentions(user, value.Mentioned)
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
