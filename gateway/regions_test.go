package gateway

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// Page by page, the list of all regions has every chat of each once, in the order of time.
func TestTheListOfAllRegionsHasEachChatOnce(t *testing.T) {
	began := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		regions, limit := rapid.IntRange(1, 3).Draw(t, "regions"), rapid.IntRange(1, 7).Draw(t, "limit")
		stores := make([][]roles.ChatSummary, regions)
		var want []chat.ID
		for i := rapid.IntRange(0, 40).Draw(t, "chats"); i > 0; i-- { // the newest first
			c := roles.ChatSummary{Chat: chat.NewID(), At: began.Add(time.Duration(i) * time.Second)}
			at := rapid.IntRange(0, regions-1).Draw(t, "home")
			stores[at] = append(stores[at], c)
			want = append(want, c.Chat)
		}
		var got []chat.ID
		for before, more := (time.Time{}), true; more; {
			parts := make([]roles.ChatsReply, regions)
			for i, store := range stores {
				rest := store
				if !before.IsZero() {
					rest = rest[slices.IndexFunc(append(slices.Clone(rest), roles.ChatSummary{}), func(c roles.ChatSummary) bool { return c.At.Before(before) }):]
				}
				parts[i] = roles.ChatsReply{Chats: rest[:min(limit, len(rest))], More: len(rest) > limit}
			}
			page := merged(parts, limit)
			if len(page.Chats) > limit || page.More && len(page.Chats) == 0 {
				t.Fatalf("a page of %d, more: %v", len(page.Chats), page.More)
			}
			for _, c := range page.Chats {
				got, before = append(got, c.Chat), c.At
			}
			more = page.More
		}
		if !slices.Equal(got, want) {
			t.Fatalf("listed: %v\nwant:   %v", got, want)
		}
	})
}
