package spent_test

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/spent"
)

func TestACallIsMadeUntilTheFirstCeilingIsReached(t *testing.T) {
	t.Parallel()
	ceilings := spent.Ceilings{Chat: spent.Amount{Calls: 2, Tokens: 100}, Address: spent.Amount{Calls: 5}, Day: spent.Amount{Tokens: 1000}}
	type all = map[spent.Scope]spent.Amount
	for name, c := range map[string]struct {
		spent  all
		passed spent.Scope
	}{
		"nothing yet":                     {all{}, ""},
		"the last call":                   {all{spent.Chat: {Calls: 2, Tokens: 100}, spent.Address: {Calls: 5}, spent.Day: {Tokens: 1000}}, ""},
		"one call too many":               {all{spent.Chat: {Calls: 3}}, spent.Chat},
		"one token too many":              {all{spent.Chat: {Calls: 1, Tokens: 101}}, spent.Chat},
		"the address":                     {all{spent.Chat: {Calls: 1}, spent.Address: {Calls: 6}}, spent.Address},
		"the address' tokens: no ceiling": {all{spent.Address: {Calls: 1, Tokens: 1 << 40}}, ""},
		"the day":                         {all{spent.Chat: {Calls: 1}, spent.Day: {Calls: 1 << 30, Tokens: 1001}}, spent.Day},
		"the narrowest is named":          {all{spent.Chat: {Calls: 3}, spent.Address: {Calls: 6}, spent.Day: {Tokens: 1001}}, spent.Chat},
	} {
		if passed, any := ceilings.Decide(c.spent); passed != c.passed || any != (c.passed != "") {
			t.Errorf("%s: %q, %v", name, passed, any)
		}
	}
	if _, any := (spent.Ceilings{}).Decide(all{spent.Chat: {Calls: 1 << 40, Tokens: 1 << 40}}); any {
		t.Error("without ceilings nothing is refused")
	}
}

// However many calls few addresses or networks ask for, some of the day are left.
func TestAFewAddressesCannotUseUpTheDay(t *testing.T) {
	t.Parallel()
	ceilings := spent.Ceilings{Address: spent.Amount{Calls: 10_000, Tokens: 30_000_000}, Day: spent.Amount{Calls: 50_000, Tokens: 150_000_000}}
	for _, c := range []struct {
		scope      spent.Scope
		many       int
		atLeast    int64 // calls that are left
		tokensEach int64
	}{
		{spent.Address, 5, 12_000, 1}, {spent.Address, 50, 900, 1}, {spent.Address, 249, 1, 1}, {spent.Address, 5, 12_000, 3_000},
		{spent.Subnet, 20, 2_000, 1}, {spent.Network, 5, 7_000, 1}, {spent.Network, 50, 900, 3_000}, {spent.Network, 62, 1, 1},
	} {
		day, of := spent.Amount{}, make([]spent.Amount, c.many)
		for asked := true; asked; {
			asked = false
			for i := range of {
				call := func(a spent.Amount) spent.Amount {
					return spent.Amount{Calls: a.Calls + 1, Tokens: a.Tokens + c.tokensEach}
				}
				if _, passed := ceilings.Decide(map[spent.Scope]spent.Amount{c.scope: call(of[i]), spent.Day: call(day)}); !passed {
					of[i], day, asked = call(of[i]), call(day), true
				}
			}
		}
		if left := ceilings.Day.Calls - day.Calls; left < c.atLeast {
			t.Errorf("%d of %s leave %d calls, want %d", c.many, c.scope, left, c.atLeast)
		}
		one := spent.Amount{Calls: 1, Tokens: c.tokensEach}
		if scope, passed := ceilings.Decide(map[spent.Scope]spent.Amount{c.scope: one, spent.Day: {Calls: day.Calls + 1, Tokens: day.Tokens + c.tokensEach}}); passed {
			t.Errorf("after %d of %s a newcomer is refused for the %s", c.many, c.scope, scope)
		}
	}
}

