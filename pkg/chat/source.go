package chat

import (
	"iter"
	"strings"
)

// sourceSeparator stands between the levels of a source. A source is never part of a NATS
// subject as a whole, only one level of it.
const sourceSeparator = "."

// JoinSource returns the source that has these levels, the narrowest first: what stands
// for the address block, and what stands for each network above it.
func JoinSource(levels ...string) string { return strings.Join(levels, sourceSeparator) }

// SourceLevels returns the levels of a source, the narrowest first; none if the source is
// not known.
func SourceLevels(source string) []string {
	if source == "" {
		return nil
	}
	return strings.Split(source, sourceSeparator)
}

// SourceBlock returns what stands for the address block alone: the narrowest level. It is
// empty if the source is not known.
func SourceBlock(source string) string {
	block, _, _ := strings.Cut(source, sourceSeparator)
	return block
}

// SourceTimes returns how many times an address's share that level has, of so many levels
// (0 is the address block). The widest network has four shares and one in between two, as
// with the gateways' seats: a provider gives one customer an IPv6 /56 or even a /48, and
// one with a /48 must not have 65,536 shares.
func SourceTimes(level, levels int) int {
	switch level {
	case 0:
		return 1
	case levels - 1:
		return 4
	default:
		return 2
	}
}

// SharedFrom returns the narrowest of the levels that the other source has, too: from
// there on the two share all. If they share none, it is len(levels).
func SharedFrom(levels []string, other string) int {
	for i, level := range levels {
		for theirs := range sourceLevels(other) {
			if level == theirs {
				return i
			}
		}
	}
	return len(levels)
}

// sourceLevels is SourceLevels without an allocation.
func sourceLevels(source string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for rest, more := source, source != ""; more; {
			var level string
			if level, rest, more = strings.Cut(rest, sourceSeparator); !yield(level) {
				return
			}
		}
	}
}
