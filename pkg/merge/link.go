package merge

import (
	"bytes"
	"cmp"
	"time"
)

// link is an invite, or one for a new password.
type link struct {
	Hash    []byte    `json:"hash"`
	Expires time.Time `json:"expires"`
	By      string    `json:"by"`
	Used    bool      `json:"used,omitempty"`
	For     uint64    `json:"for,omitempty"`
}

// links returns the one that was changed more often, as more says of x. Of two different ones that were
// made on both sides of a cut none works; that there was one is kept, so that an admin sees it and
// makes another. What was taken back on one side stays so.
func links(x, y *link, more int) *link {
	switch {
	case more > 0:
		return x
	case more < 0:
		return y
	case x == nil || y == nil:
		return nil
	}
	m := link{Expires: x.Expires, By: max(x.By, y.By), For: max(x.For, y.For)}
	if y.Expires.After(x.Expires) {
		m.Expires = y.Expires
	}
	if bytes.Equal(x.Hash, y.Hash) {
		m.Hash, m.Used = x.Hash, x.Used || y.Used
	}
	return &m
}

// invited returns the invite, and whether it was withdrawn.
func invited(x, y account) (invite *link, withdrawn bool) {
	more := cmp.Compare(x.Changes.Invite, y.Changes.Invite)
	switch {
	case more > 0:
		withdrawn = x.Withdrawn
	case more < 0:
		withdrawn = y.Withdrawn
	default:
		withdrawn = x.Withdrawn || y.Withdrawn
	}
	if withdrawn {
		return nil, true
	}
	return links(x.Invite, y.Invite, more), false
}
