package bus

import (
	"maps"
	"slices"
)

// led is a stream, or a consumer of one, with the node that leads it and the nodes that
// have a copy of it, including the leader.
type led struct {
	name, leader string
	copies       []string
}

// spread returns the node that should lead each of the streams, so that no node leads two
// more than another one that could take one over from it. What need not move stays. load
// is how many other streams each node leads; when spread returns it includes these.
func spread(streams []led, load map[string]int) []string {
	leaders := make([]string, len(streams))
	for i, s := range streams {
		leaders[i] = s.leader
		load[s.leader]++
		for _, node := range s.copies {
			load[node] = max(load[node], 0) // nodes that lead nothing count, too
		}
	}
	nodes := slices.Sorted(maps.Keys(load))
	for {
		// The move that evens out most; each reduces the sum of the squares.
		most, which, whither := 1, 0, ""
		for i, s := range streams {
			for _, node := range nodes {
				if by := load[leaders[i]] - load[node]; by > most && slices.Contains(s.copies, node) {
					most, which, whither = by, i, node
				}
			}
		}
		if whither == "" {
			return leaders
		}
		load[leaders[which]]--
		load[whither]++
		leaders[which] = whither
	}
}
