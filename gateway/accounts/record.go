package accounts

import (
	"maps"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/merge"
)

// account is what the bucket holds.
type account struct {
	User string `json:"user"`
	Name string `json:"name"`
	// Unnamed is set while Name is the one that EnsureAdmin made up: visitors would read it.
	Unnamed bool `json:"unnamed,omitempty"`
	Role    Role `json:"role"`
	// Hash is of the password; empty if there is none, or if two regions each set one without
	// knowing of the other.
	Hash string `json:"hash"`
	// Passwords count how often the password was set in each region, see package merge.
	Passwords map[string]uint64 `json:"passwords,omitempty"`
	Disabled  bool              `json:"disabled,omitempty"`
	Created   time.Time         `json:"created"`
	// Version grows with whatever ends all sessions.
	Version uint64 `json:"version"`
	// Edition grows with every change.
	Edition uint64 `json:"edition"`
	// SignedOut holds the sessions that were ended one by one, and when each of them
	// would have expired.
	SignedOut map[string]time.Time `json:"signed_out,omitempty"`
	// Operators, in the account admin, are hashes of the values of ADMIN_PASSWORD that
	// acted, and when: the highest number is the newest. None of them acts again.
	Operators map[string]uint64 `json:"acted,omitempty"`
	// Invite is how somebody joins who has no password yet; nil for an account that was
	// made with one.
	Invite *invite `json:"invite,omitempty"`
	// Withdrawn is set when an invite was taken back: to everybody the account is not there. It is
	// kept, since a deletion can't be told from one of long ago where other regions hear of it.
	Withdrawn bool `json:"withdrawn,omitempty"`
	// Reset is the link with which whoever forgot the password chooses another one; nil if an
	// admin has made none.
	Reset *invite `json:"reset,omitempty"`
	// Used holds when the sessions were last used, for those that were after the sign-in.
	Used map[string]time.Time `json:"used,omitempty"`
	// Changes count what another region's changes are merged by, see package merge.
	Changes merge.Changes `json:"changes,omitzero"`
}

// counted counts what was changed since, in a region.
func (a *account) counted(was account, in chat.Region) {
	if a.Hash != was.Hash {
		set := maps.Clone(was.Passwords)
		if set == nil {
			set = map[string]uint64{}
		}
		set[string(in)]++
		a.Passwords = set
	}
	if a.Name != was.Name || a.Unnamed != was.Unnamed {
		a.Changes.Name++
	}
	if a.Role != was.Role {
		a.Changes.Role++
	}
	if a.Disabled != was.Disabled {
		a.Changes.Disabled++
	}
	if !a.Invite.is(was.Invite) || a.Withdrawn != was.Withdrawn {
		a.Changes.Invite++
	}
	if !a.Reset.is(was.Reset) {
		a.Changes.Reset++
	}
}

// gone reports whether the account was an invite that was withdrawn, and nobody had joined
// anywhere.
func (a account) gone() bool { return a.Withdrawn && len(a.Passwords) == 0 }

// settled grows with each new password, and whenever the account is disabled or enabled: a link
// for a new password works only as long as it has not.
func (a account) settled() uint64 {
	n := a.Changes.Disabled
	for _, set := range a.Passwords {
		n += set
	}
	return n
}

// acts remembers that a value of ADMIN_PASSWORD acted.
func (a *account) acts(hash string) {
	acted, last := maps.Clone(a.Operators), uint64(0)
	if acted == nil {
		acted = map[string]uint64{}
	}
	for _, n := range acted {
		last = max(last, n)
	}
	acted[hash] = last + 1
	merge.TrimOperators(acted)
	a.Operators = acted
}

// activeAdmin reports whether this is an admin who can sign in.
func (a account) activeAdmin() bool { return a.Role == Admin && !a.Disabled && a.Hash != "" }

func (a account) shown() Account {
	shown := Account{User: a.User, Name: a.Name, Role: a.Role, Disabled: a.Disabled, Created: a.Created}
	if a.invited() {
		shown.Invited, shown.Expires = true, a.Invite.Expires
	}
	return shown
}

// endSessions invalidates every session of the account.
func (a *account) endSessions() {
	a.Version++
	a.SignedOut, a.Used = nil, nil
}
