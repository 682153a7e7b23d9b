package bus

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestLeadersAreSpreadByTheFewestMoves(t *testing.T) {
	all := []string{"a", "b", "c"}
	at := func(leaders string, copies []string) (list []led) {
		for i, leader := range strings.Fields(leaders) {
			list = append(list, led{fmt.Sprint("CHAT_", i), leader, copies})
		}
		return list
	}
	for name, c := range map[string]struct {
		streams []led
		load    map[string]int
		want    string
		moves   int
	}{
		"one node leads all":                {at("a a a a a a a a", all), nil, "a:3 b:3 c:2", 5},
		"even already":                      {at("a b c a b c a b", all), nil, "a:3 b:3 c:2", 0},
		"one too many":                      {at("a a a a b b c c", all), nil, "a:3 b:3 c:2", 1},
		"a node has none":                   {at("a a a a b b b b", all), nil, "a:3 b:3 c:2", 2},
		"other streams count":               {at("a a a", all), map[string]int{"b": 3}, "a:2 b:3 c:1", 1},
		"one node":                          {at("a a a", []string{"a"}), nil, "a:3", 0},
		"nothing":                           {nil, nil, "", 0},
		"a node without a copy takes none":  {at("a a a a", []string{"a", "b"}), map[string]int{"c": 0}, "a:2 b:2 c:0", 2},
		"two copies each, on three of them": {append(at("a a", []string{"a", "b"}), led{"CHAT_9", "a", []string{"a", "c"}}), nil, "a:1 b:1 c:1", 2},
	} {
		load := map[string]int{}
		maps.Copy(load, c.load)
		leaders := spread(c.streams, load)
		moves := 0
		for i, s := range c.streams {
			if leaders[i] != s.leader {
				moves++
			}
			if !slices.Contains(s.copies, leaders[i]) {
				t.Errorf("%s: %s shall be led by %s, which has no copy", name, s.name, leaders[i])
			}
		}
		var got []string
		for _, node := range slices.Sorted(maps.Keys(load)) {
			got = append(got, fmt.Sprint(node, ":", load[node]))
		}
		if strings.Join(got, " ") != c.want || moves != c.moves {
			t.Errorf("%s: %v in %d moves, want %s in %d", name, got, moves, c.want, c.moves)
		}
	}
}
