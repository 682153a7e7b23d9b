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

// Line bounds the chats that wait for a person. A chat that was in line before, and
// comes back because its agent passed it on or left, always may.
type Line struct {
	// Max is how many chats may wait in all.
	Max int
	// PerSource is how many of one source (see chat.State.Source) may wait while there is
	// room enough. Those whose source is not known count as one source. If it is not
	// below Max, sources are not told apart.
	PerSource int
}

// InLine is how many chats wait: all of them, and those of one source.
type InLine struct{ All, Same int }

// Declines returns why one more chat may not join the line, chat.LineFull or
// chat.AddressFull; empty if it may.
//
// As the line fills up, the share of a source shrinks with it, to half of what is free
// (Choudhury and Hahne's dynamic threshold for a shared buffer). So a few sources, each
// within its bound, can't fill the line, and the last places are for those of whom
// nobody waits yet.
func (l Line) Declines(n InLine) chat.Reason {
	free := l.Max - n.All
	switch {
	case free <= 0:
		return chat.LineFull
	case l.PerSource < l.Max && n.Same >= min(l.PerSource, max(1, free/2)):
		return chat.AddressFull
	}
	return ""
}

// LabelLength is the length of a label.
const LabelLength = 8

// Label is what agents see of the entry's source: enough to tell which chats come from
// one address. It is empty if the source is not known.
func (e Entry) Label() string { return e.Source[:min(len(e.Source), LabelLength)] }

// MostFromOne returns how many waiting chats come from the source that has most of them.
// Chats whose source is not known are left out: they need not be from one address.
func MostFromOne(entries []Entry) int { return mostFromOne(slices.Values(entries)) }

func mostFromOne(entries iter.Seq[Entry]) int {
	most, from := 0, map[string]int{}
	for e := range entries {
		if e.Status == chat.Waiting && e.Source != "" {
			from[e.Source]++
			most = max(most, from[e.Source])
		}
	}
	return most
}
