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
