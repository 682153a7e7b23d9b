package chat_test

import (
	"slices"
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
)

func TestTwoSourcesShareTheNetworksAboveThem(t *testing.T) {
	t.Parallel()
	levels := chat.SourceLevels(chat.JoinSource("a64", "a56", "a48"))
	for other, want := range map[string]int{
		"a64.a56.a48": 0, "b64.a56.a48": 1, "b64.b56.a48": 2, "b64.b56.b48": 3, "": 3, "a64": 0, "c32.c24": 3,
	} {
		if got := chat.SharedFrom(levels, other); got != want {
			t.Errorf("%q shares from level %d, want %d", other, got, want)
		}
	}
	if got := chat.SharedFrom(chat.SourceLevels(""), ""); got != 0 || chat.SourceBlock("") != "" {
		t.Errorf("two unknown sources share from level %d of none", got)
	}
	if chat.SourceBlock("a64.a56.a48") != "a64" || !slices.Equal(levels, []string{"a64", "a56", "a48"}) {
		t.Errorf("the levels are %v", levels)
	}
	if got := []int{chat.SourceTimes(0, 3), chat.SourceTimes(1, 3), chat.SourceTimes(2, 3), chat.SourceTimes(0, 2), chat.SourceTimes(1, 2), chat.SourceTimes(0, 1)}; !slices.Equal(got, []int{1, 2, 4, 1, 4, 1}) {
		t.Errorf("the shares are %v", got)
	}
}
