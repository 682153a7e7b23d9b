package merge

import (
	"cmp"
	"encoding/json"
	"maps"
	"strings"
)

// password returns the hash that counts, and how often the password was set in each region.
//
// That tells what was set by somebody who knew of the other password from what was set without
// knowing, as a single count does not: a thief in a region that is cut off could set it more often
// than whoever takes the leaked one back elsewhere. Of the latter kind none counts: the hash is empty,
// which nobody signs in with, until the password is set again by somebody who knows of both.
func password(x, y account) (hash string, set map[string]uint64) {
	xKnows, yKnows := covers(x.Passwords, y.Passwords), covers(y.Passwords, x.Passwords)
	set = maps.Clone(x.Passwords)
	if set == nil && y.Passwords != nil {
		set = map[string]uint64{}
	}
	for region, n := range y.Passwords {
		set[region] = max(set[region], n)
	}
	switch {
	case x.Hash == y.Hash:
		return x.Hash, set
	case xKnows && yKnows && len(set) == 0:
		// Both are from before this was counted, or of an admin that each region made for itself.
		if cmp.Or(cmp.Compare(x.Version, y.Version), strings.Compare(x.Hash, y.Hash)) >= 0 {
			return x.Hash, set
		}
		return y.Hash, set
	case xKnows && !yKnows:
		return x.Hash, set
	case yKnows && !xKnows:
		return y.Hash, set
	}
	return "", set
}

// covers reports whether whoever knows of the one knows of the other.
func covers(one, other map[string]uint64) bool {
	for region, n := range other {
		if one[region] < n {
			return false
		}
	}
	return true
}

// noPassword is said in the log when merging leaves an account without a password.
func noPassword(had, has json.RawMessage) string {
	was, is, err := both[account](had, has)
	if err != nil || was.Hash == "" || is.Hash != "" {
		return ""
	}
	return "the password of this account was set in two regions that did not know of each other, so neither counts and its sessions have ended; an admin can make a link for a new one under People, and a new ADMIN_PASSWORD lets admin in"
}
