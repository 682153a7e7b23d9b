package history

import "strings"

// signedMark stands behind an attribute that the visitor's site vouches for.
const signedMark = " (signed)"

// Mark is one attribute of a card in a record. by is what the protocol says of who gave it.
func Mark(key, value, by string) string {
	mark := key + "=" + value
	if by == "signed" {
		mark += signedMark
	}
	return mark
}

// Vouched are those of a card's attributes that are marked as signed, each as a hello records it.
func (e Event) Vouched() (all []string) {
	for mark := range strings.SplitSeq(e.Marks, "\n") {
		if bare, signed := strings.CutSuffix(mark, signedMark); signed {
			all = append(all, bare)
		}
	}
	return all
}
