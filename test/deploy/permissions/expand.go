package permissions

import (
	"fmt"
	"strings"
)

// moves is how often a chat can be moved from region to region.
const moves = 3

// MostStreams is how many streams may share the chats.
const MostStreams = 64

// Expand writes out the lines for a number of chat streams.
func Expand(lines []Line, streams int) []string {
	var all []string
	for _, l := range lines {
		for _, s := range l.Subjects {
			all = append(all, expand(s, streams)...)
		}
	}
	return all
}

func expand(subject string, streams int) []string {
	tokens := strings.Split(subject, ".")
	for i, token := range tokens {
		n := streams
		switch token {
		case "CHAT":
		case "CHAT+":
			n = min(streams+1, MostStreams+1)
		default:
			continue
		}
		all := make([]string, 0, n+moves)
		for k := range n {
			tokens[i] = fmt.Sprintf("CHAT_%d", k)
			all = append(all, strings.Join(tokens, "."))
		}
		for k := range moves { // those of chats that were moved here
			tokens[i] = fmt.Sprintf("CHAT_g%d", k+1)
			all = append(all, strings.Join(tokens, "."))
		}
		return all
	}
	return []string{subject}
}