func TestWhatAnAddressMayHaveOfTheDay(t *testing.T) {
	t.Parallel()
	usual := spent.Ceilings{Address: spent.Amount{Calls: 100, Tokens: 1_000_000}, Day: spent.Amount{Calls: 1000, Tokens: 10_000_000}}
	for name, c := range map[string]struct {
		ceilings spent.Ceilings
		scope    spent.Scope
		day      spent.Amount
		want     spent.Amount
	}{
		"all of its ceiling at first":    {usual, spent.Address, spent.Amount{}, spent.Amount{Calls: 100, Tokens: 1_000_000}},
		"twice that of a /56":            {usual, spent.Subnet, spent.Amount{}, spent.Amount{Calls: 200, Tokens: 2_000_000}},
		"four times that of a /48":       {usual, spent.Network, spent.Amount{}, spent.Amount{Calls: 400, Tokens: 4_000_000}},
		"half of what is left":           {usual, spent.Address, spent.Amount{Calls: 900, Tokens: 9_000_000}, spent.Amount{Calls: 50, Tokens: 500_000}},
		"of a network, too":              {usual, spent.Network, spent.Amount{Calls: 900, Tokens: 9_000_000}, spent.Amount{Calls: 50, Tokens: 500_000}},
		"the floor at the end":           {usual, spent.Address, spent.Amount{Calls: 1001, Tokens: 10_000_001}, spent.Amount{Calls: 4, Tokens: 40_000}},
		"four times the floor":           {usual, spent.Network, spent.Amount{Calls: 1001, Tokens: 10_000_001}, spent.Amount{Calls: 16, Tokens: 160_000}},
		"one call of a small day":        {spent.Ceilings{Address: spent.Amount{Calls: 5, Tokens: 50_000}, Day: spent.Amount{Calls: 10, Tokens: 100_000}}, spent.Address, spent.Amount{Calls: 10, Tokens: 100_000}, spent.Amount{Calls: 1, Tokens: 20_000}},
		"addresses are not told apart":   {spent.Ceilings{Address: spent.Amount{Calls: 10}, Day: spent.Amount{Calls: 10, Tokens: 10}}, spent.Address, spent.Amount{Calls: 9, Tokens: 9}, spent.Amount{Calls: 10}},
		"nor without a ceiling of a day": {spent.Ceilings{Address: spent.Amount{Calls: 10}}, spent.Network, spent.Amount{Calls: 9}, spent.Amount{Calls: 40}},
		"a chat keeps its ceiling":       {spent.Ceilings{Chat: spent.Amount{Calls: 10}, Day: spent.Amount{Calls: 11}}, spent.Chat, spent.Amount{Calls: 10}, spent.Amount{Calls: 10}},
	} {
		if got := c.ceilings.Share(c.scope, c.day); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestTheShareOfACeilingIsThatOfCallsOrTokens(t *testing.T) {
	t.Parallel()
	ceiling := spent.Amount{Calls: 10, Tokens: 1000}
	if got := ceiling.Used(spent.Amount{Calls: 8, Tokens: 100}); got != 0.8 {
		t.Errorf("8 of 10 calls: %v", got)
	}
	if got := ceiling.Used(spent.Amount{Calls: 1, Tokens: 900}); got != 0.9 {
		t.Errorf("900 of 1000 tokens: %v", got)
	}
	if got := (spent.Amount{}).Used(spent.Amount{Calls: 9}); got != 0 {
		t.Errorf("without a ceiling: %v", got)
	}
}

func TestADayTurnsAtMidnightUTC(t *testing.T) {
	t.Parallel()
	east := time.FixedZone("east", 5*3600)
	last := time.Date(2026, 11, 30, 4, 59, 59, 0, east)
	if day := spent.Today(last); day != "20261129" {
		t.Error(day)
	}
	if day := spent.Today(last.Add(time.Second)); day != "20261130" {
		t.Error(day)
	}
	if next := spent.Tomorrow(last); !next.Equal(last.Add(time.Second)) {
		t.Error(next)
	}
}
