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
		{"the last of an address", usual, desk.InLine{All: 19, Same: []int{19}}, ""},
		{"one too many of an address", usual, desk.InLine{All: 20, Same: []int{20}}, chat.AddressFull},
		{"somebody else then", usual, desk.InLine{All: 20}, ""},
		{"an address far above its bound, which was lowered", usual, desk.InLine{All: 300, Same: []int{300}}, chat.AddressFull},
		{"an address with its bound, and the line nearly full", usual, desk.InLine{All: 470, Same: []int{15}}, chat.AddressFull},
		{"an address with few, and the line nearly full", usual, desk.InLine{All: 470, Same: []int{14}}, ""},
		{"the last place, to whom nobody waits of", usual, desk.InLine{All: 499}, ""},
		{"the last place, to an address that has one", usual, desk.InLine{All: 499, Same: []int{1}}, chat.AddressFull},
		{"of unknown source, who are bounded by the line only", usual, desk.InLine{All: 499}, ""},
		{"the last of a /56", usual, desk.InLine{All: 39, Same: []int{0, 39, 39}}, ""},
		{"one too many of a /56", usual, desk.InLine{All: 40, Same: []int{0, 40, 40}}, chat.AddressFull},
		{"the last of a /48", usual, desk.InLine{All: 79, Same: []int{0, 0, 79}}, ""},
		{"one too many of a /48", usual, desk.InLine{All: 80, Same: []int{0, 0, 80}}, chat.AddressFull},
		{"one too many of an IPv4 /24", usual, desk.InLine{All: 80, Same: []int{0, 80}}, chat.AddressFull},
		{"a network with few, and the line nearly full", usual, desk.InLine{All: 470, Same: []int{0, 0, 15}}, chat.AddressFull},
		{"a full line", usual, desk.InLine{All: 500}, chat.LineFull},
		{"a line above its bound", usual, desk.InLine{All: 501}, chat.LineFull},
		{"a line of one", desk.Line{Max: 1, PerSource: 20}, desk.InLine{}, ""},
		{"addresses are not told apart", desk.Line{Max: 500, PerSource: 500}, desk.InLine{All: 499, Same: []int{499}}, ""},
		{"nor above that", desk.Line{Max: 500, PerSource: 9000}, desk.InLine{All: 500, Same: []int{500}}, chat.LineFull},
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
				if line.Declines(desk.InLine{All: all, Same: []int{of[i]}}) == "" {
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

// Whoever has an IPv6 /48 has 65,536 addresses in our sense, one for each chat.
func TestANetworkCannotFillTheLine(t *testing.T) {
	line := desk.Line{Max: 500, PerSource: 20}
	for _, networks := range []int{1, 5, 16} {
		all, of := 0, make([]int, networks)
		for range 1000 {
			for i := range of {
				if line.Declines(desk.InLine{All: all, Same: []int{0, 0, of[i]}}) == "" {
					all++
					of[i]++
				}
			}
		}
		if why := line.Declines(desk.InLine{All: all, Same: []int{0, 0, 0}}); why != "" || of[0] > 80 || all > 490 {
			t.Errorf("%d networks hold %d places, and a visitor from elsewhere gets %q", networks, all, why)
		}
	}
}

func TestHowManyWaitFromOneAddress(t *testing.T) {
	entries := []desk.Entry{
		{Status: chat.Waiting, Source: "a.n"}, {Status: chat.Waiting, Source: "a.n"}, {Status: chat.Live, Source: "a"}, {Status: chat.Waiting, Source: "b.n"},
		{Status: chat.Waiting}, {Status: chat.Waiting}, {Status: chat.Waiting},
	}
	if n := desk.MostFromOne(entries); n != 2 {
		t.Errorf("%d", n)
	}
}
