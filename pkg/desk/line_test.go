package desk_test

import (
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

func TestWhoMayJoinTheLine(t *testing.T) {
	usual := desk.Line{Max: 500, PerSource: 20}
	for _, c := range []struct {
		name string
		line desk.Line
		n    desk.InLine
		want chat.Reason // empty: may join
	}{
		{"nobody waits", usual, desk.InLine{}, ""},
		{"the last of an address", usual, desk.InLine{All: 19, Same: 19}, ""},
		{"one too many of an address", usual, desk.InLine{All: 20, Same: 20}, chat.AddressFull},
		{"somebody else then", usual, desk.InLine{All: 20}, ""},
		{"an address far above its bound, which was lowered", usual, desk.InLine{All: 300, Same: 300}, chat.AddressFull},
		{"an address with its bound, and the line nearly full", usual, desk.InLine{All: 470, Same: 15}, chat.AddressFull},
		{"an address with few, and the line nearly full", usual, desk.InLine{All: 470, Same: 14}, ""},
		{"the last place, to whom nobody waits of", usual, desk.InLine{All: 499}, ""},
		{"the last place, to an address that has one", usual, desk.InLine{All: 499, Same: 1}, chat.AddressFull},
		{"a full line", usual, desk.InLine{All: 500}, chat.LineFull},
		{"a line above its bound", usual, desk.InLine{All: 501}, chat.LineFull},
		{"a line of one", desk.Line{Max: 1, PerSource: 20}, desk.InLine{}, ""},
		{"addresses are not told apart", desk.Line{Max: 500, PerSource: 500}, desk.InLine{All: 499, Same: 499}, ""},
		{"nor above that", desk.Line{Max: 500, PerSource: 9000}, desk.InLine{All: 500, Same: 500}, chat.LineFull},
	} {
		if got := c.line.Declines(c.n); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// However many ask from however few addresses: some places are left for others.
func TestAFewAddressesCannotFillTheLine(t *testing.T) {
	line := desk.Line{Max: 500, PerSource: 20}
	for _, addresses := range []int{1, 10, 25, 60} {
		all, of := 0, make([]int, addresses)
		for range 1000 {
			for i := range of {
				if line.Declines(desk.InLine{All: all, Same: of[i]}) == "" {
					all++
					of[i]++
				}
			}
		}
		if why := line.Declines(desk.InLine{All: all}); why != "" || all > 490 {
			t.Errorf("%d addresses hold %d places, and a visitor from elsewhere gets %q", addresses, all, why)
		}
	}
}

func TestHowManyWaitFromOneAddress(t *testing.T) {
	entries := []desk.Entry{
		{Status: chat.Waiting, Source: "a"}, {Status: chat.Waiting, Source: "a"}, {Status: chat.Live, Source: "a"}, {Status: chat.Waiting, Source: "b"},
		{Status: chat.Waiting}, {Status: chat.Waiting}, {Status: chat.Waiting},
	}
	if n := desk.MostFromOne(entries); n != 2 {
		t.Errorf("%d", n)
	}
}
