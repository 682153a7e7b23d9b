package desk

import (
	"iter"
	"slices"

	"github.com/parley-chat/parley/pkg/chat"
)

// The bounds of a Line by default, and what a visitor reads who finds it full.
const (
	DefaultMax       = 500
	DefaultPerSource = 20
	LineFullText     = "All places in line are taken right now. Try again in a few minutes; meanwhile, the bot will answer."
	AddressFullText  = "Several people on your network are already waiting for a person. Try again in a few minutes; meanwhile, the bot will answer."
)

// MissedList bounds the missed chats, by the rules of a line: a thousand visitors behind one
// address all have a place in it.
var MissedList = Line{Max: 5000, PerSource: 1250}

// MissedFullText is what a visitor reads whose address has no place there.
const MissedFullText = "Sorry, we can't take more email addresses right now. Try again later."

// Line bounds the chats that wait for a person. A chat that was in line before, and
// comes back because its agent passed it on or left, always may.
type Line struct {
	// Max is how many chats may wait in all.
	Max int
	// PerSource is how many of one address block (see chat.State.Source) may wait while
	// there is room enough; the networks above it have a multiple (chat.SourceTimes). If it
	// is not below Max, sources are not told apart.
	PerSource int
}

// InLine is how many chats wait: all of them, and those of one source, for each of its
// levels (see chat.SourceLevels). Same is empty if the source is not known: then only Max
// counts. Gateways always know the address of who comes from a network, so nobody can
// choose that; what an earlier version stored has no source either.
type InLine struct {
	All  int
	Same []int
}

// Declines returns why one more chat may not join the line, chat.LineFull or
// chat.AddressFull; empty if it may.
//
// As the line fills up, the share of an address or a network shrinks with it, to half of
// what is free (Choudhury and Hahne's dynamic threshold for a shared buffer). So a few of
// them, each within its bound, can't fill the line, and the last places are for networks of
// which nobody waits yet.
func (l Line) Declines(n InLine) chat.Reason {
	free := l.Max - n.All
	if free <= 0 {
		return chat.LineFull
	}
	for i, same := range n.Same {
		if l.PerSource < l.Max && same >= min(l.PerSource*chat.SourceTimes(i, len(n.Same)), max(1, free/2)) {
			return chat.AddressFull
		}
	}
	return ""
}

// LabelLength is the length of a label.
const LabelLength = 8

// Label is what agents see of the entry's source: enough to tell which chats come from
// one address. It is empty if the source is not known.
func (e Entry) Label() string {
	block := chat.SourceBlock(e.Source)
	return block[:min(len(block), LabelLength)]
}

// MostFromOne returns how many waiting chats come from the address that has most of them.
// Chats whose source is not known are left out: they need not be from one address.
func MostFromOne(entries []Entry) int { return mostFromOne(slices.Values(entries)) }

func mostFromOne(entries iter.Seq[Entry]) int {
	most, from := 0, map[string]int{}
	for e := range entries {
		if block := chat.SourceBlock(e.Source); e.Status == chat.Waiting && block != "" {
			from[block]++
			most = max(most, from[block])
		}
	}
	return most
}
